//! A value in `promote.yaml` that may be a single one or a list.

use schemars::JsonSchema;
use serde::Deserialize;

use super::pointer::Pointer;

/// A single value or a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub(super) enum OneOrMany<T> {
    /// A single value.
    One(T),
    /// A list.
    Many(Vec<T>),
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl<T> OneOrMany<T> {
    /// The values, each with its pointer.
    pub(super) fn each(&self, at: &Pointer) -> Vec<(Pointer, &T)> {
        match self {
            Self::One(value) => vec![(at.clone(), value)],
            Self::Many(values) => {
                let place = |(i, value)| (at.index(i), value);
                values.iter().enumerate().map(place).collect()
            }
        }
    }
}
