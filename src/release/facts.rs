//! What is looked up in the outside world, for one look at a release.
//!
//! # Why
//!
//! Nothing here is stored: each look starts without facts, and [`advance`](super::advance) names those
//! that it needs. So a fact is never older than the look, and nothing is looked up in vain.

use std::collections::BTreeMap;

use super::attempt_record::AttemptEnd;
use super::record::{PullRequest, Step};
use super::state::ReleaseState;
use crate::domain::CommitId;
use crate::port::{Commands, GateState};

/// What is known so far.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The other releases of the product, from the same tip of its chain.
    pub others: Vec<Other>,
    /// Whether this worker runs commands.
    pub commands: Commands,
    /// About each step, by environment.
    pub steps: BTreeMap<String, StepFacts>,
    /// About attempts, by key.
    pub attempts: BTreeMap<String, AttemptFact>,
    /// Whether a newer release contains this one, by its id.
    pub contained_in: BTreeMap<String, bool>,
}

/// Another release of the product.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Other {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: u64,
    /// What its queue is named after.
    pub queue: String,
    /// How far it is.
    pub state: ReleaseState,
}

/// What is known about a step; `None` is not looked up yet.
#[derive(Clone, Debug, Default)]
pub struct StepFacts {
    /// The commit on the target's branch that has the promotion, if it is there.
    pub landed: Option<Option<CommitId>>,
    /// The tip of the target's branch.
    pub tip: Option<CommitId>,
    /// Its pull request.
    pub pull_request: Option<PullRequestFact>,
    /// Whether commands must succeed on its files first; only looked up by a worker that runs none.
    pub needs_commands: Option<bool>,
    /// Its gates, by name.
    pub gates: BTreeMap<String, GateState>,
    /// The gates of its source environment, by name.
    pub source_gates: BTreeMap<String, GateState>,
    /// The outcome of the promotion that this worker has tried.
    pub tried: Option<Tried>,
    /// Whether this worker has closed its pull request; a branch with people's commits stays.
    pub was_closed: bool,
}

/// A promotion that was tried.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tried {
    /// The time that was recorded for it: it has no meaning for later ones.
    pub until: i64,
    /// Its outcome.
    pub outcome: Outcome,
}

impl StepFacts {
    /// The outcome of the promotion that the step is recorded to be in.
    pub(super) fn outcome(&self, step: &Step) -> Option<&Outcome> {
        let tried = self.tried.as_ref()?;
        (step.promoting_until == Some(tried.until)).then_some(&tried.outcome)
    }
}

/// What is known about a pull request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PullRequestFact {
    /// There is none, nor a branch for one.
    Absent,
    /// It can be merged.
    Open,
    /// It was closed without merging.
    Closed,
    /// It was merged.
    Merged,
    /// There is a branch, but no forge that is known.
    BranchOnly,
}

/// What came of a promotion.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It is in this commit on the target's branch.
    Committed(CommitId),
    /// The target already has everything; this is its tip.
    Unchanged(CommitId),
    /// It is on a branch of its own.
    Proposed(PullRequest),
    /// Guards hold it.
    Held(String),
    /// People closed its pull request.
    Rejected(String),
    /// It cannot be promoted for another reason.
    Failed(String),
}

/// What is known about an attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AttemptFact {
    /// It has not ended.
    Running,
    /// It has ended.
    Ended(AttemptEnd),
    /// There is no trace of it.
    Absent,
}

/// A fact that is needed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Question {
    /// The commit that brought the promotion to an environment.
    Landed(String),
    /// The tip of an environment's branch.
    Tip(String),
    /// The state of the pull request into an environment.
    PullRequest(String),
    /// Whether commands must succeed before an environment is promoted to, from this commit.
    Commands {
        /// The environment of the step.
        environment: String,
        /// Its source.
        source: CommitId,
    },
    /// The state of a gate.
    Gate {
        /// The environment of the step.
        environment: String,
        /// The gate.
        gate: String,
    },
    /// The state of a gate of the source environment.
    SourceGate {
        /// The environment of the step.
        environment: String,
        /// The gate.
        gate: String,
    },
    /// How far the attempt with this key is.
    Attempt(String),
    /// Whether a newer release contains this one.
    ContainedIn(String),
}
