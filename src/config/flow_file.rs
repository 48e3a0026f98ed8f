//! The keys of flows in `promote.yaml`, as [`super::file`] has the others.

use schemars::JsonSchema;
use serde::Deserialize;

use super::choices::ActionWord;
use super::duration;
use super::one_or_many::OneOrMany;

/// Environments in order, through which a product goes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FlowEntry {
    /// The name.
    #[schemars(length(min = 1))]
    pub(super) name: String,
    /// The environment that changes first.
    #[serde(rename = "triggerEnvironment")]
    #[schemars(length(min = 1))]
    pub(super) trigger_environment: String,
    /// The promotions, in any order.
    #[schemars(length(min = 1, max = 200))]
    pub(super) steps: Vec<StepEntry>,
    /// Workflows for the whole release.
    #[serde(default)]
    pub(super) hooks: HooksEntry,
    /// How long a release may take, such as `90m`, `24h` or `2d`; it has no limit if omitted.
    #[schemars(regex(pattern = duration::PATTERN))]
    pub(super) timeout: Option<String>,
}

/// The promotion to one environment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StepEntry {
    /// The target environment.
    #[schemars(length(min = 1))]
    pub(super) environment: String,
    /// The environments that must be done before: the trigger environment, or those of other steps.
    #[serde(rename = "dependsOn")]
    #[schemars(extend("minItems" = 1, "maxItems" = 200))]
    pub(super) depends_on: OneOrMany<String>,
    /// The source environment, one of `dependsOn`; the first of them if omitted.
    pub(super) from: Option<String>,
    /// Settings for this step, which come before those of policies.
    #[serde(default)]
    pub(super) policy: StepPolicyEntry,
    /// Workflows for this step.
    #[serde(default)]
    pub(super) hooks: HooksEntry,
}

/// Settings for one step.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StepPolicyEntry {
    /// How the promotion is delivered.
    pub(super) action: Option<ActionWord>,
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

/// Gates around a promotion.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StepGatesEntry {
    /// Those that must pass before the pre-action; an empty list means none.
    #[schemars(extend("maxItems" = 50))]
    pub(super) before: Option<OneOrMany<String>>,
    /// Those that must pass after the action; an empty list means none.
    #[schemars(extend("maxItems" = 50))]
    pub(super) after: Option<OneOrMany<String>>,
}

/// Workflows that run when something happens.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HooksEntry {
    /// When it starts.
    #[serde(rename = "onStart")]
    pub(super) start: Option<String>,
    /// When it has succeeded.
    #[serde(rename = "onSuccess")]
    pub(super) success: Option<String>,
    /// When it has failed.
    #[serde(rename = "onFail")]
    pub(super) fail: Option<String>,
}

/// A flow of a product.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FlowChoiceEntry {
    /// The name of the flow.
    #[schemars(length(min = 1))]
    pub(super) name: String,
    /// The changes that start it; all if omitted.
    #[serde(default)]
    pub(super) when: ConditionEntry,
}

/// The changes that start a flow: every condition must match. Patterns that begin with `!` exclude.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionEntry {
    /// Globs for the branch.
    #[serde(default)]
    #[schemars(extend("maxItems" = 200))]
    pub(super) branches: OneOrMany<String>,
    /// Regular expressions for the messages of the commits; each can match a part.
    #[serde(default)]
    #[schemars(extend("maxItems" = 200))]
    pub(super) messages: OneOrMany<String>,
    /// Globs for the changed paths.
    #[serde(default)]
    #[schemars(extend("maxItems" = 200))]
    pub(super) paths: OneOrMany<String>,
    /// Globs for the names and e-mail addresses of the authors.
    #[serde(default)]
    #[schemars(extend("maxItems" = 200))]
    pub(super) authors: OneOrMany<String>,
}
