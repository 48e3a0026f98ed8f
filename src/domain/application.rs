//! Applications and products.

use std::fmt;

use super::flow::Concurrency;
use super::flow_choice::FlowChoice;

/// The name of an application (service); it may contain `/`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ApplicationName(pub String);

impl ApplicationName {
    /// The words that name it: the whole name, and its last parts.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let parts = self.0.match_indices('/').map(|(at, _)| &self.0[at + 1..]);
        std::iter::once(self.0.as_str()).chain(parts.filter(|word| !word.is_empty()))
    }

    /// Whether `word` is the whole name or its last parts (`grafana` of `monitoring/grafana`).
    pub fn matches(&self, word: &str) -> bool {
        self.0 == word
            || self
                .0
                .strip_suffix(word)
                .is_some_and(|head| head.ends_with('/') && !word.is_empty())
    }
}

impl fmt::Display for ApplicationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Applications that are promoted together.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Product {
    /// The product's name.
    pub name: String,
    /// Its applications, as the configuration writes them (whole names or last parts).
    pub applications: Vec<String>,
    /// The template that decides for them, by name.
    pub template: Option<String>,
    /// Its flows; a change starts the first one whose conditions match.
    pub flows: Vec<FlowChoice>,
    /// What happens to a release while another one of the same flow runs.
    pub concurrency: Concurrency,
}
