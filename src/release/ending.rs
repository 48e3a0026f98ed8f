//! How a release is terminated.
//!
//! # Why
//!
//! A worker may be at work while another one terminates the release. So termination first waits for what
//! was begun: open attempts, and the time in which a worker may be promoting. Then it closes open pull
//! requests, runs the hooks, and only then is the release terminated. After that, nothing more happens.

use std::ops::ControlFlow::{Break, Continue};

use super::action::{proposing, with_landed};
use super::attempt_record::Purpose;
use super::event::{Event, EventKind};
use super::facts::{Outcome, PullRequestFact, Question, StepFacts};
use super::look::Look;
use super::next::{Effect, Move, Waiting};
use super::record::Step;
use super::state::{Phase, StepState};
use super::step::hook;
use super::step_move::{ask, record};
use crate::domain::{Action, CommitId, ProductStep};

/// What a step of a release that is being terminated could do.
pub(super) fn end_step(look: &Look<'_>, step: &Step) -> Move {
    let Some(planned) = look.planned(&step.environment) else {
        return Move::Rest;
    };
    match step.state {
        StepState::Failed | StepState::Terminated => {
            match hook(look, step, Purpose::OnFail, planned.hooks.on_fail.as_ref()) {
                Break(moved) => moved,
                Continue(()) => Move::Rest,
            }
        }
        StepState::Running | StepState::Suspended if has_open_attempt(look, step) => Move::Rest,
        StepState::Running | StepState::Suspended => end_active(look, planned, step),
        StepState::Pending | StepState::Succeeded | StepState::Skipped => Move::Rest,
    }
}

fn has_open_attempt(look: &Look<'_>, step: &Step) -> bool {
    let mut open = look.release.open_attempts();
    open.any(|attempt| attempt.environment.as_ref() == Some(&step.environment))
}

fn end_active(look: &Look<'_>, planned: &ProductStep, step: &Step) -> Move {
    let is_begun = step.promoting_until.is_some() || step.pull_request.is_some();
    if step.phase != Phase::Action || !is_begun {
        return terminated(look, step.clone());
    }
    let default = StepFacts::default();
    let facts = look.facts_of(&step.environment).unwrap_or(&default);
    match (facts.outcome(step), facts.landed) {
        (_, None) => return ask(Question::Landed, step),
        (_, Some(Some(commit))) => return landed(look, step, commit),
        (Some(Outcome::Committed(commit)), _) => return landed(look, step, *commit),
        (Some(Outcome::Proposed(proposed)), _) if step.pull_request.is_none() => {
            let text = "the pull request into {} will be closed";
            let event = Event::of_step(EventKind::Suspended, &step.environment, text);
            return record(look, proposing(step, proposed), event);
        }
        _ => {}
    }
    if let Some(until) = step.promoting_until.filter(|until| *until > look.now) {
        return Move::Wait(Waiting {
            environment: Some(step.environment.clone()),
            why: "a worker may still be promoting".to_owned(),
            until: Some(until),
        });
    }
    if planned.action != Action::PullRequest {
        return terminated(look, step.clone());
    }
    match facts.pull_request {
        None => ask(Question::PullRequest, step),
        Some(PullRequestFact::BranchOnly) if facts.was_closed => terminated(look, step.clone()),
        Some(PullRequestFact::Open | PullRequestFact::BranchOnly) => {
            Move::Do(Effect::ClosePullRequest {
                environment: step.environment.clone(),
            })
        }
        Some(PullRequestFact::Merged) => match facts.tip {
            Some(tip) => landed(look, step, tip),
            None => ask(Question::Tip, step),
        },
        Some(PullRequestFact::Closed | PullRequestFact::Absent) => terminated(look, step.clone()),
    }
}

/// Records that the promotion was in place before the release could be terminated.
fn landed(look: &Look<'_>, step: &Step, commit: CommitId) -> Move {
    let step = Step {
        phase: Phase::GatesAfter,
        ..with_landed(look, step, commit, false)
    };
    terminated(look, step)
}

fn terminated(look: &Look<'_>, mut step: Step) -> Move {
    step.state = StepState::Terminated;
    step.reason = None;
    step.promoting_until = None;
    let event = Event::of_step(
        EventKind::StepTerminated,
        &step.environment,
        "{} is terminated",
    );
    record(look, step, event)
}
