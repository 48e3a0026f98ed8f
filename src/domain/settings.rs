//! What the configuration says, in the words of the domain.

use super::{Action, Environment, EnvironmentKind, LayoutPattern, Mode, Product};
use crate::yaml::JsonPath;

/// Everything that a configuration can set; the default says nothing.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The environments, in the order of the file.
    pub environments: Vec<Environment>,
    /// Where an application's files of an environment lie; first match wins.
    pub layout: Vec<LayoutPattern>,
    /// Applications that are promoted together.
    pub products: Vec<Product>,
    /// Named sets of rules.
    pub templates: Vec<Template>,
    /// Policies, strongest first.
    pub policies: Vec<Policy>,
    /// Templates of the commit message.
    pub messages: Messages,
    /// Where these settings come from.
    pub origin: Origin,
}

impl Settings {
    /// The action that the strongest policy with one asks for.
    pub fn action_for(&self, target: &Environment, products: &[&str]) -> Option<(Action, &Policy)> {
        let mut speaking: Vec<&Policy> = self
            .policies
            .iter()
            .filter(|p| p.matches.speaks_for(target, products))
            .collect();
        speaking.sort_by_key(|p| p.priority);
        speaking
            .into_iter()
            .find_map(|p| p.action.map(|action| (action, p)))
    }
}

impl PolicyMatch {
    fn speaks_for(&self, target: &Environment, products: &[&str]) -> bool {
        (self.kinds.is_empty() || target.kind.is_some_and(|k| self.kinds.contains(&k)))
            && (self.environments.is_empty()
                || self.environments.iter().any(|n| target.answers_to(n)))
            && (self.products.is_empty()
                || self.products.iter().any(|p| products.contains(&p.as_str())))
    }
}

/// Where settings come from, for the plan's record.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Origin {
    /// Nobody configured anything.
    #[default]
    Defaults,
    /// The file of that path in the target's commit.
    Commit(String),
    /// A file on disk, named on the command line.
    Disk(String),
}

/// Which differences are promoted by default, for the applications that use it.
#[derive(Clone, Debug)]
pub struct Template {
    /// The template's name; `default` serves applications of no product.
    pub name: String,
    /// Where an application's version stands, for the summary.
    pub version: Option<VersionPlace>,
    /// Rules; the first whose `files` match decides for the file.
    pub rules: Vec<Rule>,
}

/// Where the version of an application stands.
#[derive(Clone, Debug)]
pub struct VersionPlace {
    /// The file's name or a glob on its path.
    pub file: String,
    /// The expression for the value.
    pub path: JsonPath,
}

/// What is promoted and kept in some files.
#[derive(Clone, Debug)]
pub struct Rule {
    /// A glob over the target's path.
    pub files: String,
    /// What is promoted; empty means `versions`.
    pub promote: Vec<Promote>,
    /// What the target keeps in any case (but for an exact `--only`).
    pub keep: Vec<JsonPath>,
}

/// One entry of a rule's `promote`.
#[derive(Clone, Debug)]
pub enum Promote {
    /// `versions`, `changes` or `all`.
    Mode(Mode),
    /// Whatever the expression selects.
    Path(JsonPath),
}

/// Settings for environments, strongest (lowest number) first.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The policy's name.
    pub name: String,
    /// Lower wins.
    pub priority: i64,
    /// Which promotions it speaks for.
    pub matches: PolicyMatch,
    /// The action that it requires, if it says so.
    pub action: Option<Action>,
}

/// Which promotions a policy speaks for: every list that is not empty must match.
#[derive(Clone, Debug, Default)]
pub struct PolicyMatch {
    /// Kinds of the target environment.
    pub kinds: Vec<EnvironmentKind>,
    /// Names of the target environment.
    pub environments: Vec<String>,
    /// Names of products.
    pub products: Vec<String>,
}

/// Templates of the commit message; `None` means the built-in one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    /// The first line.
    pub title: Option<String>,
    /// What follows.
    pub body: Option<String>,
}
