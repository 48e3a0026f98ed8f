//! Plans all steps of a flow, without writing anything.
//!
//! # Why
//!
//! A step promotes what the step before it has brought. So each plan is computed on the files as the
//! earlier plans leave them. The history lacks these plans: what it shows about a later step can
//! change once the earlier ones are committed.

use std::collections::BTreeMap;

use super::branches::Branches;
use super::commit::changes;
use super::compute::computed_between;
use super::computed::Computed;
use super::configured::read_configuration;
use super::error::EngineError;
use super::overlay::Overlay;
use super::ports::Ports;
use super::request::{DefaultProduct, OfRelease, ReleaseBranch, Request};
use crate::domain::{CommitId, Environment, ProductFlow, ProductStep, Settings};
use crate::plan::{Notice, Plan};
use crate::port::{Branch, BranchChoice, BranchPlace, Snapshot};

/// A flow to plan.
#[derive(Clone, Debug)]
pub struct FlowPlanRequest {
    /// The flow.
    pub flow: String,
    /// The product.
    pub product: String,
    /// The applications; all of the product if empty.
    pub applications: Vec<String>,
    /// The revision whose files of the trigger environment are promoted; the branch's tip if omitted.
    pub source: Option<String>,
    /// The branch.
    pub branch: BranchChoice,
    /// The settings of `--config FILE`; otherwise those of the branch.
    pub settings: Option<Settings>,
}

/// The plans of a flow's steps.
#[derive(Clone, Debug)]
pub struct FlowPlan {
    /// The flow, as a release of the product runs it.
    pub flow: ProductFlow,
    /// The branch with its tip.
    pub branch: Branch,
    /// The commit whose files of the trigger environment are promoted.
    pub source: CommitId,
    /// The steps, each after those that it depends on.
    pub steps: Vec<PlannedStep>,
    /// What the user should know.
    pub notices: Vec<Notice>,
}

/// A step with its plan.
#[derive(Clone, Debug)]
pub struct PlannedStep {
    /// The step.
    pub step: ProductStep,
    /// What it would promote.
    pub plan: Plan,
}

/// Plans all steps of a flow for a product.
///
/// # Errors
/// When the branch cannot be read, a name is unknown, or a step cannot be planned.
pub async fn plan_flow(
    ports: &Ports<'_>,
    request: &FlowPlanRequest,
) -> Result<FlowPlan, EngineError> {
    let given = request.settings.as_ref();
    let configuration = read_configuration(ports, &request.branch, given).await?;
    let flow = configuration.product_flow(&request.product, &request.flow)?;
    let branch = configuration.branch.clone();
    let mut branches = Branches::new(branch.clone(), &configuration.settings);
    let is_wanted = |environment: &Environment| {
        let mut names = flow.steps.iter().map(|step| &step.environment);
        names.any(|name| environment.has_name(name))
            || environment.has_name(&flow.trigger_environment)
    };
    branches
        .add(ports, request.branch.publish, &is_wanted)
        .await?;
    let trigger = branches.of_named(&flow.trigger_environment)?;
    let source = match &request.source {
        Some(revision) => {
            let named = (flow.trigger_environment.as_str(), revision.as_str());
            branches
                .fetched_revision(ports, request.branch.publish, named)
                .await?
        }
        None => trigger.tip,
    };
    let first = ports.repository.snapshot(source)?;
    // The files of each branch, as the plans so far leave them.
    let mut files: BTreeMap<BranchPlace, Overlay> = BTreeMap::new();
    for branch in branches.all() {
        let overlay = Overlay::new(ports.repository.snapshot(branch.tip)?);
        files.insert(branch.place(), overlay);
    }
    let mut steps = Vec::new();
    for step in in_order(&flow) {
        let of_step = |error| EngineError::Target {
            target: step.environment.clone(),
            source: Box::new(error),
        };
        let promotion = promotion(request, &step);
        let target = branches.of_named(&step.environment)?.place();
        let source: &dyn Snapshot = if step.from == flow.trigger_environment {
            first.as_ref()
        } else {
            &files[&branches.of_named(&step.from)?.place()]
        };
        let sides = (source, &files[&target] as &dyn Snapshot);
        let planned = computed_between(ports, &promotion, &branches, sides, Vec::new());
        let plan = planned.and_then(Computed::complete).map_err(of_step)?;
        if let Some(files) = files.get_mut(&target) {
            files.apply(changes(&plan))?;
        }
        steps.push(PlannedStep { step, plan });
    }
    Ok(FlowPlan {
        flow,
        branch,
        source,
        steps,
        notices: [configuration.notices, branches.home_with_notices().notices].concat(),
    })
}

/// The steps, each after those that it depends on.
fn in_order(flow: &ProductFlow) -> Vec<ProductStep> {
    let mut left: Vec<&ProductStep> = flow.steps.iter().collect();
    let mut ordered: Vec<ProductStep> = Vec::new();
    loop {
        let is_ready = |step: &&ProductStep| {
            step.depends_on.iter().all(|environment| {
                *environment == flow.trigger_environment
                    || ordered.iter().any(|done| done.environment == *environment)
            })
        };
        let Some(at) = left.iter().position(is_ready) else {
            return ordered;
        };
        ordered.push(left.remove(at).clone());
    }
}

fn promotion(request: &FlowPlanRequest, step: &ProductStep) -> Request {
    let products = if request.applications.is_empty() {
        vec![request.product.clone()]
    } else {
        Vec::new()
    };
    Request {
        // As a step of a release, whose flow has decided the action.
        release: Some(OfRelease {
            id: format!("{}-next", request.product),
            branch: ReleaseBranch::Own,
            acted_by: None,
        }),
        applications: request.applications.clone(),
        products,
        default_product: DefaultProduct::Ignored,
        branch: request.branch.clone(),
        action: Some(step.action),
        settings: request.settings.clone(),
        ..Request::between(&step.from, &step.environment)
    }
}
