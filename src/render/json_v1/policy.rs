//! `git-promote/policy/v1`: the settings of a promotion with their origins.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::{
    DecidedSetting, EvaluatedPolicy, Mismatch, PolicyEvaluation, SettingOrigin, SettingValue,
};
use crate::engine::BranchConfiguration;
use crate::render::duration;

/// The name of this format.
const POLICY: &str = "git-promote/policy/v1";

/// The settings of a product's promotion to an environment.
#[derive(Serialize, JsonSchema, Debug)]
#[schemars(title = "git-promote policy, version 1")]
pub struct Policy<'a> {
    /// `git-promote/policy/v1`.
    #[schemars(extend("const" = POLICY))]
    schema: &'static str,
    /// The branch.
    branch: &'a str,
    /// The commit that the branch points at.
    commit: String,
    /// The product.
    product: &'a str,
    /// The target environment.
    environment: &'a str,
    /// The flow, if the promotion is a step of one.
    flow: Option<&'a str>,
    /// Every setting.
    settings: Vec<Setting<'a>>,
    /// Every policy, strongest first.
    policies: Vec<PolicyMatch<'a>>,
}

/// A setting and where it comes from.
#[derive(Serialize, JsonSchema, Debug)]
struct Setting<'a> {
    /// Its name, as in `promote.yaml`.
    name: &'a str,
    /// Its value; null if it has none.
    value: Option<Value<'a>>,
    /// Where it comes from.
    origin: SettingSource,
    /// The policy that sets it.
    policy: Option<&'a str>,
    /// The file of the policy.
    file: Option<&'a str>,
    /// The line in which the policy starts.
    line: Option<usize>,
}

/// The value of a setting.
#[derive(Serialize, JsonSchema, Debug)]
#[serde(untagged)]
enum Value<'a> {
    /// A word, a name or a duration such as `10m`.
    Text(String),
    /// Names or commands.
    List(&'a [String]),
    /// Whether something is done.
    Flag(bool),
}

/// Where a setting comes from.
#[derive(Serialize, JsonSchema, Clone, Copy, Debug)]
#[serde(rename_all = "kebab-case")]
enum SettingSource {
    /// The flow's step.
    Step,
    /// A policy.
    Policy,
    /// Nothing sets it.
    Default,
}

/// A policy, and whether it matches the promotion.
#[derive(Serialize, JsonSchema, Debug)]
struct PolicyMatch<'a> {
    /// Its name.
    name: &'a str,
    /// Its file.
    file: &'a str,
    /// The line in which it starts.
    line: usize,
    /// Its priority; the lowest number wins.
    priority: i64,
    /// Whether it matches.
    matches: bool,
    /// The first condition that the promotion does not meet.
    mismatch: Option<Condition>,
}

/// A condition of a policy.
#[derive(Serialize, JsonSchema, Clone, Copy, Debug)]
#[serde(rename_all = "kebab-case")]
enum Condition {
    /// The kind of the target environment.
    Kinds,
    /// The target environment.
    Environments,
    /// The product.
    Products,
}

impl<'a> Policy<'a> {
    /// The format of an evaluation.
    pub fn new(configuration: &'a BranchConfiguration, evaluation: &'a PolicyEvaluation) -> Self {
        Self {
            schema: POLICY,
            branch: &configuration.branch.name,
            commit: configuration.branch.tip.to_string(),
            product: &evaluation.product,
            environment: &evaluation.environment,
            flow: evaluation.flow.as_deref(),
            settings: evaluation.settings.iter().map(Setting::from).collect(),
            policies: evaluation.policies.iter().map(PolicyMatch::from).collect(),
        }
    }
}

impl<'a> From<&'a DecidedSetting> for Setting<'a> {
    fn from(setting: &'a DecidedSetting) -> Self {
        let (origin, policy) = match &setting.origin {
            SettingOrigin::Step => (SettingSource::Step, None),
            SettingOrigin::Policy { name, place } => (SettingSource::Policy, Some((name, place))),
            SettingOrigin::Default => (SettingSource::Default, None),
        };
        Self {
            name: &setting.name,
            value: match &setting.value {
                SettingValue::Unset => None,
                SettingValue::Text(text) => Some(Value::Text(text.clone())),
                SettingValue::List(list) => Some(Value::List(list)),
                SettingValue::Flag(flag) => Some(Value::Flag(*flag)),
                SettingValue::Time(time) => Some(Value::Text(duration::short(*time))),
            },
            origin,
            policy: policy.map(|(name, _)| name.as_str()),
            file: policy.map(|(_, place)| place.file.as_str()),
            line: policy.map(|(_, place)| place.line),
        }
    }
}

impl<'a> From<&'a EvaluatedPolicy> for PolicyMatch<'a> {
    fn from(policy: &'a EvaluatedPolicy) -> Self {
        Self {
            name: &policy.name,
            file: &policy.place.file,
            line: policy.place.line,
            priority: policy.priority,
            matches: policy.mismatch.is_none(),
            mismatch: policy.mismatch.map(|mismatch| match mismatch {
                Mismatch::Kind => Condition::Kinds,
                Mismatch::Environment => Condition::Environments,
                Mismatch::Product => Condition::Products,
            }),
        }
    }
}
