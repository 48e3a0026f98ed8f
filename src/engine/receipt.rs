//! What became of a promotion.

use crate::domain::{ApplicationName, CommitId};
use crate::plan::{Finding, Notice, Plan};
use crate::port::PullRequest;

/// What became of a promotion.
#[derive(Clone, Debug)]
pub enum Receipt {
    /// The target was equal already in everything that is promoted.
    NothingToPromote {
        /// What the user should know.
        notices: Vec<Notice>,
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
        notices: Vec<Notice>,
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
        pull_request: Option<PullRequestOutcome>,
        /// The applications that are promoted.
        applications: Vec<ApplicationName>,
        /// The plan that was proposed.
        plan: Box<Plan>,
        /// What the user should know.
        notices: Vec<Notice>,
    },
    /// Nothing is left to promote: what earlier runs proposed was taken back.
    Withdrawn {
        /// The branch.
        branch: String,
        /// Whether it was deleted; a server may refuse that.
        is_deleted: bool,
        /// The pull request that was closed, if one was open.
        pull_request: Option<PullRequestOutcome>,
        /// What the user should know.
        notices: Vec<Notice>,
    },
    /// People closed the pull request of just this; nothing was written.
    Rejected {
        /// The pull request.
        pull_request: PullRequestOutcome,
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

/// A pull request, and what this run did to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PullRequestOutcome {
    /// Its number.
    pub number: u64,
    /// Its page.
    pub url: String,
    /// Whether it was there before.
    pub deed: PullRequestChange,
}

/// What a run did to a pull request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PullRequestChange {
    /// It was there, and is as it should be.
    Left,
    /// It was there, and was brought up to date.
    Updated,
    /// It was closed, and is open again.
    Reopened,
    /// It is new.
    Opened,
}

impl From<&PullRequest> for PullRequestOutcome {
    fn from(request: &PullRequest) -> Self {
        Self {
            number: request.number,
            url: request.url.clone(),
            deed: PullRequestChange::Left,
        }
    }
}

/// A commit that is not the program's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OtherCommit {
    /// The commit.
    pub id: CommitId,
    /// Its message's first line.
    pub title: String,
}
