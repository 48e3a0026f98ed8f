//! The moves of a step that are the same in several phases.

use super::event::{Event, EventKind};
use super::facts::Question;
use super::look::Look;
use super::next::{Move, Transition, Waiting};
use super::record::{RefusedBy, Step};
use super::state::{Phase, StepState};

/// Records that a step has failed.
pub(super) fn fail(look: &Look<'_>, step: &Step, reason: String) -> Move {
    let text = match step.phase {
        Phase::GatesBefore => "{} failed at the gates before its action",
        Phase::PreAction => "{} failed in its pre-action",
        Phase::GatesAfter => "{} failed at the gates after its action",
        Phase::PostAction => "{} failed in its post-action",
        Phase::OnStart | Phase::Action | Phase::OnSuccess => "could not promote to {}",
    };
    let mut step = step.clone();
    step.state = StepState::Failed;
    step.reason = Some(reason);
    step.promoting_until = None;
    let event = Event::of_step(EventKind::StepFailed, &step.environment, text);
    record(look, step, event)
}

/// Records that a step has failed because its promotion was refused.
pub(super) fn refuse(look: &Look<'_>, step: &Step, by: RefusedBy, reason: String) -> Move {
    let step = Step {
        refused: Some(by),
        ..step.clone()
    };
    fail(look, &step, reason)
}

/// Records that a step waits; only waits if that is recorded.
pub(super) fn suspend(look: &Look<'_>, step: &Step, why: String, until: Option<i64>) -> Move {
    if step.state == StepState::Suspended {
        return Move::Wait(Waiting {
            environment: Some(step.environment.clone()),
            why,
            until,
        });
    }
    let mut step = step.clone();
    step.state = StepState::Suspended;
    let text = match step.phase {
        Phase::Action => "{} waits for its pull request",
        _ => "{} waits for its gates",
    };
    step.reason = Some(why);
    let event = Event::of_step(EventKind::Suspended, &step.environment, text);
    record(look, step, event)
}

/// Records a changed step.
pub(super) fn record(look: &Look<'_>, step: Step, event: Event) -> Move {
    Move::Record(Box::new(Transition {
        release: look.with_step(step),
        event,
        effects: Vec::new(),
    }))
}

/// Asks for a fact about a step.
pub(super) fn ask(question: impl Fn(String) -> Question, step: &Step) -> Move {
    Move::Ask(vec![question(step.environment.clone())])
}
