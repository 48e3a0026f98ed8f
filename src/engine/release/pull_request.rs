//! Finds and closes the pull request of a step.

use super::error::ReleaseError;
use super::ports::ReleasePorts;
use super::request::{choice, request_of};
use crate::domain::ProductFlow;
use crate::engine::error::EngineError;
use crate::engine::prepare::plan_on;
use crate::engine::propose::withdraw_branch;
use crate::port::{Branch, PullRequestState};
use crate::release::{PullRequestFact, Release};

/// The state of a step's pull request.
pub(super) async fn find(
    ports: &ReleasePorts<'_>,
    base: &Branch,
    of: (&Release, &ProductFlow),
    environment: &str,
) -> Result<PullRequestFact, ReleaseError> {
    let Some(name) = branch_of(ports, base, of, environment)? else {
        return Ok(PullRequestFact::Absent);
    };
    let forge = ports.promotion.forge.filter(|_| base.remote.is_some());
    if let Some(forge) = forge {
        let requests = forge.pull_requests(&name, &base.name).await;
        let requests = requests.map_err(EngineError::Forge)?;
        if let Some(first) = requests.first() {
            return Ok(match first.state {
                PullRequestState::Open => PullRequestFact::Open,
                PullRequestState::Closed => PullRequestFact::Closed,
                PullRequestState::Merged => PullRequestFact::Merged,
            });
        }
    }
    let branch = ports.promotion.repository.proposed(base, &name).await?;
    Ok(match branch {
        Some(_) => PullRequestFact::BranchOnly,
        None => PullRequestFact::Absent,
    })
}

/// Closes a step's pull request, and deletes its branch if only git-promote's commits are on it.
pub(super) async fn close(
    ports: &ReleasePorts<'_>,
    of: (&Release, &ProductFlow),
    environment: &str,
) -> Result<(), ReleaseError> {
    let base = ports.promotion.repository.branch(&choice(of.0)).await?;
    let Some(name) = branch_of(ports, &base, of, environment)? else {
        return Ok(());
    };
    let reason = format!("Release {} was terminated.", of.0.id);
    withdraw_branch(&ports.promotion, &base, &name, &reason).await?;
    Ok(())
}

/// The branch of a step's pull request: the recorded one, or that of its plan if whoever proposed it
/// could not record it.
fn branch_of(
    ports: &ReleasePorts<'_>,
    base: &Branch,
    (release, flow): (&Release, &ProductFlow),
    environment: &str,
) -> Result<Option<String>, ReleaseError> {
    let recorded = release
        .step(environment)
        .and_then(|s| s.pull_request.as_ref());
    if let Some(recorded) = recorded {
        return Ok(Some(recorded.branch.clone()));
    }
    let Some(request) = request_of(release, flow, environment) else {
        return Ok(None);
    };
    let prepared = plan_on(&ports.promotion, &request, base.clone())?;
    Ok(Some(prepared.plan.proposal().branch.clone()))
}
