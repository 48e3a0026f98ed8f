//! Applies a plan: commits it, or proposes it.
//!
//! # Why
//!
//! A plan is bound to the commit that it was computed on, and the branch is only moved from that
//! commit. If the branch moved first, a new plan is computed on its new tip. That plan is applied
//! only if it makes the same changes as the one that was shown.

use std::time::Duration;

use super::clear::clear;
use super::commit::{sending, write};
use super::error::EngineError;
use super::ports::Ports;
use super::prepare::{Prepared, fetch, plan_on};
use super::propose::{propose, withdraw_proposals};
use super::receipt::Receipt;
use super::request::Request;
use super::verify::verify;
use crate::domain::Action;
use crate::plan::Cleared;
use crate::port::{Advance, Branch, Event};

/// How long a promotion is planned again because the branch keeps moving; the time of the commands that
/// verify the files does not count, since each may take longer.
const REPLANNING_LIMIT: Duration = Duration::from_secs(120);

/// Applies a prepared plan; if the branch has moved, plans again on this thread.
///
/// # Errors
/// [`EngineError`]; no branch was moved, except for [`EngineError::Propose`].
pub async fn apply(
    ports: &Ports<'_>,
    request: &Request,
    prepared: Prepared,
) -> Result<Receipt, EngineError> {
    // Without verifying: the loop does it, and only for a plan that it goes on with.
    let plan_again = async || plan_on(ports, request, fetch(ports, request).await?);
    apply_with(ports, request, prepared, plan_again).await
}

/// Applies a prepared plan; if the branch has moved, calls `plan_again` for a new one, which need not be
/// verified yet.
///
/// # Errors
/// [`EngineError`]; no branch was moved, except for [`EngineError::Propose`].
pub async fn apply_with<F: Future<Output = Result<Prepared, EngineError>>>(
    ports: &Ports<'_>,
    request: &Request,
    prepared: Prepared,
    plan_again: impl Fn() -> F,
) -> Result<Receipt, EngineError> {
    let started = ports.clock.elapsed();
    let mut verifying = Duration::ZERO;
    let shown = prepared.plan.clone();
    let mut current = prepared;
    let mut overtaken = 0;
    loop {
        let Prepared { plan, branch } = current;
        let conflicts = plan.conflicts();
        if !conflicts.is_empty() {
            return Ok(Receipt::SelectionConflict(conflicts));
        }
        let receipt = if plan.is_empty() {
            let faults: Vec<_> = plan.chosen_faults().cloned().collect();
            if !faults.is_empty() {
                return Err(EngineError::Faults(faults));
            }
            match plan.action() {
                Action::PullRequest => withdraw_proposals(ports, request, &plan, &branch).await?,
                Action::Commit => Some(Receipt::NothingToPromote {
                    notices: ports.repository.catch_up(&branch).await?,
                }),
                Action::None => Some(Receipt::NothingToPromote {
                    notices: Vec::new(),
                }),
            }
        } else {
            // A preview is held like the promotion itself, so that a check does not pass by mistake.
            let verify_started = ports.clock.elapsed();
            let plan = verify(ports, plan, &request.allow)?;
            verifying += ports.clock.elapsed().saturating_sub(verify_started);
            let cleared = match clear(plan, &request.allow) {
                Ok(cleared) => cleared,
                Err(hold) => return Ok(Receipt::Held(hold.findings)),
            };
            match cleared.plan().action() {
                Action::PullRequest => propose(ports, request, &cleared, &branch).await?,
                Action::Commit => commit(ports, &cleared, branch).await?,
                Action::None if request.action == Some(Action::None) => Some(Receipt::Planned),
                Action::None => Some(Receipt::PreviewOnly),
            }
        };
        if let Some(receipt) = receipt {
            return Ok(receipt);
        }
        ports.observer.event(&Event::TargetBranchMoved);
        ports.clock.pause(backoff(overtaken)).await;
        overtaken += 1;
        let next = match plan_again().await {
            // The selected differences are gone: another run has promoted them.
            Err(EngineError::NothingSelected { .. }) => {
                return Ok(Receipt::NothingToPromote {
                    notices: Vec::new(),
                });
            }
            other => other?,
        };
        let replanning = ports.clock.elapsed().saturating_sub(started + verifying);
        let is_late = replanning > REPLANNING_LIMIT;
        let is_same = next.plan.is_empty() || next.plan.makes_same_changes(&shown);
        if !is_same || is_late && !next.plan.is_empty() {
            return Ok(Receipt::Moved {
                plan: Box::new(next.plan),
            });
        }
        current = next;
    }
}

/// Commits a cleared plan on its branch; `None` if the branch has moved.
async fn commit(
    ports: &Ports<'_>,
    cleared: &Cleared,
    branch: Branch,
) -> Result<Option<Receipt>, EngineError> {
    let commit = write(ports, cleared).await?;
    ports.observer.event(&sending(&branch));
    let earlier = ports.repository.catch_up(&branch).await?;
    Ok(match ports.repository.advance(&branch, commit).await? {
        Advance::Overtaken => None,
        Advance::Done { notices } => Some(Receipt::Committed {
            commit,
            branch: branch.name,
            remote: branch.remote,
            applications: cleared.plan().changed_applications().cloned().collect(),
            plan: Box::new(cleared.plan().clone()),
            notices: [earlier, notices].concat(),
        }),
    })
}

/// How long to wait at most before planning again, by how often the branch moved first. Without it,
/// all but one of many concurrent runs would plan in vain each time.
fn backoff(overtaken: u32) -> Duration {
    Duration::from_millis(20) * (1 << overtaken.min(6))
}
