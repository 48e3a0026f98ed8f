//! The keys of `promote.yaml`: the one place where they are written.
//!
//! # Why
//!
//! What is known, which type it has and what it means is needed three times:
//! to read the file, to report faults, and for the JSON Schema that editors
//! use. All three come from these types and their doc comments; `schemars`
//! makes the schema, and [`super::shape`] walks the file by it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::pointer::Pointer;
use crate::domain::{Action, EnvironmentKind, MergeMethod, Mode};

/// How git-promote moves applications between the environments of this repository.
/// Everything is optional.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "promote.yaml")]
#[schemars(extend("x-reserved" = ["flows", "workflows", "gates", "concurrency", "forge"]))]
pub(super) struct File {
    /// The version of this format.
    #[serde(rename = "version")]
    #[schemars(extend("enum" = [1]))]
    pub(super) _version: Option<u64>,
    /// The environments, with the other names under which paths know them.
    #[serde(default)]
    pub(super) environments: Vec<EnvironmentEntry>,
    /// Where an application's files of an environment lie: paths from the root with `{env}`, `{app}`
    /// (one part of the path) or `{app**}` (one or more), `*` and `**`. The first match wins.
    #[serde(default)]
    pub(super) layout: Vec<String>,
    /// Applications that are promoted together.
    #[serde(default)]
    pub(super) products: Vec<ProductEntry>,
    /// Named sets of rules that say what is promoted by default.
    #[serde(default)]
    pub(super) templates: Vec<TemplateEntry>,
    /// Settings for some promotions. The lowest priority number wins, each setting on its own.
    #[serde(default)]
    pub(super) policies: Vec<PolicyEntry>,
    /// Templates of the commit message and of pull requests.
    #[serde(default)]
    pub(super) messages: MessagesEntry,
}

/// An environment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-reserved" = ["branch", "repository"]))]
pub(super) struct EnvironmentEntry {
    /// The name that people use, and under which paths know it.
    #[schemars(length(min = 1))]
    pub(super) name: String,
    /// Whether it serves users.
    pub(super) kind: Option<Kind>,
    /// Other names under which paths know it.
    #[serde(default)]
    pub(super) aliases: Vec<String>,
}

/// Whether an environment serves users.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// It serves users.
    Production,
    /// Everything else.
    NonProduction,
}

/// Applications that are promoted together.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProductEntry {
    /// The product's name, as `--product` takes it.
    #[schemars(length(min = 1))]
    pub(super) name: String,
    /// Its applications: whole names, or their last parts.
    #[serde(default)]
    pub(super) applications: Vec<String>,
    /// The template that decides for them, by name; without it, `default`.
    pub(super) template: Option<String>,
}

/// A named set of rules; `default` serves all applications that have no other.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TemplateEntry {
    /// The template's name.
    #[schemars(length(min = 1))]
    pub(super) name: String,
    /// Where an application's version stands, for the summary.
    pub(super) version: Option<VersionEntry>,
    /// Rules; the first whose `files` match decides for a file.
    #[serde(default)]
    pub(super) rules: Vec<RuleEntry>,
}

/// Where the version of an application stands.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VersionEntry {
    /// The file's name, or a glob over its path.
    #[schemars(length(min = 1))]
    pub(super) file: String,
    /// A `JSONPath` to the value.
    pub(super) path: String,
}

/// What is promoted and what is kept in some files.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleEntry {
    /// A glob over the path in the target.
    #[schemars(length(min = 1))]
    pub(super) files: String,
    /// What is promoted; without it, `versions`.
    #[schemars(extend("minItems" = 1))]
    pub(super) promote: Option<OneOrMany<PromoteEntry>>,
    /// `JSONPath`s to what the target keeps in any case.
    #[serde(default)]
    pub(super) keep: OneOrMany<String>,
}

/// What a rule promotes: a word, or the values that a `JSONPath` selects.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum PromoteEntry {
    /// A word.
    Word(PromoteWord),
    /// A `JSONPath`; it starts with `$`.
    Path(#[schemars(regex(pattern = r"^\$"))] String),
}

/// What a rule can promote, in a word.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum PromoteWord {
    /// Fields that carry a version, and what moves along with them.
    Versions,
    /// What changed in the source since the last promotion.
    Changes,
    /// Every difference.
    All,
}

/// Settings for some promotions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-reserved" = ["gates", "guards", "allow", "workflows", "concurrency", "forge"]))]
// What is left of a policy when a part of it does not fit would speak for more than was meant.
#[schemars(extend("x-whole" = true))]
pub(super) struct PolicyEntry {
    /// The policy's name.
    #[schemars(length(min = 1))]
    pub(super) name: String,
    /// Lower wins; 0 without it.
    #[serde(default)]
    pub(super) priority: i64,
    /// Which promotions it speaks for; all, without it.
    #[serde(default)]
    pub(super) r#match: MatchEntry,
    /// What a promotion ends in.
    pub(super) action: Option<ActionWord>,
    /// How its pull request is opened, where it ends in one.
    #[serde(rename = "pullRequest", default)]
    pub(super) pull_request: PullRequestEntry,
}

/// How a pull request is opened.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PullRequestEntry {
    /// Whether a new one is a draft.
    pub(super) draft: Option<bool>,
    /// Labels that it gets; those that the repository lacks are made.
    pub(super) labels: Option<OneOrMany<String>>,
    /// People that are asked for a review.
    pub(super) reviewers: Option<OneOrMany<String>>,
    /// Teams that are asked for a review, by their short names.
    pub(super) teams: Option<OneOrMany<String>>,
    /// People that it is assigned to.
    pub(super) assignees: Option<OneOrMany<String>>,
    /// How the forge merges it by itself, as soon as its own rules allow it.
    #[serde(rename = "autoMerge")]
    pub(super) auto_merge: Option<MergeWord>,
}

/// How a forge merges.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum MergeWord {
    /// A merge commit.
    Merge,
    /// One commit of all.
    Squash,
    /// The commits on top of the base.
    Rebase,
}

/// Which promotions a policy speaks for: everything that is given must match.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MatchEntry {
    /// Kinds of the target environment.
    #[schemars(extend("minItems" = 1))]
    pub(super) kinds: Option<OneOrMany<Kind>>,
    /// Names or aliases of the target environment.
    #[schemars(extend("minItems" = 1))]
    pub(super) environments: Option<OneOrMany<String>>,
    /// Names of products.
    #[schemars(extend("minItems" = 1))]
    pub(super) products: Option<OneOrMany<String>>,
}

/// What a promotion ends in.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ActionWord {
    /// A commit on the target branch.
    Commit,
    /// A pull request.
    PullRequest,
    /// Nothing: the plan is the result.
    None,
}

/// Templates of the commit message, in the syntax of Jinja. They know `from`, `to`, `applications`
/// (each with `name`, `version.before` and `version.after`), `product`, `source`, `target`, `mode`
/// and `promotion_id`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MessagesEntry {
    /// The first line.
    pub(super) title: Option<String>,
    /// What follows.
    pub(super) body: Option<String>,
    /// Templates of the pull request; they also know `preview`, which is Markdown.
    #[serde(rename = "pullRequest", default)]
    pub(super) pull_request: PullRequestMessagesEntry,
}

/// Templates of the pull request.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PullRequestMessagesEntry {
    /// One line; without it, the commit's title.
    pub(super) title: Option<String>,
    /// Markdown.
    pub(super) body: Option<String>,
}

/// One value, or a list of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub(super) enum OneOrMany<T> {
    /// One value.
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
    /// The values, each with the pointer to it.
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

impl From<Kind> for EnvironmentKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Production => Self::Production,
            Kind::NonProduction => Self::NonProduction,
        }
    }
}

impl From<PromoteWord> for Mode {
    fn from(word: PromoteWord) -> Self {
        match word {
            PromoteWord::Versions => Self::Versions,
            PromoteWord::Changes => Self::Changes,
            PromoteWord::All => Self::All,
        }
    }
}

impl From<MergeWord> for MergeMethod {
    fn from(word: MergeWord) -> Self {
        match word {
            MergeWord::Merge => Self::Merge,
            MergeWord::Squash => Self::Squash,
            MergeWord::Rebase => Self::Rebase,
        }
    }
}

impl From<ActionWord> for Action {
    fn from(word: ActionWord) -> Self {
        match word {
            ActionWord::Commit => Self::Commit,
            ActionWord::PullRequest => Self::PullRequest,
            ActionWord::None => Self::None,
        }
    }
}
