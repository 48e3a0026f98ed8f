//! Finds and closes the pull request of a step.

use super::error::ReleaseError;
use super::ports::ReleasePorts;
use super::request::{choice, request_of};
use crate::domain::ProductFlow;
use crate::engine::branches::{Branches, fetch, fetch_of};
use crate::engine::error::EngineError;
use crate::engine::prepare::plan_on;
use crate::engine::propose::withdraw_branch;
use crate::plan::{HiddenLines, Mark};
use crate::port::{PullRequest, PullRequestState};
use crate::release::{PullRequestFact, Release};

/// The state of a step's pull request.
pub(super) async fn find(
    ports: &ReleasePorts<'_>,
    branches: &Branches,
    of: (&Release, &ProductFlow),
    environment: &str,
) -> Result<PullRequestFact, ReleaseError> {
    let base = branches.of_named(environment)?;
    let step = of.0.step(environment);
    let recorded = step.and_then(|step| step.pull_request.as_ref());
    if of.0.manual.is_some() && recorded.is_none() {
        // Earlier releases had the same branch, so a pull request from it may be theirs. To promote again is
        // safe.
        return Ok(PullRequestFact::Absent);
    }
    let Some(name) = branch_of(ports, branches, of, environment)? else {
        return Ok(PullRequestFact::Absent);
    };
    let number = recorded.and_then(|recorded| recorded.number);
    let forge = ports.promotion.forge_of(base);
    if let Some(forge) = forge {
        let requests = forge.pull_requests(&name, &base.name).await;
        let requests = requests.map_err(EngineError::Forge)?;
        let is_own = |request: &&PullRequest| number.is_none_or(|own| own == request.number);
        if let Some(found) = requests.iter().find(is_own) {
            return Ok(match found.state {
                PullRequestState::Open => PullRequestFact::Open,
                // It was closed because nothing was left to promote.
                PullRequestState::Closed if is_withdrawn(found) => PullRequestFact::Absent,
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

fn is_withdrawn(request: &PullRequest) -> bool {
    HiddenLines::of(&request.body).mark == Some(Mark::NothingLeft)
}

/// Closes a step's pull request, and deletes its branch if only git-promote's commits are on it.
pub(super) async fn close(
    ports: &ReleasePorts<'_>,
    of: (&Release, &ProductFlow),
    environment: &str,
) -> Result<(), ReleaseError> {
    // What is recorded has a name, so that its source need not be reached.
    let request = request_of(of.0, of.1, environment).filter(|_| !is_recorded(of.0, environment));
    let branches = match request {
        Some(request) => fetch(&ports.promotion, &request).await?,
        None => fetch_of(&ports.promotion, &choice(of.0), &[environment]).await?,
    };
    let Some(name) = branch_of(ports, &branches, of, environment)? else {
        return Ok(());
    };
    let base = branches.of_named(environment)?;
    let reason = format!("Release {} was terminated.", of.0.id);
    withdraw_branch(&ports.promotion, base, &name, &reason).await?;
    Ok(())
}

/// Whether the pull request of a step is recorded.
pub(super) fn is_recorded(release: &Release, environment: &str) -> bool {
    let step = release.step(environment);
    step.is_some_and(|step| step.pull_request.is_some())
}

/// The branch of a step's pull request: the recorded one, or that of its plan if whoever proposed it
/// could not record it.
fn branch_of(
    ports: &ReleasePorts<'_>,
    branches: &Branches,
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
    let prepared = plan_on(&ports.promotion, &request, branches)?;
    Ok(Some(prepared.plan.proposal().branch.clone()))
}
