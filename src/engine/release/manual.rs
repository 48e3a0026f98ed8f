//! Starts the promotion of a product that no flow describes, and finds its outcome.
//!
//! # Why
//!
//! A policy may demand more of a promotion than the change itself: gates, workflows, a merge. Only a release
//! can wait for them. So every promotion of a configured product is one. Applications that are promoted by
//! their names have no such record, since no policy needs to be waited for: they leave their trailers.

use super::advance::Advanced;
use super::choices::choices;
use super::error::ReleaseError;
use super::flow::{product_in, settings};
use super::people::{NewInQueue, Started, queue_new};
use super::ports::ReleasePorts;
use super::promote::promote;
use super::request::request_of;
use crate::domain::{ManualStep, Product, ProductFlow, Settings};
use crate::engine::branches::{fetch, fetch_home};
use crate::engine::compute::compute;
use crate::engine::error::EngineError;
use crate::engine::receipt::Receipt;
use crate::engine::request::Request;
use crate::plan::Plan;
use crate::port::{Branch, Publish};
use crate::release::{Configuration, Manual, Release, ReleaseState, Step};

/// What a person chose for the release of a promotion.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ManualChoice {
    /// The workflow before the action.
    pub pre_action: Option<String>,
    /// The workflow after the gates.
    pub post_action: Option<String>,
    /// The gates of the source environment that are skipped.
    pub skipped_gates: Vec<String>,
    /// The text of `--config FILE`.
    pub configuration: Option<String>,
}

/// The product whose promotion becomes a release; `None` if the request is not the promotion of a single
/// product, or only this clone will have the commit.
pub fn released_product<'p>(request: &Request, plan: &'p Plan) -> Option<&'p str> {
    let is_of_product = request.applications.is_empty()
        && request.products.len() <= 1
        && request.reverts.is_none()
        && request.branch.publish == Publish::Push;
    plan.proposal().product.as_deref().filter(|_| is_of_product)
}

/// Whether a policy has gates or workflows for a promotion, which only a release waits for.
pub fn has_checks(settings: &Settings, product: &Product, plan: &Plan) -> bool {
    let flow = settings.manual_flow(product, &without_choice(plan));
    flow.steps.iter().any(|step| {
        let gates = [&step.source_gates, &step.gates_before, &step.gates_after];
        step.pre_action.is_some()
            || step.post_action.is_some()
            || gates.into_iter().any(|gates| !gates.is_empty())
    })
}

fn without_choice(plan: &Plan) -> ManualStep {
    ManualStep {
        source: plan.hop().from.name.clone(),
        target: plan.hop().to.name.clone(),
        action: Some(plan.action()),
        ..ManualStep::default()
    }
}

/// Queues the release of a plan that was reviewed; if the same promotion has an open release, that one goes on.
///
/// # Errors
/// When a workflow or gate is unknown, a policy requires another workflow, or the product rejects a second
/// release.
pub async fn start_manual(
    ports: &ReleasePorts<'_>,
    (product, request): (&str, &Request),
    plan: &Plan,
    choice: &ManualChoice,
) -> Result<Started, ReleaseError> {
    let configuration = match &choice.configuration {
        Some(text) => Configuration::Text(text.clone()),
        None if plan.hop().to.location.is_elsewhere() => {
            let branches = fetch_home(&ports.promotion, &request.branch).await?;
            Configuration::Commit(branches.home.tip)
        }
        None => Configuration::Commit(plan.target()),
    };
    let flow = flow(ports, &configuration, product, (plan, choice))?;
    let manual = Manual {
        pre_action: choice.pre_action.clone(),
        post_action: choice.post_action.clone(),
        skipped_gates: choice.skipped_gates.clone(),
        ..choices(request, plan)
    };
    let new = NewInQueue {
        configuration,
        applications: Vec::new(),
        branch: request.branch.branch.clone(),
        manual: Some(Box::new(manual)),
        source: plan.source(),
    };
    queue_new(ports, &flow, new).await
}

/// The flow of the release, if the choice is allowed.
fn flow(
    ports: &ReleasePorts<'_>,
    configuration: &Configuration,
    product: &str,
    (plan, choice): (&Plan, &ManualChoice),
) -> Result<ProductFlow, ReleaseError> {
    let settings = settings(ports, configuration)?;
    let product = product_in(&settings, product)?;
    let without_choice = without_choice(plan);
    let enforced = settings.manual_flow(product, &without_choice);
    for step in &enforced.steps {
        for (setting, required, asked) in [
            ("preAction", &step.pre_action, &choice.pre_action),
            ("postAction", &step.post_action, &choice.post_action),
        ] {
            let Some(asked) = asked else { continue };
            if let Some(required) = required.as_ref().filter(|name| *name != asked) {
                return Err(ReleaseError::WorkflowRequired {
                    setting,
                    required: required.clone(),
                    asked: asked.clone(),
                });
            }
            if !settings.workflows.iter().any(|w| w.name == *asked) {
                return Err(unknown(
                    "workflow",
                    asked,
                    settings.workflows.iter().map(|w| &w.name),
                ));
            }
        }
        for gate in &choice.skipped_gates {
            if !step.source_gates.contains(gate) {
                return Err(ReleaseError::NotAGateOf {
                    environment: step.from.clone(),
                    gate: gate.clone(),
                    known: step.source_gates.clone(),
                });
            }
        }
    }
    let step = ManualStep {
        pre_action: choice.pre_action.clone(),
        post_action: choice.post_action.clone(),
        skipped_gates: choice.skipped_gates.clone(),
        ..without_choice
    };
    Ok(settings.manual_flow(product, &step))
}

fn unknown<'n>(
    what: &'static str,
    name: &str,
    known: impl Iterator<Item = &'n String>,
) -> ReleaseError {
    let error = EngineError::NotConfigured {
        what,
        name: name.to_owned(),
        known: known.cloned().collect(),
    };
    error.into()
}

/// What a promotion that no flow describes would change now; `None` if the release is none.
///
/// # Errors
/// When it cannot be planned.
pub async fn manual_plan(
    ports: &ReleasePorts<'_>,
    release: &Release,
) -> Result<Option<Plan>, ReleaseError> {
    let Some(mut step) = release
        .steps
        .first()
        .cloned()
        .filter(|_| release.manual.is_some())
    else {
        return Ok(None);
    };
    let flow = super::flow::Flows::default().of(ports, release)?;
    let mut pinned = release.clone();
    step.source.get_or_insert(release.source);
    pinned.steps = vec![step.clone()];
    let Some(mut request) = request_of(&pinned, &flow, &step.environment) else {
        return Ok(None);
    };
    request.branch.publish = Publish::Look;
    let branches = fetch(&ports.promotion, &request).await?;
    Ok(Some(compute(&ports.promotion, &request, &branches)?))
}

/// The outcome of a promotion that no flow describes, once its release was moved forward; `shown` is the plan
/// that was reviewed.
///
/// # Errors
/// When its pull request cannot be looked up.
pub async fn manual_receipt(
    ports: &ReleasePorts<'_>,
    advanced: &Advanced,
    (shown, branch): (&Plan, &Branch),
) -> Result<Receipt, ReleaseError> {
    let release = &advanced.release;
    let tried = advanced.receipts.last().map(|(_, receipt)| receipt.clone());
    let Some(step) = release.steps.first() else {
        return Ok(Receipt::Waiting);
    };
    let landed = step.landed.as_ref();
    Ok(match (tried, landed) {
        (Some(receipt @ Receipt::Committed { .. }), Some(_)) | (Some(receipt), None) => receipt,
        (_, Some(landed)) if landed.is_unchanged => Receipt::NOTHING_TO_PROMOTE,
        (_, Some(landed)) => Receipt::Committed {
            commit: landed.commit,
            branch: branch.name.clone(),
            remote: branch.remote.clone(),
            applications: shown.changed_applications().cloned().collect(),
            plan: Box::new(shown.clone()),
            notices: Vec::new(),
        },
        (None, None) if step.pull_request.is_some() && !release.state.is_end() => {
            proposed(ports, release, step).await?
        }
        (None, None) if release.state.is_end() => Receipt::NotPromoted {
            reason: reason(release, step),
        },
        (None, None) => Receipt::Waiting,
    })
}

/// The receipt of a pull request that an earlier run opened; it is updated like any other.
async fn proposed(
    ports: &ReleasePorts<'_>,
    release: &Release,
    step: &Step,
) -> Result<Receipt, ReleaseError> {
    let flow = super::flow::Flows::default().of(ports, release)?;
    let Some(request) = request_of(release, &flow, &step.environment) else {
        return Ok(Receipt::Waiting);
    };
    let (_, receipt) = promote(ports, (release, &flow), &request).await?;
    Ok(receipt.unwrap_or(Receipt::Waiting))
}

fn reason(release: &Release, step: &Step) -> String {
    match release.state {
        ReleaseState::Failed => step.reason.clone().unwrap_or_else(|| "failed".to_owned()),
        state => format!("{} is {}", release.id, state.name()),
    }
}
