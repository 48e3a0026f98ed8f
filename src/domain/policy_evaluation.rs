//! Which settings apply to a promotion, and where each of them comes from.

use std::collections::BTreeMap;
use std::time::Duration;

use super::action::Action;
use super::application::Product;
use super::config_place::ConfigPlace;
use super::environment::Environment;
use super::flow::{Flow, FlowStep, StepChecks};
use super::guard::{GuardLevel, GuardName};
use super::proposal::PullRequestSettings;
use super::settings::{Mismatch, Policy, Settings};
use super::verify::VerifySettings;

/// The settings of a product's promotion to an environment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicyEvaluation {
    /// The product.
    pub product: String,
    /// The target environment.
    pub environment: String,
    /// The flow, if the promotion is a step of one.
    pub flow: Option<String>,
    /// Every setting, in the order of the manual.
    pub settings: Vec<DecidedSetting>,
    /// Every policy, strongest first.
    pub policies: Vec<EvaluatedPolicy>,
}

/// A setting and where it comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DecidedSetting {
    /// Its name, as in `promote.yaml`.
    pub name: String,
    /// Its value.
    pub value: SettingValue,
    /// Where it comes from.
    pub origin: SettingOrigin,
}

/// The value of a setting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SettingValue {
    /// Nothing.
    Unset,
    /// A word or a name.
    Text(String),
    /// Names or commands.
    List(Vec<String>),
    /// Whether something is done.
    Flag(bool),
    /// How long something may take.
    Time(Duration),
}

/// Where a setting comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SettingOrigin {
    /// The flow's step.
    Step,
    /// A policy.
    Policy {
        /// Its name.
        name: String,
        /// Where it starts.
        place: ConfigPlace,
    },
    /// Nothing sets it.
    Default,
}

/// A policy, and whether it matches the promotion.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EvaluatedPolicy {
    /// Its name.
    pub name: String,
    /// Where it starts.
    pub place: ConfigPlace,
    /// Its priority; the lowest number wins.
    pub priority: i64,
    /// The condition that the promotion does not meet.
    pub mismatch: Option<Mismatch>,
}

impl Settings {
    /// Finds the settings of a product's promotion to an environment, as a step of a flow if there is one.
    pub fn evaluate(
        &self,
        product: &Product,
        target: &Environment,
        flow: Option<&Flow>,
    ) -> PolicyEvaluation {
        let mut steps = flow.into_iter().flat_map(|flow| &flow.steps);
        let step = steps.find(|step| target.has_name(&step.environment));
        let mut layers: Vec<(SettingOrigin, Values)> = Vec::new();
        layers.extend(step.map(|step| (SettingOrigin::Step, of_step(step))));
        for policy in self.matching_policies(&product.name, target) {
            let origin = SettingOrigin::Policy {
                name: policy.name.clone(),
                place: policy.place.clone(),
            };
            layers.push((origin, of_policy(policy)));
        }
        let decide = |(name, default): (String, SettingValue)| {
            let mut set = layers.iter_mut();
            let set =
                set.find_map(|(origin, values)| Some((values.remove(&name)?, origin.clone())));
            let (value, origin) = set.unwrap_or((default, SettingOrigin::Default));
            DecidedSetting {
                name,
                value,
                origin,
            }
        };
        let settings = defaults().into_iter().map(decide).collect();
        let policies = self.policies.iter();
        PolicyEvaluation {
            product: product.name.clone(),
            environment: target.name.clone(),
            flow: flow.map(|flow| flow.name.clone()),
            settings,
            policies: policies
                .map(|policy| EvaluatedPolicy {
                    name: policy.name.clone(),
                    place: policy.place.clone(),
                    priority: policy.priority,
                    mismatch: policy.matches.mismatch(target, &[&product.name]),
                })
                .collect(),
        }
    }
}

/// The values of settings by their names.
type Values = BTreeMap<String, SettingValue>;

/// All settings with their defaults, in the order in which they are shown.
fn defaults() -> Vec<(String, SettingValue)> {
    let unset = |name: &str| (name.to_owned(), SettingValue::Unset);
    let time_limit = SettingValue::Time(VerifySettings::DEFAULT_TIME_LIMIT);
    let guards = GuardName::ALL.iter();
    let guards = guards.map(|guard| (format!("guards.{guard}"), level(guard.default_level())));
    let mut all = vec![("action".to_owned(), word(&Action::Commit))];
    all.extend(
        [
            "preAction",
            "postAction",
            "gates.before",
            "gates.after",
            "verify",
        ]
        .map(unset),
    );
    all.push(("verifyTimeout".to_owned(), time_limit));
    all.extend(guards);
    all.push(("allow".to_owned(), word(&"all")));
    all.extend(PullRequestSettings::NAMES.map(unset));
    all
}

fn of_step(step: &FlowStep) -> Values {
    let action = step
        .action
        .map(|action| ("action".to_owned(), word(&action)));
    of_checks(&step.checks).chain(action).collect()
}

fn of_policy(policy: &Policy) -> Values {
    let action = policy
        .action
        .map(|action| ("action".to_owned(), word(&action)));
    let guards = policy.guards.levels.iter();
    let guards = guards.map(|(guard, set)| (format!("guards.{guard}"), level(*set)));
    let allow = policy
        .guards
        .allow
        .as_ref()
        .map(|allow| names_of(allow.iter()));
    let pull_request = &policy.pull_request;
    let list = |list: &Option<Vec<String>>| list.clone().map(SettingValue::List);
    let others = [
        ("allow", allow),
        ("verify", list(&policy.verify.commands)),
        (
            "verifyTimeout",
            policy.verify.time_limit.map(SettingValue::Time),
        ),
        (
            "pullRequest.draft",
            pull_request.draft.map(SettingValue::Flag),
        ),
        ("pullRequest.labels", list(&pull_request.labels)),
        ("pullRequest.reviewers", list(&pull_request.reviewers)),
        ("pullRequest.teams", list(&pull_request.teams)),
        ("pullRequest.assignees", list(&pull_request.assignees)),
        (
            "pullRequest.autoMerge",
            pull_request.auto_merge.map(|method| word(&method)),
        ),
    ];
    let others = others.into_iter();
    let others = others.filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let checks = of_checks(&policy.checks);
    checks.chain(action).chain(guards).chain(others).collect()
}

fn of_checks(checks: &StepChecks) -> impl Iterator<Item = (String, SettingValue)> {
    let name = |name: &Option<String>| name.clone().map(SettingValue::Text);
    let list = |list: &Option<Vec<String>>| list.clone().map(SettingValue::List);
    let all = [
        ("preAction", name(&checks.pre_action)),
        ("postAction", name(&checks.post_action)),
        ("gates.before", list(&checks.gates_before)),
        ("gates.after", list(&checks.gates_after)),
    ];
    let all = all.into_iter();
    all.filter_map(|(name, value)| Some((name.to_owned(), value?)))
}

fn word(value: &impl ToString) -> SettingValue {
    SettingValue::Text(value.to_string())
}

fn level(level: GuardLevel) -> SettingValue {
    word(&level.as_str())
}

fn names_of<'a>(guards: impl Iterator<Item = &'a GuardName>) -> SettingValue {
    SettingValue::List(guards.map(ToString::to_string).collect())
}
