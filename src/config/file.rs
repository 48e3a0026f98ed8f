//! The keys of `promote.yaml`, defined once.
//!
//! # Why
//!
//! The keys, their types and their descriptions are needed three times: to
//! read the file, to report faults, and for the JSON Schema that editors use.
//! All three come from these types and their doc comments: `schemars` derives
//! the schema, and [`super::shape`] checks the file against it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::choices::{
    ActionWord, AutomationWord, ConcurrencyWord, KindWord, MergeWord, PromoteWord,
};
use super::duration;
use super::flow_file::{FlowChoiceEntry, FlowEntry, StepGatesEntry};
use super::guards::{GuardWord, GuardsEntry};
use super::one_or_many::OneOrMany;
use super::permission_file::PermissionEntry;
use super::workflow_file::{GateEntry, WorkflowEntry};

/// How git-promote moves applications between the environments of this repository.
/// Everything is optional.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "promote.yaml")]
#[schemars(extend("x-reserved" = ["forge"]))]
pub(super) struct File {
    /// The version of this format.
    #[serde(rename = "version")]
    #[schemars(extend("enum" = [1]))]
    pub(super) _version: Option<u64>,
    /// The environments and their aliases.
    #[serde(default)]
    #[schemars(length(max = 500))]
    pub(super) environments: Vec<EnvironmentEntry>,
    /// Where the files of an application are: paths from the repository's root with `{env}`, `{app}`
    /// (one part of the path) or `{app**}` (one or more), `*` and `**`. The first match wins. In environments
    /// with a `path`, they are paths from there, and need no `{env}`.
    #[serde(default)]
    #[schemars(length(max = 200))]
    pub(super) layout: Vec<LayoutEntry>,
    /// The product that is promoted if neither a product nor an application is selected.
    #[schemars(length(min = 1))]
    pub(super) product: Option<String>,
    /// Groups of applications that are promoted together.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    pub(super) products: Vec<ProductEntry>,
    /// Named sets of rules that define what is promoted by default.
    #[serde(default)]
    #[schemars(length(max = 200))]
    pub(super) templates: Vec<TemplateEntry>,
    /// Settings for matching promotions. For each setting, the policy with the lowest priority number wins.
    #[serde(default)]
    #[schemars(length(max = 200))]
    pub(super) policies: Vec<PolicyEntry>,
    /// Environments in order, through which a product goes.
    #[serde(default)]
    #[schemars(length(max = 200))]
    pub(super) flows: Vec<FlowEntry>,
    /// Commands, requests and CI runs around promotions.
    #[serde(default)]
    #[schemars(length(max = 500))]
    pub(super) workflows: Vec<WorkflowEntry>,
    /// Conditions that promotions wait for.
    #[serde(default)]
    #[schemars(length(max = 500))]
    pub(super) gates: Vec<GateEntry>,
    /// Who may do what through a server that asks who people are; what nothing allows is refused.
    #[serde(default)]
    #[schemars(length(max = 500))]
    pub(super) permissions: Vec<PermissionEntry>,
    /// Where releases are recorded.
    #[serde(default)]
    pub(super) releases: ReleasesEntry,
    /// Templates for commit messages and pull requests.
    #[serde(default)]
    pub(super) messages: MessagesEntry,
}

/// Where releases are recorded.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleasesEntry {
    /// The folder of their references, one for each product. Servers that only take branches need a folder of
    /// branches, such as `refs/heads/promote/releases`.
    pub(super) prefix: Option<String>,
}

/// Where the files of an application are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum LayoutEntry {
    /// A pattern for both environments.
    Pattern(String),
    /// A pattern for each of two environments.
    Pair(LayoutPairEntry),
}

/// Patterns with the same `{app}`, `*` and `**` for a source and a target.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LayoutPairEntry {
    /// The files of the source.
    pub(super) from: String,
    /// The files of the target that belong to them.
    pub(super) to: String,
}

/// An environment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EnvironmentEntry {
    /// The name, as it appears in paths and on the command line.
    #[schemars(length(min = 1))]
    pub(super) name: String,
    /// Whether the environment serves users.
    pub(super) kind: Option<KindWord>,
    /// Other names for the environment, in paths and on the command line.
    #[serde(default)]
    #[schemars(length(max = 100))]
    pub(super) aliases: Vec<String>,
    /// The repository that has its files: a URL without a password, or a path that begins with `./` or `../`
    /// and is relative to the URL of the repository with this file. That repository if omitted.
    #[schemars(length(min = 1))]
    pub(super) repository: Option<String>,
    /// The branch that has its files; if omitted the branch with this file, or the default branch of
    /// another repository.
    #[schemars(length(min = 1))]
    pub(super) branch: Option<String>,
    /// The folder that has its files, `.` for all of the branch. If omitted, the environment is where its
    /// name is in paths, or else, on a branch of its own, all of the branch.
    pub(super) path: Option<String>,
    /// Whether its files are rendered manifests. They have nothing of their own, so a promotion to them is
    /// one with `--promote all --delete --new` by default.
    #[serde(default)]
    pub(super) rendered: bool,
}

/// Applications that are promoted together.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProductEntry {
    /// The name, for `--product`.
    #[schemars(length(min = 1))]
    pub(super) name: String,
    /// Its applications, by full name or by the last parts of the name.
    #[serde(default)]
    #[schemars(length(max = 5000))]
    pub(super) applications: Vec<String>,
    /// The name of the template for its applications; `default` if omitted.
    pub(super) template: Option<String>,
    /// Its flows; a change starts the first one whose conditions match.
    #[serde(default)]
    #[schemars(length(max = 200))]
    pub(super) flows: Vec<FlowChoiceEntry>,
    /// What happens to a release while another one of the same flow runs; `queue` if omitted.
    pub(super) concurrency: Option<ConcurrencyWord>,
}

/// A named set of rules; the one named `default` applies to applications without a template.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TemplateEntry {
    /// The name.
    #[schemars(length(min = 1))]
    pub(super) name: String,
    /// Where the summary reads an application's version.
    pub(super) version: Option<VersionEntry>,
    /// The rules; the first whose `files` matches a file applies to it.
    #[serde(default)]
    #[schemars(length(max = 500))]
    pub(super) rules: Vec<RuleEntry>,
}

/// Where to find the version of an application.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VersionEntry {
    /// A file name, or a glob for its path.
    #[schemars(length(min = 1))]
    pub(super) file: String,
    /// The `JSONPath` of the value.
    pub(super) path: String,
}

/// What is promoted and what is kept in matching files.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleEntry {
    /// A glob for the path in the target environment.
    #[schemars(length(min = 1))]
    pub(super) files: String,
    /// What is promoted; `versions` if omitted.
    #[schemars(extend("minItems" = 1, "maxItems" = 200))]
    pub(super) promote: Option<OneOrMany<PromoteEntry>>,
    /// `JSONPath`s of values that the target always keeps; `$.data['app.yaml']|$.replicas` is a place
    /// inside a string.
    #[serde(default)]
    #[schemars(extend("maxItems" = 200))]
    pub(super) keep: OneOrMany<String>,
    /// What happens to versions that Flux or Argo CD Image Updater writes in the target; `keep` if omitted.
    pub(super) automation: Option<AutomationWord>,
}

/// What a rule promotes: a keyword, or the values that a `JSONPath` selects.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum PromoteEntry {
    /// A keyword.
    Word(PromoteWord),
    /// A `JSONPath`; it starts with `$`.
    Path(#[schemars(regex(pattern = r"^\$"))] String),
}

/// Settings for matching promotions.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-reserved" = ["forge"]))]
// Without its invalid parts, a policy could match more promotions than its author meant.
#[schemars(extend("x-whole" = true))]
pub(super) struct PolicyEntry {
    /// The name.
    #[schemars(length(min = 1))]
    pub(super) name: String,
    /// The priority: the lowest number wins; 0 if omitted.
    #[serde(default)]
    pub(super) priority: i64,
    /// The promotions that it applies to; all if omitted.
    #[serde(default)]
    pub(super) r#match: MatchEntry,
    /// How a promotion is delivered.
    pub(super) action: Option<ActionWord>,
    /// Settings for the pull request, if the action opens one.
    #[serde(rename = "pullRequest", default)]
    pub(super) pull_request: PullRequestEntry,
    /// What the findings of each guard do.
    #[serde(default)]
    pub(super) guards: GuardsEntry,
    /// The guards whose holds `--allow` may lift: all if omitted, none if the list is empty.
    pub(super) allow: Option<OneOrMany<GuardWord>>,
    /// Commands that must succeed on the planned files before anything is committed; `sh` runs them at the
    /// root of a temporary checkout.
    pub(super) verify: Option<OneOrMany<String>>,
    /// How long each of these commands may run, such as `90s`, `10m` or `1h`; `10m` if omitted.
    #[serde(rename = "verifyTimeout")]
    #[schemars(regex(pattern = duration::PATTERN))]
    pub(super) verify_timeout: Option<String>,
    /// The workflow that must succeed before the action.
    #[serde(rename = "preAction")]
    pub(super) pre_action: Option<String>,
    /// The workflow that must succeed after the action and its gates.
    #[serde(rename = "postAction")]
    pub(super) post_action: Option<String>,
    /// The gates that must pass.
    #[serde(default)]
    pub(super) gates: StepGatesEntry,
}

/// Settings for a pull request.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PullRequestEntry {
    /// Whether it is opened as a draft.
    pub(super) draft: Option<bool>,
    /// Its labels; missing ones are created in the repository.
    pub(super) labels: Option<OneOrMany<String>>,
    /// People whose review is requested.
    pub(super) reviewers: Option<OneOrMany<String>>,
    /// Teams whose review is requested, by their short names.
    pub(super) teams: Option<OneOrMany<String>>,
    /// People it is assigned to.
    pub(super) assignees: Option<OneOrMany<String>>,
    /// The merge method for auto-merge; without it, auto-merge stays off.
    #[serde(rename = "autoMerge")]
    pub(super) auto_merge: Option<MergeWord>,
}

/// The promotions that a policy applies to: every condition must match.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MatchEntry {
    /// Kinds of target environments.
    #[schemars(extend("minItems" = 1))]
    pub(super) kinds: Option<OneOrMany<KindWord>>,
    /// Names or aliases of target environments.
    #[schemars(extend("minItems" = 1))]
    pub(super) environments: Option<OneOrMany<String>>,
    /// Names of products.
    #[schemars(extend("minItems" = 1))]
    pub(super) products: Option<OneOrMany<String>>,
}

/// Jinja templates for the commit message. Variables: `from`, `to`, `applications` (each with
/// `name`, `version.before` and `version.after`), `product`, `source`, `target`, `mode` and
/// `promotion_id`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MessagesEntry {
    /// The subject line.
    pub(super) title: Option<String>,
    /// The text below it.
    pub(super) body: Option<String>,
    /// Templates for the pull request, with `preview` (Markdown) as another variable.
    #[serde(rename = "pullRequest", default)]
    pub(super) pull_request: PullRequestMessagesEntry,
}

/// Templates for the pull request.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PullRequestMessagesEntry {
    /// The title, one line; that of the commit if omitted.
    pub(super) title: Option<String>,
    /// The description, in Markdown.
    pub(super) body: Option<String>,
}
