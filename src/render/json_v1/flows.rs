//! `git-promote/flows/v1`: the flows of a configuration.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::{Action, Flow, FlowStep, Hooks, Settings};
use crate::engine::BranchConfiguration;

/// The name of this format.
const FLOWS: &str = "git-promote/flows/v1";

/// The flows of a configuration; `flow show` has one of them.
#[derive(Serialize, JsonSchema, Debug)]
#[schemars(title = "git-promote flows, version 1")]
pub struct FlowList<'a> {
    /// `git-promote/flows/v1`.
    #[schemars(extend("const" = FLOWS))]
    schema: &'static str,
    /// The branch.
    branch: &'a str,
    /// The commit that the branch points at.
    commit: String,
    /// The flows, in the order of the configuration.
    flows: Vec<FlowEntry<'a>>,
}

/// A flow.
#[derive(Serialize, JsonSchema, Debug)]
struct FlowEntry<'a> {
    /// Its name.
    name: &'a str,
    /// The environment that changes first.
    trigger_environment: &'a str,
    /// The promotions, in the order of the configuration.
    steps: Vec<Step<'a>>,
    /// Workflows for the whole release.
    hooks: HookNames<'a>,
    /// How long a release may take; null if it has no limit.
    timeout_seconds: Option<u64>,
    /// The products that have this flow.
    products: Vec<&'a str>,
}

/// The promotion to one environment.
#[derive(Serialize, JsonSchema, Debug)]
struct Step<'a> {
    /// The target environment.
    environment: &'a str,
    /// The source environment.
    from: Option<&'a str>,
    /// The environments that must be done before.
    depends_on: &'a [String],
    /// How the promotion is delivered; null if policies decide.
    action: Option<ActionName>,
    /// The workflow before the action; null if policies decide.
    pre_action: Option<&'a str>,
    /// The workflow after the gates; null if policies decide.
    post_action: Option<&'a str>,
    /// The gates before the pre-action; null if policies decide.
    gates_before: Option<&'a [String]>,
    /// The gates after the action; null if policies decide.
    gates_after: Option<&'a [String]>,
    /// Workflows for this step.
    hooks: HookNames<'a>,
}

/// The names of workflows that run when something happens.
#[derive(Serialize, JsonSchema, Debug)]
struct HookNames<'a> {
    /// When it starts.
    #[serde(rename = "on_start")]
    start: Option<&'a str>,
    /// When it has succeeded.
    #[serde(rename = "on_success")]
    success: Option<&'a str>,
    /// When it has failed.
    #[serde(rename = "on_fail")]
    fail: Option<&'a str>,
}

/// How a promotion is delivered.
#[derive(Serialize, JsonSchema, Clone, Copy, Debug)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ActionName {
    /// A commit on the target branch.
    Commit,
    /// A pull request.
    PullRequest,
    /// Nothing.
    None,
}

impl<'a> FlowList<'a> {
    /// The format of some flows of a configuration.
    pub fn new(
        configuration: &'a BranchConfiguration,
        flows: impl IntoIterator<Item = &'a Flow>,
    ) -> Self {
        let settings = &configuration.settings;
        Self {
            schema: FLOWS,
            branch: &configuration.branch.name,
            commit: configuration.branch.tip.to_string(),
            flows: flows
                .into_iter()
                .map(|flow| entry(flow, settings))
                .collect(),
        }
    }
}

fn entry<'a>(flow: &'a Flow, settings: &'a Settings) -> FlowEntry<'a> {
    FlowEntry {
        name: &flow.name,
        trigger_environment: &flow.trigger_environment,
        steps: flow.steps.iter().map(Step::from).collect(),
        hooks: HookNames::from(&flow.hooks),
        timeout_seconds: flow.time_limit.map(|limit| limit.as_secs()),
        products: settings.products_of(flow),
    }
}

impl<'a> From<&'a FlowStep> for Step<'a> {
    fn from(step: &'a FlowStep) -> Self {
        Self {
            environment: &step.environment,
            from: step.source(),
            depends_on: &step.depends_on,
            action: step.action.map(ActionName::from),
            pre_action: step.checks.pre_action.as_deref(),
            post_action: step.checks.post_action.as_deref(),
            gates_before: step.checks.gates_before.as_deref(),
            gates_after: step.checks.gates_after.as_deref(),
            hooks: HookNames::from(&step.hooks),
        }
    }
}

impl<'a> From<&'a Hooks> for HookNames<'a> {
    fn from(hooks: &'a Hooks) -> Self {
        Self {
            start: hooks.on_start.as_deref(),
            success: hooks.on_success.as_deref(),
            fail: hooks.on_fail.as_deref(),
        }
    }
}

impl From<Action> for ActionName {
    fn from(action: Action) -> Self {
        match action {
            Action::Commit => Self::Commit,
            Action::PullRequest => Self::PullRequest,
            Action::None => Self::None,
        }
    }
}
