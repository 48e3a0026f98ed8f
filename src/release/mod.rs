//! Releases: the runs of flows, as a record and the rules by which it changes.
//!
//! [`advance`] is the heart: from a release, its flow and what is known about the outside world it
//! decides what comes next. It reads no clock and does no I/O; `engine/release` looks up the facts,
//! records transitions and carries out effects.
//!
//! | file | what it does |
//! |---|---|
//! | `record.rs`, `attempt_record.rs`, `state.rs` | what is stored |
//! | `manual.rs` | what is stored about a promotion that no flow describes |
//! | `file.rs`, `written.rs` | how it is written and read |
//! | `facts.rs`, `next.rs`, `event.rs` | what goes into a decision, and what comes out |
//! | `advance.rs` | decides for the release as a whole |
//! | `queue.rs` | decides which release may run |
//! | `step.rs`, `step_move.rs`, `action.rs` | decide for a step |
//! | `workflow.rs` | decides about attempts to run workflows |
//! | `ending.rs` | decides for a release that is being terminated |
//! | `people.rs` | start, terminate, retry, approve |
//! | `trigger.rs` | decides which flow the commits of a push start |
//!
//! # Why
//!
//! Anyone may move a release forward at any time: a laptop, a CI job, a cron job, a server; each may
//! crash at any moment. This works because the rules are one function of plain data, which a simulation
//! (`simulation`) runs through thousands of schedules with crashes and lost answers.

mod action;
mod advance;
mod attempt_record;
mod ending;
mod event;
mod facts;
mod file;
mod look;
mod manual;
mod next;
mod people;
mod queue;
mod record;
#[cfg(test)]
mod simulation;
mod state;
mod step;
mod step_move;
#[cfg(test)]
mod tests;
mod trigger;
mod waits;
mod workflow;
mod written;

pub use advance::advance;
pub use attempt_record::{Allowed, Approval, Attempt, AttemptEnd, AttemptState, Proof, Purpose};
pub use event::{EVENT, Event, EventKind, STATE, is_transition_of, trailer};
pub use facts::{AttemptFact, Facts, Other, Outcome, PullRequestFact, Question, StepFacts, Tried};
pub use file::RecordError;
pub use manual::{Manual, ManualAction, ManualPullRequest};
pub use next::{Effect, Next, Transition, Waiting};
pub use people::{NewRelease, Refusal, allow, approve, create, retry, terminate};
pub use record::{
    Configuration, Landed, PullRequest, RELEASE, RefusedBy, Release, Step, Termination,
    TerminationCause,
};
pub use state::{Phase, ReleaseState, StepState};
pub use trigger::{Change, NoMatch, started_by, starting_change};
