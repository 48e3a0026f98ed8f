//! Carries out effects.

use std::sync::Arc;
use std::time::Duration;

use super::error::ReleaseError;
use super::ports::ReleasePorts;
use super::promote::{chain, promote};
use super::pull_request;
use super::records::ProductReleases;
use super::request::{choice, request_of};
use super::variables;
use crate::domain::{ProductFlow, Workflow, WorkflowKind};
use crate::engine::branches::{fetch, fetch_of};
use crate::engine::commit::changes;
use crate::engine::error::EngineError;
use crate::engine::prepare::plan_on;
use crate::engine::receipt::Receipt;
use crate::port::{self, AttemptResult, AttemptState, Snapshot, TreeChange, WorkflowError};
use crate::release::{
    Attempt, AttemptEnd, AttemptFact, Effect, Facts, Purpose, Release, Step, Tried,
};

/// How much time a promotion needs at least.
const ENOUGH: i64 = 60;

/// Carries out an effect, and adds its outcome to the facts; returns the receipt of a promotion.
///
/// # Errors
/// After [`WorkflowError::Interrupted`], the facts have the end of the attempt, which is to be recorded.
pub(super) async fn carry_out(
    ports: &ReleasePorts<'_>,
    product: &ProductReleases,
    of: (&Release, &ProductFlow),
    effect: &Effect,
    facts: &mut Facts,
) -> Result<Option<(String, Receipt)>, ReleaseError> {
    match effect {
        Effect::StartWorkflow { key } => {
            let started = start(ports, product, of, key).await;
            let end = match &started {
                Ok(result) => result.clone().map(AttemptEnd::from),
                Err(error) if error.is_interruption() => Some(AttemptEnd::interrupted()),
                Err(_) => None,
            };
            let fact = end.map(|end| (key.clone(), AttemptFact::Ended(end)));
            facts.attempts.extend(fact);
            started?;
        }
        Effect::Promote { environment, until } => {
            // Whoever terminates the release waits until then, and no longer.
            let is_late = ports.promotion.clock.now() + ENOUGH >= *until;
            let request = request_of(of.0, of.1, environment).filter(|_| !is_late);
            if let Some(request) = request {
                let (outcome, receipt) = promote(ports, of, &request).await?;
                let tried = Tried {
                    until: *until,
                    outcome,
                };
                facts.steps.entry(environment.clone()).or_default().tried = Some(tried);
                return Ok(receipt.map(|receipt| (environment.clone(), receipt)));
            }
        }
        Effect::ClosePullRequest { environment } => {
            pull_request::close(ports, of, environment).await?;
            let step = facts.steps.entry(environment.clone()).or_default();
            step.was_closed = true;
        }
    }
    Ok(None)
}

/// Starts an attempt; returns its result if that is known by then.
async fn start(
    ports: &ReleasePorts<'_>,
    product: &ProductReleases,
    (release, flow): (&Release, &ProductFlow),
    key: &str,
) -> Result<Option<AttemptResult>, ReleaseError> {
    let Some(attempt) = release.attempt(key) else {
        return Ok(None);
    };
    let Some(workflow) = flow.workflows.get(&attempt.workflow) else {
        return Ok(None);
    };
    let (files, changes) = files(ports, (release, flow), attempt, workflow).await?;
    let step = attempt.environment.as_deref().and_then(|e| release.step(e));
    fetch_source(ports, (release, flow), step).await?;
    let left = attempt.until - ports.promotion.clock.now();
    let Some(left) = u64::try_from(left).ok().filter(|left| *left > 0) else {
        // Others do not wait for it any more.
        return Ok(None);
    };
    let variables = variables::of_step(ports, product, (release, flow), step)?;
    let started = ports.workflows.start(port::Attempt {
        workflow: Workflow {
            time_limit: workflow.time_limit.min(Duration::from_secs(left)),
            ..workflow.clone()
        },
        key: key.to_owned(),
        variables,
        files,
        changes,
    });
    match started.await {
        Ok(AttemptState::Ended(result)) => Ok(Some(result)),
        Ok(AttemptState::Running { .. }) => Ok(None),
        Err(error @ WorkflowError::NotStarted { .. }) => Ok(Some(AttemptResult {
            failure: Some(chain(&error)),
            outputs: std::collections::BTreeMap::new(),
            log: String::new(),
            url: None,
        })),
        Err(error) => Err(error.into()),
    }
}

/// Fetches the commit whose version a workflow is given, if it is not in this clone. If its repository cannot be
/// reached, the workflow runs without the version: `onFail` also reports that.
async fn fetch_source(
    ports: &ReleasePorts<'_>,
    (release, flow): (&Release, &ProductFlow),
    step: Option<&Step>,
) -> Result<(), ReleaseError> {
    let (from, commit) = variables::source(release, flow, step);
    if ports.promotion.repository.snapshot(commit).is_ok() {
        return Ok(());
    }
    match fetch_of(&ports.promotion, &choice(release), &[from]).await {
        Ok(_) | Err(EngineError::Elsewhere { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The files that a workflow sees: of the landed commit, or of the branch with what is planned. Only commands
/// see files, so that other workflows run while repositories cannot be reached.
async fn files(
    ports: &ReleasePorts<'_>,
    (release, flow): (&Release, &ProductFlow),
    attempt: &Attempt,
    workflow: &Workflow,
) -> Result<(Arc<dyn Snapshot>, Vec<TreeChange>), ReleaseError> {
    let repository = ports.promotion.repository;
    let environment = attempt.environment.as_deref();
    let sees_files = matches!(workflow.kind, WorkflowKind::Run { .. });
    let environment = environment.filter(|_| sees_files);
    let landed = environment.and_then(|e| release.step(e)?.landed.as_ref());
    let request = environment.and_then(|e| request_of(release, flow, e));
    let is_planned = landed.is_none() && attempt.purpose == Purpose::PreAction;
    if let Some(request) = request.filter(|_| is_planned) {
        let branches = fetch(&ports.promotion, &request).await?;
        let files = repository.snapshot(branches.of_named(&request.to)?.tip)?;
        let plan = plan_on(&ports.promotion, &request, &branches)?.plan;
        return Ok((files, changes(&plan)));
    }
    let names: Vec<&str> = environment.into_iter().collect();
    let branches = fetch_of(&ports.promotion, &choice(release), &names).await?;
    let commit = match (landed, environment) {
        (Some(landed), _) => landed.commit,
        (None, Some(environment)) => branches.of_named(environment)?.tip,
        (None, None) => branches.home.tip,
    };
    Ok((repository.snapshot(commit)?, Vec::new()))
}
