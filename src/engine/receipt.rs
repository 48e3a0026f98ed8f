//! The result of a promotion.

use crate::domain::{ApplicationName, CommitId};
use crate::plan::{Conflict, Finding, Notice, Plan};
use crate::port::PullRequest;

/// The result of a promotion.
#[derive(Clone, Debug)]
pub enum Receipt {
    /// Its release waits for something before the action; nothing was written yet.
    Waiting,
    /// Its release has ended before the action; nothing was written.
    NotPromoted {
        /// Why.
        reason: String,
    },
    /// The target already has everything that would be promoted.
    NothingToPromote {
        /// What the user should know.
        notices: Vec<Notice>,
    },
    /// The user chose the action `none`: the plan is the result.
    Planned,
    /// A policy sets the action `none`; nothing was written.
    PreviewOnly,
    /// Selected differences cannot be promoted, because they share a value with a place that must not
    /// change; nothing was written.
    SelectionConflict(Vec<Conflict>),
    /// Guards hold the plan; nothing was written.
    Held(Vec<Finding>),
    /// Another target of the group stopped all of them; nothing was written.
    Stopped {
        /// The target environment.
        by: String,
    },
    /// The branch has the promotion's commit.
    Committed {
        /// The commit.
        commit: CommitId,
        /// The branch.
        branch: String,
        /// The remote that accepted it; `None` for a local branch.
        remote: Option<String>,
        /// The applications that were promoted.
        applications: Vec<ApplicationName>,
        /// The plan that was applied; not the one that was shown, if the branch moved meanwhile.
        plan: Box<Plan>,
        /// What the user should know.
        notices: Vec<Notice>,
    },
    /// The promotion is on its own branch, with an open pull request if the forge is known.
    Proposed {
        /// The commit.
        commit: CommitId,
        /// The promotion's branch.
        branch: String,
        /// The branch to merge it into.
        base: String,
        /// The remote that has the branch; `None` for a local one.
        remote: Option<String>,
        /// The pull request; `None` if no forge is known.
        pull_request: Option<PullRequestOutcome>,
        /// The applications that are promoted.
        applications: Vec<ApplicationName>,
        /// The plan that was proposed.
        plan: Box<Plan>,
        /// What the user should know.
        notices: Vec<Notice>,
    },
    /// Nothing is left to promote, and the proposal of an earlier run was withdrawn.
    Withdrawn {
        /// The branch.
        branch: String,
        /// Whether it was deleted; a server may refuse to.
        is_deleted: bool,
        /// The pull request that was closed, if one was open.
        pull_request: Option<PullRequestOutcome>,
        /// What the user should know.
        notices: Vec<Notice>,
    },
    /// A person closed the pull request of this very promotion; nothing was written.
    Rejected {
        /// The pull request.
        pull_request: PullRequestOutcome,
        /// The pull request's branch.
        branch: String,
    },
    /// The promotion's branch has commits that git-promote did not make; nothing was written.
    Conflict {
        /// The branch.
        branch: String,
        /// These commits, newest first.
        commits: Vec<OtherCommit>,
    },
    /// The branch moved, and a new plan would make other changes; nothing was written.
    Moved {
        /// The new plan.
        plan: Box<Plan>,
    },
}

impl Receipt {
    /// Nothing to promote, and nothing that the user should know.
    pub(super) const NOTHING_TO_PROMOTE: Self = Self::NothingToPromote {
        notices: Vec::new(),
    };

    /// The plan that was applied; `shown` unless the branch moved meanwhile.
    pub fn applied<'a>(&'a self, shown: &'a Plan) -> &'a Plan {
        match self {
            Self::Committed { plan, .. } | Self::Proposed { plan, .. } => plan,
            _ => shown,
        }
    }
}

/// A pull request, and what this run did to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PullRequestOutcome {
    /// Its number.
    pub number: u64,
    /// Its page.
    pub url: String,
    /// What this run did to it.
    pub change: PullRequestChange,
}

/// What a run did to a pull request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PullRequestChange {
    /// Nothing: it was up to date.
    Left,
    /// Its title or body was updated.
    Updated,
    /// It was closed, and was opened again.
    Reopened,
    /// It was opened.
    Opened,
}

impl From<&PullRequest> for PullRequestOutcome {
    fn from(request: &PullRequest) -> Self {
        Self {
            number: request.number,
            url: request.url.clone(),
            change: PullRequestChange::Left,
        }
    }
}

/// A commit that git-promote did not make.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OtherCommit {
    /// The commit.
    pub id: CommitId,
    /// The first line of its message.
    pub title: String,
}
