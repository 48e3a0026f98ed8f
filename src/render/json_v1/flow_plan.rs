//! `git-promote/flow-plan/v1`: what the steps of a flow would promote.

use schemars::JsonSchema;
use serde::Serialize;

use super::diff::Diff;
use super::flows::ActionName;
use crate::engine;

/// The name of this format.
const FLOW_PLAN: &str = "git-promote/flow-plan/v1";

/// What the steps of a flow would promote.
#[derive(Serialize, JsonSchema, Debug)]
#[schemars(title = "git-promote flow plan, version 1")]
pub struct FlowPlan<'a> {
    /// `git-promote/flow-plan/v1`.
    #[schemars(extend("const" = FLOW_PLAN))]
    schema: &'static str,
    /// The flow.
    flow: &'a str,
    /// The product.
    product: &'a str,
    /// The branch.
    branch: &'a str,
    /// The commit whose files of the trigger environment are promoted.
    source: String,
    /// The steps, each after those that it depends on.
    steps: Vec<Step<'a>>,
}

/// What a step would promote.
#[derive(Serialize, JsonSchema, Debug)]
struct Step<'a> {
    /// The target environment.
    environment: &'a str,
    /// The source environment.
    from: &'a str,
    /// How the promotion is delivered.
    action: ActionName,
    /// The changes; the source is what the steps before would bring.
    diff: Diff<'a>,
}

impl<'a> From<&'a engine::FlowPlan> for FlowPlan<'a> {
    fn from(plan: &'a engine::FlowPlan) -> Self {
        let step = |planned: &'a engine::PlannedStep| Step {
            environment: &planned.step.environment,
            from: &planned.step.from,
            action: planned.step.action.into(),
            diff: Diff::from(&planned.plan),
        };
        Self {
            schema: FLOW_PLAN,
            flow: &plan.flow.name,
            product: &plan.flow.product,
            branch: &plan.branch.name,
            source: plan.source.to_string(),
            steps: plan.steps.iter().map(step).collect(),
        }
    }
}
