//! Commits or proposes the promotion of a step.

use super::error::ReleaseError;
use super::join::disagreement;
use super::landed::Landings;
use super::ports::ReleasePorts;
use crate::domain::{Environment, ProductFlow};
use crate::engine::apply::apply_with;
use crate::engine::branches::fetch;
use crate::engine::error::EngineError;
use crate::engine::prepare::prepare_on;
use crate::engine::receipt::Receipt;
use crate::engine::request::Request;
use crate::plan::Plan;
use crate::port::RepositoryError;
use crate::release::{Outcome, PullRequest, Release};

/// How often a promotion is planned again because the branch moved and the plan changed.
const TRIES: usize = 5;

/// Promotes, and returns the outcome, with the receipt if there is one.
///
/// # Errors
/// When the repository or the forge could not be used; trying again is safe.
pub(super) async fn promote(
    ports: &ReleasePorts<'_>,
    of: (&Release, &ProductFlow),
    request: &Request,
) -> Result<(Outcome, Option<Receipt>), ReleaseError> {
    for _ in 0..TRIES {
        match try_once(ports, of, request).await {
            Ok(None) => {}
            Ok(Some(outcome)) => return Ok(outcome),
            Err(error) if is_final(&error) => return Ok((Outcome::Failed(chain(&error)), None)),
            Err(error) => return Err(error.into()),
        }
    }
    let why = "the branch keeps moving, and each time the promotion changes";
    Ok((Outcome::Failed(why.to_owned()), None))
}

async fn try_once(
    ports: &ReleasePorts<'_>,
    (release, flow): (&Release, &ProductFlow),
    request: &Request,
) -> Result<Option<(Outcome, Option<Receipt>)>, EngineError> {
    let ports = &ports.promotion;
    let mut branches = fetch(ports, request).await?;
    let planned = flow
        .steps
        .iter()
        .find(|step| step.environment == request.to);
    let is_needed = |environment: &Environment| {
        let mut needed = planned.iter().flat_map(|step| &step.depends_on);
        needed.any(|name| environment.has_name(name))
    };
    branches
        .add(ports, request.branch.publish, &is_needed)
        .await?;
    let branch = branches.of_named(&request.to)?;
    // Another worker may have been faster since the facts were looked up.
    let landings = Landings::search(ports, branch, release.created)?;
    if let Some(commit) = landings.of(ports, branch, (release, &request.to))? {
        return Ok(Some((Outcome::Committed(commit), None)));
    }
    let prepared = prepare_on(ports, request, &branches)?;
    // A manual promotion was reviewed, with what it leaves out.
    if release.manual.is_none()
        && let Some(why) = left_out(&prepared.plan)
    {
        return Ok(Some((Outcome::Failed(why), None)));
    }
    if let Some(manual) = &release.manual
        && !prepared.plan.is_empty()
        && prepared.plan.id() != manual.promotion
    {
        let why = "the promotion would now be different from what was reviewed".to_owned();
        let plan = Box::new(prepared.plan);
        return Ok(Some((Outcome::Failed(why), Some(Receipt::Moved { plan }))));
    }
    if let Some(why) = disagreement(ports, (release, flow), request, (&prepared, &branches))? {
        return Ok(Some((Outcome::Failed(why), None)));
    }
    // Where the branch moves again, the next try looks for the promotion first.
    let has_moved = async || {
        Err(EngineError::Overtaken {
            branch: request.to.clone(),
        })
    };
    let receipt = match apply_with(ports, request, prepared, has_moved).await {
        Err(EngineError::Overtaken { .. }) => return Ok(None),
        receipt => receipt?,
    };
    let outcome = match &receipt {
        Receipt::Moved { .. } => return Ok(None),
        Receipt::NothingToPromote { .. } | Receipt::Withdrawn { .. } => {
            let branches = fetch(ports, request).await?;
            Outcome::Unchanged(branches.of_named(&request.to)?.tip)
        }
        receipt => outcome(receipt),
    };
    Ok(Some((outcome, Some(receipt))))
}

/// The outcome of a receipt that needs no further look.
fn outcome(receipt: &Receipt) -> Outcome {
    match receipt {
        Receipt::Committed { commit, .. } => Outcome::Committed(*commit),
        Receipt::Proposed {
            branch,
            pull_request,
            ..
        } => Outcome::Proposed(PullRequest {
            branch: branch.clone(),
            number: pull_request.as_ref().map(|found| found.number),
            url: pull_request.as_ref().map(|found| found.url.clone()),
        }),
        Receipt::Held(findings) => {
            let findings = findings
                .iter()
                .map(|f| format!("{}: {}", f.guard.as_str(), f.message));
            let findings: Vec<String> = findings.collect();
            Outcome::Held(format!("held by {}", findings.join("; ")))
        }
        Receipt::Rejected { pull_request, .. } => {
            Outcome::Rejected(format!("{} was closed without merging", pull_request.url))
        }
        Receipt::Conflict { branch, .. } => Outcome::Failed(format!(
            "branch `{branch}` has commits that git-promote did not make"
        )),
        Receipt::SelectionConflict(_) => {
            Outcome::Failed("source and target changed the same places".to_owned())
        }
        _ => Outcome::Failed("a policy allows only a preview".to_owned()),
    }
}

/// Why a part of the promotion would be left out; a step promotes everything or nothing.
fn left_out(plan: &Plan) -> Option<String> {
    let mut faults = plan.chosen_faults();
    let first = faults.next()?;
    Some(format!(
        "{} cannot be promoted: {}",
        first.path, first.message
    ))
}

/// Whether trying again could not help until somebody changes something.
pub(super) fn is_final(error: &EngineError) -> bool {
    match error {
        EngineError::Repository(error) | EngineError::Elsewhere { source: error, .. } => {
            matches!(error, RepositoryError::Refused { .. })
        }
        EngineError::Forge(_)
        | EngineError::Propose { .. }
        | EngineError::Overtaken { .. }
        // Today's guards cannot be read; the release goes on once they can.
        | EngineError::Settings(_)
        | EngineError::Runner(_) => false,
        _ => true,
    }
}

/// An error with its causes, in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.ends_with(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
        source = error.source();
    }
    text
}
