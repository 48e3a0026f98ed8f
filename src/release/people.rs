//! What people do with a release.

use std::collections::BTreeMap;

use thiserror::Error;

use super::attempt_record::{Allowed, Approval, Proof};
use super::event::{Event, EventKind};
use super::facts::Other;
use super::manual::Manual;
use super::next::Transition;
use super::queue::end;
use super::record::{
    Configuration, RELEASE, RefusedBy, Release, Step, Termination, TerminationCause,
};
use super::state::{ReleaseState, StepState};
use crate::domain::{CommitId, Concurrency, ProductFlow};

/// What a new release is made of.
#[derive(Clone, Debug)]
pub struct NewRelease {
    /// The configuration that the flow was read from.
    pub configuration: Configuration,
    /// The applications; all of the product if empty.
    pub applications: Vec<String>,
    /// The branch to promote on; the default branch if none is named.
    pub branch: Option<String>,
    /// What a person chose, if no flow describes it.
    pub manual: Option<Box<Manual>>,
    /// The commit whose files of the trigger environment are promoted.
    pub source: CommitId,
    /// The last commit of the push that starts it, if one does.
    pub trigger: Option<CommitId>,
    /// Who starts it.
    pub by: String,
    /// The person who asked a server for it.
    pub acted_by: Option<String>,
    /// When, in seconds since 1970.
    pub now: i64,
}

/// Why a release cannot be changed.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Refusal {
    /// Another one is open, and the product does not queue releases.
    #[error("{open} of the same flow has not ended, and the product rejects a second release")]
    Busy {
        /// The open one.
        open: String,
    },
    /// It has ended.
    #[error("{id} has ended: it is {}", .state.name())]
    Ended {
        /// The release.
        id: String,
        /// Its state.
        state: ReleaseState,
    },
    /// It has not ended.
    #[error("{id} has not ended: it is {}", .state.name())]
    NotEnded {
        /// The release.
        id: String,
        /// Its state.
        state: ReleaseState,
    },
    /// It has not failed.
    #[error("{id} is {}; only a failed release can be retried", .state.name())]
    NotFailed {
        /// The release.
        id: String,
        /// Its state.
        state: ReleaseState,
        /// Until when a worker may be running a workflow of it.
        busy_until: Option<i64>,
    },
    /// It has no such step.
    #[error("{id} has no step for `{environment}`")]
    UnknownStep {
        /// The release.
        id: String,
        /// The environment.
        environment: String,
        /// The environments of its steps.
        known: Vec<String>,
    },
}

/// Creates a release in the queue.
///
/// # Errors
/// [`Refusal::Busy`] with [`Concurrency::Reject`].
pub fn create(
    new: NewRelease,
    flow: &ProductFlow,
    others: &[Other],
) -> Result<Transition, Refusal> {
    let queue = new.manual.as_ref().map_or(&flow.name, |m| &m.branch);
    let mut open = others
        .iter()
        .filter(|o| o.queue == *queue && !o.state.is_end());
    if let Some(open) = open.next()
        && flow.concurrency == Concurrency::Reject
    {
        return Err(Refusal::Busy {
            open: open.id.clone(),
        });
    }
    let number = others.iter().map(|o| o.number).max().unwrap_or(0) + 1;
    let steps = flow.steps.iter();
    let release = Release {
        schema: RELEASE.to_owned(),
        id: format!("{}-{number}", flow.product),
        product: flow.product.clone(),
        number,
        flow: flow.name.clone(),
        manual: new.manual,
        configuration: new.configuration,
        applications: new.applications,
        branch: new.branch,
        source: new.source,
        trigger: new.trigger,
        created: new.now,
        created_by: new.by,
        acted_by: new.acted_by,
        state: ReleaseState::Queued,
        started: None,
        ended: None,
        round: 1,
        termination: None,
        steps: steps.map(|step| Step::pending(&step.environment)).collect(),
        attempts: Vec::new(),
        approvals: Vec::new(),
        allowed: Vec::new(),
        context: BTreeMap::new(),
    };
    let source = format!("{} at {}", flow.trigger_environment, release.source.short());
    let text = match &release.manual {
        None => format!("is queued: flow {} from {source}", flow.name),
        Some(manual) => {
            let targets: Vec<&str> = release.steps.iter().map(|s| &*s.environment).collect();
            let targets = targets.join(", ");
            match manual.skipped_gates.join(", ").as_str() {
                "" => format!("is queued: {targets} from {source}"),
                gates => format!("is queued: {targets} from {source}, without its gates {gates}"),
            }
        }
    };
    Ok(plain(release, Event::of_release(EventKind::Created, text)))
}

/// Begins to terminate a release; one in the queue is terminated at once. `None` if that has begun.
///
/// # Errors
/// [`Refusal::Ended`].
pub fn terminate(release: &Release, by: &str, now: i64) -> Result<Option<Transition>, Refusal> {
    let cause = Termination {
        cause: TerminationCause::Command,
        by: Some(by.to_owned()),
    };
    match release.state {
        ReleaseState::Terminating => Ok(None),
        state if state.is_end() => Err(Refusal::Ended {
            id: release.id.clone(),
            state,
        }),
        ReleaseState::Queued => {
            let mut changed = release.clone();
            changed.termination = Some(cause);
            end(&mut changed, ReleaseState::Terminated, now);
            let text = format!("is terminated by {by}, before it left the queue");
            let event = Event::of_release(EventKind::Terminated, text);
            Ok(Some(plain(changed, event)))
        }
        _ => Ok(Some(terminating(release, cause))),
    }
}

/// Begins to terminate a release that has left the queue.
pub(super) fn terminating(release: &Release, cause: Termination) -> Transition {
    let by = cause.by.as_deref().unwrap_or_default();
    let text = match cause.cause {
        TerminationCause::Command => format!("is being terminated by {by}"),
        TerminationCause::Timeout => "is being terminated: its time limit is over".to_owned(),
        TerminationCause::Replaced => format!("is being terminated: {by} replaces it"),
    };
    let mut changed = release.clone();
    changed.state = ReleaseState::Terminating;
    changed.termination = Some(cause);
    plain(changed, Event::of_release(EventKind::Terminating, text))
}

/// Queues a failed release again: it resumes at what failed, with the same sources.
///
/// # Errors
/// [`Refusal::NotFailed`].
pub fn retry(release: &Release, by: &str) -> Result<Transition, Refusal> {
    if release.state != ReleaseState::Failed {
        return Err(Refusal::NotFailed {
            id: release.id.clone(),
            state: release.state,
            busy_until: release.open_attempts().map(|attempt| attempt.until).max(),
        });
    }
    let text = format!("is retried by {by}");
    Ok(plain(
        queued_again(release),
        Event::of_release(EventKind::Retried, text),
    ))
}

/// A failed release in the queue, to resume at what failed.
fn queued_again(release: &Release) -> Release {
    let mut changed = release.clone();
    changed.state = ReleaseState::Queued;
    changed.started = None;
    changed.ended = None;
    changed.round += 1;
    for step in &mut changed.steps {
        if step.state == StepState::Failed {
            step.state = StepState::Pending;
            step.reason = None;
            step.refused = None;
            step.pull_request = None;
        }
    }
    changed
}

/// Lifts the holds of guards; a release that they held is queued again. `None` if they are lifted already.
///
/// # Errors
/// [`Refusal::Ended`], unless it failed because guards held it.
pub fn allow(
    release: &Release,
    guards: &[String],
    by: &str,
    now: i64,
) -> Result<Option<Transition>, Refusal> {
    let mut failed = release.failed_steps();
    let is_held = release.state == ReleaseState::Failed
        && failed.any(|step| step.refused == Some(RefusedBy::Guards));
    if release.state.is_end() && !is_held {
        return Err(Refusal::Ended {
            id: release.id.clone(),
            state: release.state,
        });
    }
    let is_new = |guard: &&String| !release.allowed.iter().any(|known| known.guard == **guard);
    let new: Vec<&String> = guards.iter().filter(is_new).collect();
    if new.is_empty() {
        return Ok(None);
    }
    let mut changed = if is_held {
        queued_again(release)
    } else {
        release.clone()
    };
    changed.allowed.extend(new.iter().map(|guard| Allowed {
        guard: (*guard).clone(),
        by: by.to_owned(),
        at: now,
    }));
    let names: Vec<&str> = new.iter().map(|guard| guard.as_str()).collect();
    let text = format!("is allowed {} by {by}", names.join(", "));
    Ok(Some(plain(
        changed,
        Event::of_release(EventKind::Allowed, text),
    )))
}

/// Records an approval, of one step or of all. `None` if the same one is recorded already.
///
/// # Errors
/// [`Refusal::Ended`] or [`Refusal::UnknownStep`].
pub fn approve(
    release: &Release,
    environment: Option<&str>,
    (by, proof): (&str, Proof),
    now: i64,
) -> Result<Option<Transition>, Refusal> {
    if release.state.is_end() {
        return Err(Refusal::Ended {
            id: release.id.clone(),
            state: release.state,
        });
    }
    if let Some(environment) = environment.filter(|e| release.step(e).is_none()) {
        let steps = release.steps.iter();
        return Err(Refusal::UnknownStep {
            id: release.id.clone(),
            environment: environment.to_owned(),
            known: steps.map(|step| step.environment.clone()).collect(),
        });
    }
    let approval = Approval {
        environment: environment.map(ToOwned::to_owned),
        by: by.to_owned(),
        proof,
        at: now,
    };
    let is_same = |other: &Approval| {
        Approval {
            at: now,
            ..other.clone()
        } == approval
    };
    // Who may push can write anything into a record; only what a signature adds is proven by it.
    if !matches!(proof, Proof::Signature | Proof::Server) && release.approvals.iter().any(is_same) {
        return Ok(None);
    }
    let mut changed = release.clone();
    changed.approvals.push(approval);
    let event = match environment {
        Some(environment) => {
            let text = format!("{{}} is approved by {by}");
            Event::of_step(EventKind::Approved, environment, &text)
        }
        None => Event::of_release(EventKind::Approved, format!("is approved by {by}")),
    };
    Ok(Some(plain(changed, event)))
}

/// A transition without effects.
fn plain(release: Release, event: Event) -> Transition {
    Transition {
        release,
        event,
        effects: Vec::new(),
    }
}
