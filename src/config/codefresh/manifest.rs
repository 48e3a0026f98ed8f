//! The fields of Codefresh's manifests, as their custom resource definitions have them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::flow_file::HooksEntry;

/// What all manifests have.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest<S> {
    /// The group and version.
    #[serde(rename = "apiVersion")]
    pub(super) _api_version: String,
    /// The kind.
    #[serde(rename = "kind")]
    pub(super) _kind: String,
    /// The name.
    pub(super) metadata: Metadata,
    /// What it sets.
    pub(super) spec: S,
}

/// The metadata that are read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Metadata {
    /// The name.
    #[schemars(length(min = 1))]
    pub(super) name: String,
}

/// What a `Product` sets.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProductSpec {
    /// The name of a `PromotionTemplate`.
    #[serde(rename = "promotionTemplateRef")]
    pub(super) template_ref: Option<String>,
    /// A template of its own.
    #[serde(rename = "promotionTemplate")]
    pub(super) template: Option<TemplateFields>,
    /// Its flows, in order.
    #[serde(rename = "promotionFlows", default)]
    pub(super) flows: Vec<ProductFlow>,
    /// What happens to a release while another one runs.
    pub(super) concurrency: Option<Concurrency>,
}

/// A flow of a product.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProductFlow {
    /// The name of the `PromotionFlow`.
    #[schemars(length(min = 1))]
    pub(super) name: String,
    /// The commits that start it.
    #[serde(rename = "gitTriggerSelectors", default)]
    pub(super) selectors: Vec<TriggerSelector>,
}

/// The commits that start a flow.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TriggerSelector {
    /// What is compared.
    pub(super) key: SelectorKey,
    /// Whether one of the values must match, or none of them may.
    pub(super) operator: SelectorOperator,
    /// Texts with `*` for any part.
    #[schemars(extend("minItems" = 1))]
    pub(super) values: Vec<String>,
}

/// What a trigger selector compares.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum SelectorKey {
    /// The commit's message.
    CommitMessage,
    /// The branch.
    GitRevision,
}

/// How a trigger selector compares.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, JsonSchema)]
pub(super) enum SelectorOperator {
    /// One of the values must match.
    In,
    /// None of the values may match.
    NotIn,
}

/// What happens to a release while another one runs.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Concurrency {
    /// It waits.
    Queue,
    /// The running one is terminated.
    Terminate,
}

/// What a `PromotionTemplate` sets, and the template of a product.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TemplateFields {
    /// Where the version is.
    #[serde(rename = "versionSource")]
    pub(super) version: Option<VersionSource>,
    /// What is promoted, by file; everything if it is empty.
    #[serde(default)]
    pub(super) promotion: BTreeMap<String, PromotedPaths>,
}

/// Where the version is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VersionSource {
    /// The file, from the application's folder.
    pub(super) file: String,
    /// The expression for the value.
    #[serde(rename = "jsonPath")]
    pub(super) json_path: String,
}

/// What is promoted in a file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PromotedPaths {
    /// Expressions, or `*` for the whole file.
    #[serde(rename = "jsonPaths")]
    #[schemars(extend("minItems" = 1, "maxItems" = 200))]
    pub(super) json_paths: Vec<String>,
}

/// What a `PromotionFlow` sets.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FlowSpec {
    /// The environment that changes first.
    #[serde(rename = "triggerEnvironment")]
    #[schemars(length(min = 1))]
    pub(super) trigger_environment: String,
    /// The promotions, in any order.
    #[schemars(length(min = 1, max = 200))]
    pub(super) steps: Vec<Step>,
    /// Workflows for the whole release.
    #[serde(default)]
    pub(super) hooks: HooksEntry,
    /// How many minutes a release may take.
    #[serde(rename = "promotionTimeoutLimit")]
    pub(super) timeout_minutes: Option<u32>,
}

/// The promotion to one environment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// The target environment.
    #[schemars(length(min = 1))]
    pub(super) environment: String,
    /// The environments that must be done before.
    #[serde(rename = "dependsOn")]
    #[schemars(length(min = 1, max = 200))]
    pub(super) depends_on: Vec<String>,
    /// Settings for this step.
    #[serde(default)]
    pub(super) policy: PolicyFields,
    /// Workflows for this step.
    #[serde(default)]
    pub(super) hooks: HooksEntry,
}

/// The settings of a policy or step.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyFields {
    /// How a promotion is delivered.
    pub(super) action: Option<Action>,
    /// The workflow before the action.
    #[serde(rename = "preAction")]
    pub(super) pre_action: Option<String>,
    /// The workflow after it.
    #[serde(rename = "postAction")]
    pub(super) post_action: Option<String>,
}

/// How a promotion is delivered.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Action {
    /// A commit.
    Commit,
    /// A pull request.
    Pr,
    /// Nothing.
    None,
}

/// What a `PromotionPolicy` sets.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicySpec {
    /// The lowest number wins.
    pub(super) priority: i64,
    /// The promotions that it applies to.
    #[serde(default)]
    pub(super) selector: PolicySelector,
    /// What it sets.
    #[serde(default)]
    pub(super) policy: PolicyFields,
}

/// The promotions that a policy applies to.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicySelector {
    /// The products.
    #[serde(default)]
    pub(super) product: ProductSelector,
    /// The target environments.
    #[serde(rename = "targetEnvironment", default)]
    pub(super) environment: EnvironmentSelector,
}

/// The products that a policy applies to; all if nothing is listed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProductSelector {
    /// Their names.
    #[serde(default)]
    pub(super) names: Vec<String>,
    /// Their tags, which they do not have here.
    #[serde(default)]
    pub(super) tags: Vec<String>,
}

/// The target environments that a policy applies to; all if nothing is listed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EnvironmentSelector {
    /// Their names.
    #[serde(default)]
    pub(super) names: Vec<String>,
    /// Their kinds.
    #[serde(default)]
    pub(super) types: Vec<EnvironmentType>,
    /// Their tags, which they do not have here.
    #[serde(default)]
    pub(super) tags: Vec<String>,
}

/// The kind of an environment.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub(super) enum EnvironmentType {
    /// Production.
    #[serde(rename = "PROD")]
    Production,
    /// All others.
    #[serde(rename = "NON_PROD")]
    NonProduction,
}
