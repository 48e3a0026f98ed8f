//! The way into the world: a plan is committed, or proposed.
//!
//! # Why
//!
//! A plan is bound to the commit that it was computed on. The branch moves only
//! from that commit; when somebody was faster, a new plan is computed on what
//! they left, and goes on only if it makes the same changes that were shown.

use std::time::Duration;

use super::EngineError;
use super::clear::clear;
use super::compute::{Ports, Prepared, prepare};
use super::finish::Found;
use super::own::OtherCommit;
use super::propose::{clear_away, propose};
use super::request::Request;
use crate::domain::{Action, ApplicationName, CommitId};
use crate::plan::{Cleared, Finding, Plan};
use crate::port::{Advance, Branch, CommitRequest, TreeChange};

/// How long a promotion goes on planning anew while others are faster.
const PATIENCE: Duration = Duration::from_secs(120);

/// What became of a promotion.
#[derive(Clone, Debug)]
pub enum Receipt {
    /// The target was equal already in everything that is promoted.
    NothingToPromote {
        /// What the user should know.
        notes: Vec<String>,
    },
    /// `--action none`: the plan is the result.
    Planned,
    /// A guard holds it; nothing was written.
    Held(Vec<Finding>),
    /// The branch points at the promotion's commit.
    Committed {
        /// The commit.
        commit: CommitId,
        /// The branch.
        branch: String,
        /// The remote that accepted it; `None` for a local branch.
        remote: Option<String>,
        /// The applications that were promoted.
        applications: Vec<ApplicationName>,
        /// The plan that was applied (a later one than was shown, if the branch had moved).
        plan: Box<Plan>,
        /// What the user should know.
        notes: Vec<String>,
    },
    /// The promotion's own branch carries it, and a pull request is open where the forge is known.
    Proposed {
        /// The commit.
        commit: CommitId,
        /// The promotion's branch.
        branch: String,
        /// The branch that it is for.
        base: String,
        /// The remote that has the branch; `None` for a local one.
        remote: Option<String>,
        /// The pull request; `None` where no forge is known.
        pull_request: Option<Found>,
        /// The applications that are promoted.
        applications: Vec<ApplicationName>,
        /// The plan that was proposed.
        plan: Box<Plan>,
        /// What the user should know.
        notes: Vec<String>,
    },
    /// Nothing is left to promote: what earlier runs proposed was taken back.
    Withdrawn {
        /// The branch.
        branch: String,
        /// Whether it was deleted; a server may refuse that.
        is_deleted: bool,
        /// The pull request that was closed, if one was open.
        pull_request: Option<Found>,
        /// What the user should know.
        notes: Vec<String>,
    },
    /// People closed the pull request of just this; nothing was written.
    Rejected {
        /// The pull request.
        pull_request: Found,
        /// Its branch.
        branch: String,
    },
    /// People's commits are on the promotion's branch; nothing was written.
    Conflict {
        /// The branch.
        branch: String,
        /// Their commits, newest first.
        commits: Vec<OtherCommit>,
    },
    /// The branch moved and the new plan would change something else; nothing was written.
    Moved {
        /// What would be changed now.
        plan: Box<Plan>,
    },
}

/// Applies a prepared plan.
///
/// # Errors
/// [`EngineError`]; nothing was moved then.
pub async fn apply(
    ports: &Ports<'_>,
    request: &Request,
    prepared: Prepared,
) -> Result<Receipt, EngineError> {
    let started = ports.clock.elapsed();
    let shown = prepared.plan.clone();
    let mut current = prepared;
    let mut overtaken = 0;
    loop {
        let Prepared { plan, branch } = current;
        let faults: Vec<_> = plan
            .faults()
            .iter()
            .filter(|f| f.is_chosen)
            .cloned()
            .collect();
        if !faults.is_empty() {
            return Err(EngineError::Faults(faults));
        }
        let receipt = if plan.is_empty() {
            match plan.action() {
                Action::PullRequest => clear_away(ports, request, &plan, &branch).await?,
                Action::Commit => Some(Receipt::NothingToPromote {
                    notes: ports.repository.catch_up(&branch).await?,
                }),
                Action::None => Some(Receipt::NothingToPromote { notes: Vec::new() }),
            }
        } else if plan.action() == Action::None {
            Some(Receipt::Planned)
        } else {
            let cleared = match clear(plan, &request.allow) {
                Ok(cleared) => cleared,
                Err(hold) => return Ok(Receipt::Held(hold.findings)),
            };
            match cleared.plan().action() {
                Action::PullRequest => propose(ports, request, &cleared, &branch).await?,
                Action::Commit | Action::None => commit(ports, &cleared, branch).await?,
            }
        };
        if let Some(receipt) = receipt {
            return Ok(receipt);
        }
        ports.progress.step("somebody was faster: planning anew");
        ports.clock.pause(turn(overtaken)).await;
        overtaken += 1;
        let next = match prepare(ports, request).await {
            // What was chosen by name is gone: somebody promoted it.
            Err(EngineError::NothingSelected { .. }) => {
                return Ok(Receipt::NothingToPromote { notes: Vec::new() });
            }
            other => other?,
        };
        let is_late = ports.clock.elapsed().saturating_sub(started) > PATIENCE;
        let is_same = next.plan.is_empty() || next.plan.makes_same_changes(&shown);
        if !is_same || is_late && !next.plan.is_empty() {
            return Ok(Receipt::Moved {
                plan: Box::new(next.plan),
            });
        }
        current = next;
    }
}

/// Commits a cleared plan on its branch; `None` when somebody was faster.
async fn commit(
    ports: &Ports<'_>,
    cleared: &Cleared,
    branch: Branch,
) -> Result<Option<Receipt>, EngineError> {
    let commit = write(ports, cleared).await?;
    ports.progress.step(sending(&branch));
    let earlier = ports.repository.catch_up(&branch).await?;
    Ok(match ports.repository.advance(&branch, commit).await? {
        Advance::Overtaken => None,
        Advance::Done { notes } => Some(Receipt::Committed {
            commit,
            branch: branch.name,
            remote: branch.remote,
            applications: cleared.plan().changed_applications().cloned().collect(),
            plan: Box::new(cleared.plan().clone()),
            notes: [earlier, notes].concat(),
        }),
    })
}

/// Writes the commit of a plan.
pub(super) async fn write(ports: &Ports<'_>, cleared: &Cleared) -> Result<CommitId, EngineError> {
    ports.progress.step("writing the commit");
    let request = commit_request(cleared);
    Ok(ports.repository.write_commit(request).await?)
}

/// What comes after that, for a branch where this one is.
pub(super) fn sending(base: &Branch) -> &'static str {
    match base.remote {
        Some(_) => "pushing",
        None => "moving the branch",
    }
}

/// How long to make room for others after being overtaken so often: without it, of many that push
/// at once all but one have planned for nothing each time.
fn turn(overtaken: u32) -> Duration {
    Duration::from_millis(20) * (1 << overtaken.min(6))
}

/// The commit of a plan, on the commit that it was computed on.
fn commit_request(cleared: &Cleared) -> CommitRequest {
    let plan = cleared.plan();
    let mut message = plan.message().clone();
    if !cleared.allowed().is_empty() {
        let names: Vec<&str> = cleared.allowed().iter().map(|g| g.as_str()).collect();
        message
            .trailers
            .push(("Promotion-Allowed".to_owned(), names.join(", ")));
    }
    CommitRequest {
        parent: plan.target(),
        changes: plan
            .changed_files()
            .map(|file| TreeChange {
                path: file.path.clone(),
                content: file.after.as_ref().map(|c| (c.mode, c.bytes.clone())),
            })
            .collect(),
        message: message.text(),
    }
}
