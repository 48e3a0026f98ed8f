//! Applies plans: commits them, or proposes them.
//!
//! # Why
//!
//! A plan is bound to the commit that it was computed on, and the branch is only moved from that
//! commit. If the branch moved first, a new plan is computed on its new tip. That plan is applied
//! only if it makes the same changes as the one that was shown.
//!
//! The plans of a group are applied together or not at all. Each becomes a commit of its own, so that
//! each can be reverted and found in the history by itself; the commits are on one another, and one push
//! moves the branch to the last one. A single plan is a group of one.

use std::time::Duration;

use super::branches::{fetch, fetch_group, with_pinned_source};
use super::clear::clear;
use super::commit::{sending, write};
use super::error::EngineError;
use super::group::{PreparedGroup, of_target, plan_group, verify_group};
use super::ports::Ports;
use super::prepare::{Prepared, plan_on};
use super::propose::{propose, withdraw_proposals};
use super::receipt::Receipt;
use super::request::Request;
use crate::domain::{Action, CommitId};
use crate::plan::{Cleared, Hold, Hop, Plan};
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
    let shown = (prepared.plan.hop().clone(), prepared.plan.source());
    let plan_again = async || {
        let branches = fetch(ports, request).await?;
        let request = with_pinned_source(request, &branches, (&shown.0, shown.1))?;
        plan_on(ports, &request, &branches)
    };
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
    let group = Group {
        ports,
        first: request,
        requests: std::slice::from_ref(request),
        verifying: Duration::ZERO,
    };
    let plan_again = async || Ok(PreparedGroup::from(plan_again().await?));
    let mut receipts = group.apply(prepared.into(), plan_again).await?;
    Ok(receipts.pop().expect("a plan has a receipt"))
}

/// Applies the prepared plans of a group, all or none of them, and returns a receipt for each; if the
/// branch has moved, plans again on this thread.
///
/// # Errors
/// [`EngineError`]; no branch was moved, except for [`EngineError::Propose`].
pub async fn apply_group(
    ports: &Ports<'_>,
    requests: &[Request],
    prepared: PreparedGroup,
) -> Result<Vec<Receipt>, EngineError> {
    let Some(first) = requests.first() else {
        return Ok(Vec::new());
    };
    let group = Group {
        ports,
        first,
        requests,
        verifying: Duration::ZERO,
    };
    let shown = |plan: &Plan| (plan.hop().clone(), plan.source());
    let shown: Vec<(Hop, CommitId)> = prepared.plans.iter().map(shown).collect();
    let plan_again = async || {
        let branches = fetch_group(ports, requests).await?;
        let pinned = requests
            .iter()
            .zip(&shown)
            .map(|(request, (hop, source))| with_pinned_source(request, &branches, (hop, *source)));
        let pinned: Vec<Request> = pinned.collect::<Result<_, _>>()?;
        plan_group(ports, &pinned, &branches)
    };
    group.apply(prepared, plan_again).await
}

/// Promotions that are applied together, in the order of their requests.
struct Group<'a> {
    ports: &'a Ports<'a>,
    /// The first request, which has the options that all share.
    first: &'a Request,
    requests: &'a [Request],
    /// How long commands have verified files so far.
    verifying: Duration,
}

impl Group<'_> {
    async fn apply<F: Future<Output = Result<PreparedGroup, EngineError>>>(
        mut self,
        prepared: PreparedGroup,
        plan_again: impl Fn() -> F,
    ) -> Result<Vec<Receipt>, EngineError> {
        let ports = self.ports;
        let started = ports.clock.elapsed();
        let shown = prepared.plans.clone();
        let mut current = prepared;
        let mut overtaken = 0;
        loop {
            let branch = current.branch.clone();
            let attempt = self.attempt(current).await;
            let of_branch = |error: EngineError| error.on(&branch, &shown[0].hop().to.name);
            if let Some(receipts) = attempt.map_err(of_branch)? {
                return Ok(receipts);
            }
            ports.observer.event(&Event::TargetBranchMoved);
            ports.clock.pause(backoff(overtaken)).await;
            overtaken += 1;
            let next = match plan_again().await {
                // The selected differences are gone: another run has promoted them.
                Err(EngineError::NothingSelected(_)) => {
                    return Ok(vec![Receipt::NOTHING_TO_PROMOTE; shown.len()]);
                }
                other => other?,
            };
            let elapsed = ports.clock.elapsed().saturating_sub(started);
            let is_late = elapsed.saturating_sub(self.verifying) > REPLANNING_LIMIT;
            let moved = |(plan, shown): (&Plan, &Plan)| {
                let is_moved = !plan.is_empty() && (is_late || !plan.makes_same_changes(shown));
                is_moved.then(|| Receipt::Moved {
                    plan: Box::new(plan.clone()),
                })
            };
            let moved = next.plans.iter().zip(&shown).map(moved).collect();
            if let Some(receipts) = stopped(&targets(&next.plans), moved) {
                return Ok(receipts);
            }
            current = next;
        }
    }

    /// Applies the plans; `None` if the branch has moved.
    async fn attempt(
        &mut self,
        prepared: PreparedGroup,
    ) -> Result<Option<Vec<Receipt>>, EngineError> {
        let branch_name = prepared.proposal_branch();
        let PreparedGroup { plans, branch } = prepared;
        let targets = targets(&plans);
        if let Some(receipts) = stopped(&targets, plans.iter().map(conflict).collect()) {
            return Ok(Some(receipts));
        }
        self.refuse_faults(&plans)?;
        if plans.iter().all(Plan::is_empty) {
            return self.catch_up(&plans, &branch, &branch_name).await;
        }
        // A preview is held like the promotion itself, so that a check does not pass by mistake.
        let plans = self.verified(plans)?;
        let cleared = self.cleared(plans);
        let held = |hold: &Hold| Receipt::Held(hold.findings.clone());
        let holds = cleared
            .iter()
            .map(|one| one.as_ref().err().map(|hold| held(hold)));
        if let Some(receipts) = stopped(&targets, holds.collect()) {
            return Ok(Some(receipts));
        }
        let cleared: Vec<Cleared> = cleared.into_iter().flatten().flatten().collect();
        let Some(receipts) = self.deliver(&cleared, branch, &branch_name).await? else {
            return Ok(None);
        };
        let mut receipts = receipts.into_iter();
        let in_order = targets.iter().filter_map(|target| {
            if target.is_empty {
                Some(Receipt::NOTHING_TO_PROMOTE)
            } else {
                receipts.next()
            }
        });
        Ok(Some(in_order.collect()))
    }

    /// Commits or proposes cleared plans, which have the same action, and returns a receipt for each;
    /// `None` if the branch has moved.
    async fn deliver(
        &self,
        cleared: &[Cleared],
        branch: Branch,
        branch_name: &str,
    ) -> Result<Option<Vec<Receipt>>, EngineError> {
        let action = cleared.first().map(|one| one.plan().action());
        let receipt = match action {
            Some(Action::Commit) => return commit(self.ports, cleared, branch).await,
            Some(Action::PullRequest) => {
                return propose(self.ports, self.first, cleared, branch_name, &branch).await;
            }
            _ if self.first.action == Some(Action::None) => Receipt::Planned,
            _ => Receipt::PreviewOnly,
        };
        Ok(Some(vec![receipt; cleared.len()]))
    }

    /// Refuses plans that are incomplete because files cannot be read. A single plan may leave out
    /// applications, but not all of them.
    fn refuse_faults(&self, plans: &[Plan]) -> Result<(), EngineError> {
        for (plan, request) in plans.iter().zip(self.requests) {
            let faults: Vec<_> = plan.chosen_faults().cloned().collect();
            if !faults.is_empty() && (plans.len() > 1 || plan.is_empty()) {
                let error = EngineError::Faults(faults);
                return Err(of_target(error, self.requests, &request.to));
            }
        }
        Ok(())
    }

    /// Ends what an earlier run began, when nothing is left to promote.
    async fn catch_up(
        &self,
        plans: &[Plan],
        branch: &Branch,
        branch_name: &str,
    ) -> Result<Option<Vec<Receipt>>, EngineError> {
        let is_any = |action| plans.iter().any(|plan| plan.action() == action);
        if is_any(Action::PullRequest) {
            let receipt = withdraw_proposals(self.ports, self.first, branch_name, branch).await?;
            return Ok(receipt.map(|receipt| vec![receipt; plans.len()]));
        }
        let notices = if is_any(Action::Commit) {
            self.ports.repository.catch_up(branch).await?
        } else {
            Vec::new()
        };
        let receipt = Receipt::NothingToPromote { notices };
        Ok(Some(vec![receipt; plans.len()]))
    }

    /// The plans after the commands ran that must succeed on their files.
    fn verified(&mut self, plans: Vec<Plan>) -> Result<Vec<Plan>, EngineError> {
        let started = self.ports.clock.elapsed();
        let verified = verify_group(self.ports, self.requests, plans);
        self.verifying += self.ports.clock.elapsed().saturating_sub(started);
        verified
    }

    /// Clears the plans that change something.
    fn cleared(&self, plans: Vec<Plan>) -> Vec<Result<Option<Cleared>, Box<Hold>>> {
        (plans.into_iter().zip(self.requests))
            .map(|(plan, request)| {
                if plan.is_empty() {
                    Ok(None)
                } else {
                    clear(plan, &request.allow).map(Some)
                }
            })
            .collect()
    }
}

/// What a receipt needs to know about the plan of a target.
struct Target {
    name: String,
    is_empty: bool,
}

fn targets(plans: &[Plan]) -> Vec<Target> {
    let target = |plan: &Plan| Target {
        name: plan.hop().to.name.clone(),
        is_empty: plan.is_empty(),
    };
    plans.iter().map(target).collect()
}

/// The receipts of a group that some of its targets stop; `None` if there is no such target.
fn stopped(targets: &[Target], stops: Vec<Option<Receipt>>) -> Option<Vec<Receipt>> {
    let (by, _) = (targets.iter().zip(&stops)).find(|(_, stop)| stop.is_some())?;
    let receipt = |(target, stop): (&Target, Option<Receipt>)| match stop {
        Some(receipt) => receipt,
        None if target.is_empty => Receipt::NOTHING_TO_PROMOTE,
        None => Receipt::Stopped {
            by: by.name.clone(),
        },
    };
    Some(targets.iter().zip(stops).map(receipt).collect())
}

/// The receipt of a plan with conflicts.
fn conflict(plan: &Plan) -> Option<Receipt> {
    let conflicts = plan.conflicts();
    (!conflicts.is_empty()).then_some(Receipt::SelectionConflict(conflicts))
}

/// Commits cleared plans on their branch, and returns a receipt for each; `None` if the branch has moved.
async fn commit(
    ports: &Ports<'_>,
    cleared: &[Cleared],
    branch: Branch,
) -> Result<Option<Vec<Receipt>>, EngineError> {
    let commits = write(ports, cleared).await?;
    let Some(last) = commits.last().copied() else {
        return Ok(Some(Vec::new()));
    };
    ports.observer.event(&sending(&branch));
    let earlier = ports.repository.catch_up(&branch).await?;
    let notices = match ports.repository.advance(&branch, last).await? {
        Advance::Overtaken => return Ok(None),
        Advance::Done { notices } => [earlier, notices].concat(),
    };
    let receipt = |(one, commit): (&Cleared, CommitId)| Receipt::Committed {
        commit,
        branch: branch.name.clone(),
        remote: branch.remote.clone(),
        applications: one.plan().changed_applications().cloned().collect(),
        plan: Box::new(one.plan().clone()),
        notices: notices.clone(),
    };
    Ok(Some(cleared.iter().zip(commits).map(receipt).collect()))
}

/// How long to wait at most before planning again, by how often the branch moved first. Without it,
/// all but one of many concurrent runs would plan in vain each time.
fn backoff(overtaken: u32) -> Duration {
    Duration::from_millis(20) * (1 << overtaken.min(6))
}
