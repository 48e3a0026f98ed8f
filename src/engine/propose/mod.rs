//! Proposes plans: pushes their branch, then opens the pull request.
//!
//! # Why
//!
//! A run can be stopped after any step. So each step looks first what exists, and the next run
//! continues from there: one commit for each plan, one branch, one pull request, after any number of
//! attempts.
//! Everything that stops a promotion is checked before the branch is changed.
//!
//! | file | what it does |
//! |---|---|
//! | `branch_owner.rs` | finds out whether git-promote made all commits of the branch |
//! | `state.rs` | decides the next step from the state of branch and pull requests |
//! | `text.rs` | writes title and body |
//! | `pull_request.rs` | opens the pull request, or brings the open one up to date |
//! | `withdraw.rs` | closes it and deletes the branch when nothing is left to promote |

mod branch_owner;
mod pull_request;
mod state;
mod text;
mod withdraw;

use super::commit::{sending, write};
use super::error::EngineError;
use super::ports::Ports;
use super::receipt::{PullRequestOutcome, Receipt};
use super::request::Request;
use crate::domain::CommitId;
use crate::plan::{Cleared, Mark, Notice, Plan};
use crate::port::{
    Advance, Branch, BranchChoice, Event, ForgeError, PullRequest, PullRequestState,
};
use branch_owner::{BranchOwner, branch_owner};
use state::{NextStep, ProposalState, next_step, rejected};
use text::PullRequestText;
use withdraw::{Withdrawal, withdraw};

/// How many attempts are made while others move the branch.
const TRIES: usize = 8;

/// How many branch names are tried with `--new-branch`.
const NAMES: usize = 50;

/// Proposes cleared plans together, and returns a receipt for each; `None` if the base has moved and new
/// plans are needed. `first_name` is the name of their branch, and `request` has the options that they
/// share.
pub(super) async fn propose(
    ports: &Ports<'_>,
    request: &Request,
    cleared: &[Cleared],
    first_name: &str,
    base: &Branch,
) -> Result<Option<Vec<Receipt>>, EngineError> {
    let plans: Vec<&Plan> = cleared.iter().map(Cleared::plan).collect();
    let ids: Vec<&str> = plans.iter().map(|plan| plan.id()).collect();
    let text = PullRequestText::of(&plans, request, ports.preview)?;
    let mut name = first_name.to_owned();
    let mut number = 1;
    let mut first = None;
    let mut remote_notices = Vec::new();
    for _ in 0..TRIES + NAMES {
        ports.observer.event(&Event::CheckingPromotionBranch);
        let mut state = proposal_state(ports, &plans, base, &name).await?;
        // A promotion that was rejected on the first branch is not proposed on another one.
        state.rejected = state.rejected.or_else(|| first.clone());
        let choice = &request.proposal;
        let commits = match next_step(&state, &ids, choice.on_rejection, choice.on_foreign_commits)
        {
            NextStep::Rejected(rejected) => {
                let receipt = Receipt::Rejected {
                    pull_request: rejected,
                    branch: name,
                };
                return Ok(Some(vec![receipt; plans.len()]));
            }
            NextStep::Stop(commits) => {
                let receipt = Receipt::Conflict {
                    branch: name,
                    commits,
                };
                return Ok(Some(vec![receipt; plans.len()]));
            }
            NextStep::Next => {
                first = state.rejected;
                number += 1;
                name = numbered(first_name, number);
                continue;
            }
            NextStep::Keep(commits) => commits,
            NextStep::Push(expected) => {
                if has_moved(ports, request, base).await? {
                    return Ok(None);
                }
                let commits = write(ports, cleared).await?;
                ports.observer.event(&sending(base));
                let tip = commits.last().copied();
                let moved = ports.repository.replace(base, &name, expected, tip).await?;
                let Advance::Done { notices } = moved else {
                    ports.observer.event(&Event::PromotionBranchMoved);
                    continue;
                };
                remote_notices = notices;
                commits
            }
        };
        let proposal = Pushed {
            commits,
            branch: name,
            remote_notices,
        };
        // The rejected pull request belongs to the first branch and cannot be reopened for this one.
        if number > 1 {
            state.rejected = None;
        }
        let finished = finished(ports, &plans, base, proposal, state, &text).await?;
        return Ok(Some(finished));
    }
    Err(EngineError::Overtaken { branch: name })
}

/// A branch that has the promotions' commits.
struct Pushed {
    /// One for each plan.
    commits: Vec<CommitId>,
    branch: String,
    /// What the user should know about the push.
    remote_notices: Vec<Notice>,
}

/// Opens the pull request or updates it, where there is a forge.
async fn finished(
    ports: &Ports<'_>,
    plans: &[&Plan],
    base: &Branch,
    Pushed {
        commits,
        branch,
        remote_notices,
    }: Pushed,
    state: ProposalState,
    text: &PullRequestText,
) -> Result<Vec<Receipt>, EngineError> {
    let (pull_request, notices) = match ports.forge_of(base) {
        None => {
            let ignored = pull_request::ignored_settings(&pull_request::settings(plans));
            (None, remote_notices.into_iter().chain(ignored).collect())
        }
        // The remote's notices are dropped: an invitation to open a pull request would confuse here.
        Some(forge) => {
            ports.observer.event(&Event::OpeningPullRequest);
            let done =
                pull_request::bring_up_to_date(forge, plans, base, &branch, state, text).await;
            let (found, notices) = done.map_err(|source| EngineError::Propose {
                branch: branch.clone(),
                source: Box::new(source),
            })?;
            (Some(found), notices)
        }
    };
    let receipt = |(plan, commit): (&&Plan, CommitId)| Receipt::Proposed {
        commit,
        branch: branch.clone(),
        base: base.name.clone(),
        remote: base.remote.clone(),
        pull_request: pull_request.clone(),
        applications: plan.changed_applications().cloned().collect(),
        plan: Box::new((*plan).clone()),
        notices: notices.clone(),
    };
    Ok(plans.iter().zip(commits).map(receipt).collect())
}

/// Reads the state of a branch and of the pull requests from it.
async fn proposal_state(
    ports: &Ports<'_>,
    plans: &[&Plan],
    base: &Branch,
    name: &str,
) -> Result<ProposalState, EngineError> {
    let branch = ports.repository.proposed(base, name).await?;
    let owner = branch_owner(ports.repository, branch.as_ref())?;
    let requests = pull_requests(ports, base, name)
        .await
        .map_err(EngineError::Forge)?;
    Ok(ProposalState {
        owner,
        open: requests
            .iter()
            .find(|r| r.state == PullRequestState::Open)
            .cloned(),
        rejected: rejected(&requests, &Mark::of(plans)).cloned(),
    })
}

/// The pull requests from a branch; none without a forge.
async fn pull_requests(
    ports: &Ports<'_>,
    base: &Branch,
    name: &str,
) -> Result<Vec<PullRequest>, ForgeError> {
    match ports.forge_of(base) {
        Some(forge) => forge.pull_requests(name, &base.name).await,
        None => Ok(Vec::new()),
    }
}

/// The name of the promotion's first branch, second branch, and so on.
fn numbered(first: &str, number: usize) -> String {
    match number {
        1 => first.to_owned(),
        number => format!("{first}-{number}"),
    }
}

/// Whether a name is one that [`numbered`] gives; a larger number is a hash of another promotion.
fn is_numbered(first: &str, name: &str) -> bool {
    name.strip_prefix(first).is_some_and(|rest| {
        let number = rest.strip_prefix('-').and_then(|n| n.parse::<usize>().ok());
        rest.is_empty()
            || number
                .is_some_and(|n| (2..=TRIES + NAMES).contains(&n) && rest[1..] == n.to_string())
    })
}

/// Withdraws what earlier runs proposed, when nothing is left to promote.
///
/// A branch with commits of others stays, and so does its pull request. `None` if the base has moved
/// and a new plan is needed. `first` is the name of the promotion's branch.
pub(super) async fn withdraw_proposals(
    ports: &Ports<'_>,
    request: &Request,
    first: &str,
    base: &Branch,
) -> Result<Option<Receipt>, EngineError> {
    let mut withdrawn = Withdrawn::default();
    let mut names = ports.repository.branches_with_prefix(base, first).await?;
    names.retain(|name| is_numbered(first, name));
    for name in names {
        let branch = ports.repository.proposed(base, &name).await?;
        let BranchOwner::Program { tip, .. } = branch_owner(ports.repository, branch.as_ref())?
        else {
            continue;
        };
        let requests = pull_requests(ports, base, &name).await;
        let requests = requests.map_err(EngineError::Forge)?;
        let open = requests.iter().find(|r| r.state == PullRequestState::Open);
        if has_moved(ports, request, base).await? {
            // What has been withdrawn so far must be reported; the next run continues.
            return Ok(withdrawn.receipt());
        }
        let reason = format!(
            "Nothing is left to promote into `{}` by the command that ran last.",
            base.name.replace('`', "'"),
        );
        let is_deleted = match withdraw(ports, base, &name, tip, open, &reason).await? {
            // Another run has something to promote.
            Withdrawal::Overtaken => continue,
            Withdrawal::Deleted => true,
            Withdrawal::Left(notice) => {
                withdrawn.notices.push(notice);
                false
            }
        };
        if is_deleted || open.is_some() {
            withdrawn.last = Some((name, is_deleted, open.map(PullRequestOutcome::from)));
        }
    }
    let notices = withdrawn.notices.clone();
    let nothing = Receipt::NothingToPromote { notices };
    Ok(Some(withdrawn.receipt().unwrap_or(nothing)))
}

/// Closes the open pull request from a branch, and deletes the branch if git-promote made all of its
/// commits.
pub(super) async fn withdraw_branch(
    ports: &Ports<'_>,
    base: &Branch,
    name: &str,
    reason: &str,
) -> Result<(), EngineError> {
    for _ in 0..TRIES {
        let branch = ports.repository.proposed(base, name).await?;
        let owner = branch_owner(ports.repository, branch.as_ref())?;
        let requests = pull_requests(ports, base, name).await;
        let requests = requests.map_err(EngineError::Forge)?;
        let open = requests.iter().find(|r| r.state == PullRequestState::Open);
        match (owner, ports.forge_of(base).zip(open)) {
            (BranchOwner::Program { tip, .. }, _) => {
                let withdrawal = withdraw(ports, base, name, tip, open, reason).await?;
                if withdrawal != Withdrawal::Overtaken {
                    return Ok(());
                }
            }
            (_, Some((forge, request))) => {
                let closed = withdraw::close(forge, request, reason).await;
                return closed.map_err(EngineError::Forge);
            }
            (_, None) => return Ok(()),
        }
    }
    Err(EngineError::Overtaken {
        branch: name.to_owned(),
    })
}

/// What was withdrawn so far.
#[derive(Default)]
struct Withdrawn {
    /// The last branch, whether it was deleted, and its pull request.
    last: Option<(String, bool, Option<PullRequestOutcome>)>,
    notices: Vec<Notice>,
}

impl Withdrawn {
    fn receipt(self) -> Option<Receipt> {
        let (branch, is_deleted, pull_request) = self.last?;
        Some(Receipt::Withdrawn {
            branch,
            is_deleted,
            pull_request,
            notices: self.notices,
        })
    }
}

/// Whether the base has moved; a newer run may have proposed something based on its new tip.
async fn has_moved(
    ports: &Ports<'_>,
    request: &Request,
    base: &Branch,
) -> Result<bool, EngineError> {
    let is_shared = base.remote.is_some();
    let choice = BranchChoice {
        repository: base.repository.clone(),
        branch: Some(base.name.clone()),
        publish: request.branch.publish,
    };
    Ok(is_shared && ports.repository.branch(&choice).await?.tip != base.tip)
}

#[cfg(test)]
mod tests {
    use super::is_numbered;

    #[test]
    fn only_its_own_later_branches_are_numbered() {
        let first = "promote/a-to-b/cards";
        for (rest, expected) in [
            ("", true),
            ("-2", true),
            ("-50", true),
            ("-1", false),
            ("-02", false),
            // Other promotions' hashes.
            ("-10777528", false),
            ("-on-release-10777528", false),
            ("-api", false),
        ] {
            assert_eq!(
                is_numbered(first, &format!("{first}{rest}")),
                expected,
                "{rest}"
            );
        }
    }
}
