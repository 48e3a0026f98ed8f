//! How a step goes on.
//!
//! # Why
//!
//! A step passes through its phases in order. A phase with nothing to do is passed in memory, so that
//! only what matters later is recorded: that a workflow starts, that a promotion begins, that it is in
//! place, that the step waits or has ended.

use std::ops::ControlFlow::{self, Break, Continue};

use super::action::act;
use super::attempt_record::Purpose;
use super::event::{Event, EventKind};
use super::facts::Question;
use super::look::Look;
use super::next::Move;
use super::record::Step;
use super::state::{Phase, StepState};
use super::step_move::{fail, record, suspend};
use super::workflow::{self, Progress};
use crate::domain::{CommitId, ProductStep};
use crate::port::GateState;

/// What a step of a running release could do.
pub(super) fn advance_step(look: &Look<'_>, step: &Step) -> Move {
    let Some(planned) = look.planned(&step.environment) else {
        return Move::Rest;
    };
    let moved = match step.state {
        StepState::Failed => hook(look, step, Purpose::OnFail, planned.hooks.on_fail.as_ref()),
        StepState::Running | StepState::Suspended => go_on(look, planned, step.clone()),
        StepState::Pending if can_start(look, planned) => {
            let mut started = step.clone();
            started.state = StepState::Running;
            started.source = started.source.or_else(|| pin(look, planned));
            go_on(look, planned, started)
        }
        StepState::Pending | StepState::Succeeded | StepState::Skipped | StepState::Terminated => {
            Continue(())
        }
    };
    match moved {
        Break(moved) => moved,
        Continue(()) => Move::Rest,
    }
}

/// Whether everything that the step depends on is done.
fn can_start(look: &Look<'_>, planned: &ProductStep) -> bool {
    let is_done = |environment: &String| {
        *environment == look.flow.trigger_environment
            || (look.release.step(environment)).is_some_and(|step| step.state.is_done())
    };
    planned.depends_on.iter().all(is_done)
}

/// The commit whose source files a step promotes: the one that passed the gates of its source.
fn pin(look: &Look<'_>, planned: &ProductStep) -> Option<CommitId> {
    if planned.from == look.flow.trigger_environment {
        return Some(look.release.source);
    }
    let source = look.release.step(&planned.from)?;
    source.landed.as_ref().map(|landed| landed.commit)
}

/// Goes through the phases until there is something to do.
fn go_on(look: &Look<'_>, planned: &ProductStep, mut step: Step) -> ControlFlow<Move> {
    loop {
        match step.phase {
            Phase::OnStart => {
                hook(
                    look,
                    &step,
                    Purpose::OnStart,
                    planned.hooks.on_start.as_ref(),
                )?;
                step.phase = Phase::GatesBefore;
            }
            Phase::GatesBefore => {
                let source = Gated::Source(&planned.from);
                gates(look, &step, source, &planned.source_gates)?;
                gates(look, &step, Gated::Target, &planned.gates_before)?;
                step.phase = Phase::PreAction;
            }
            Phase::PreAction => {
                let name = planned.pre_action.as_ref();
                workflow(look, &step, Purpose::PreAction, name)?;
                step.phase = Phase::Action;
            }
            Phase::Action => act(look, planned, &step)?,
            Phase::GatesAfter => {
                gates(look, &step, Gated::Target, &planned.gates_after)?;
                step.phase = Phase::PostAction;
            }
            Phase::PostAction => {
                let is_unchanged = step.landed.as_ref().is_some_and(|l| l.is_unchanged);
                let name = planned.post_action.as_ref().filter(|_| !is_unchanged);
                workflow(look, &step, Purpose::PostAction, name)?;
                step.phase = Phase::OnSuccess;
            }
            Phase::OnSuccess => {
                let name = planned.hooks.on_success.as_ref();
                hook(look, &step, Purpose::OnSuccess, name)?;
                return Break(done(look, step));
            }
        }
    }
}

/// Records that a step is done.
fn done(look: &Look<'_>, mut step: Step) -> Move {
    let is_unchanged = step.landed.as_ref().is_some_and(|l| l.is_unchanged);
    let (state, text) = if is_unchanged {
        (StepState::Skipped, "{} is done: it already had everything")
    } else {
        (StepState::Succeeded, "{} is done")
    };
    step.state = state;
    step.reason = None;
    let event = Event::of_step(EventKind::StepSucceeded, &step.environment, text);
    record(look, step, event)
}

/// The environment that must pass gates.
#[derive(Clone, Copy)]
enum Gated<'a> {
    /// The source of a step.
    Source(&'a str),
    /// Its target.
    Target,
}

impl Gated<'_> {
    fn question(self, step: &Step, gate: &str) -> Question {
        let (environment, gate) = (step.environment.clone(), gate.to_owned());
        match self {
            Self::Source(_) => Question::SourceGate { environment, gate },
            Self::Target => Question::Gate { environment, gate },
        }
    }

    /// A gate's state in words.
    fn reason(self, gate: &str, why: &str) -> String {
        match self {
            Self::Source(name) => format!("{name} is not ready: gate `{gate}`: {why}"),
            Self::Target => format!("gate `{gate}`: {why}"),
        }
    }
}

/// Passes when all gates do.
fn gates(look: &Look<'_>, step: &Step, of: Gated<'_>, names: &[String]) -> ControlFlow<Move> {
    let facts = look.facts_of(&step.environment);
    let states = facts.map(|facts| match of {
        Gated::Source(_) => &facts.source_gates,
        Gated::Target => &facts.gates,
    });
    let mut questions = Vec::new();
    let mut reasons = Vec::new();
    let mut next_look = None;
    for name in names {
        match states.and_then(|states| states.get(name)) {
            None => questions.push(of.question(step, name)),
            Some(GateState::Passed) => {}
            Some(GateState::Failed { why }) => {
                return Break(fail(look, step, of.reason(name, why)));
            }
            Some(GateState::Waiting { why, until }) => {
                reasons.push(of.reason(name, why));
                next_look = [next_look, *until].into_iter().flatten().min();
            }
        }
    }
    if !questions.is_empty() {
        return Break(Move::Ask(questions));
    }
    if !reasons.is_empty() {
        return Break(suspend(look, step, reasons.join("; "), next_look));
    }
    Continue(())
}

/// Passes when the workflow has succeeded, or there is none.
fn workflow(
    look: &Look<'_>,
    step: &Step,
    purpose: Purpose,
    name: Option<&String>,
) -> ControlFlow<Move> {
    match run(look, step, purpose, name) {
        Break(Ok(moved)) => Break(moved),
        Break(Err(why)) => Break(fail(look, step, why)),
        Continue(()) => Continue(()),
    }
}

/// Passes when the hook has ended, in whatever way, or there is none.
pub(super) fn hook(
    look: &Look<'_>,
    step: &Step,
    purpose: Purpose,
    name: Option<&String>,
) -> ControlFlow<Move> {
    match run(look, step, purpose, name) {
        Break(Ok(moved)) => Break(moved),
        Break(Err(_)) | Continue(()) => Continue(()),
    }
}

fn run(
    look: &Look<'_>,
    step: &Step,
    purpose: Purpose,
    name: Option<&String>,
) -> ControlFlow<Result<Move, String>> {
    let Some(name) = name else {
        return Continue(());
    };
    let environment = Some(step.environment.as_str());
    match workflow::progress(look, environment, purpose, name) {
        Progress::Succeeded => Continue(()),
        Progress::Failed(why) => Break(Err(why)),
        // The attempt itself is followed once for the whole release.
        Progress::Running => Break(Ok(Move::Rest)),
        Progress::Due(workflow) => {
            let mut step = step.clone();
            if step.state.is_active() {
                step.state = StepState::Running;
                step.reason = None;
            }
            let release = look.with_step(step);
            Break(Ok(workflow::start(
                look,
                release,
                environment,
                purpose,
                workflow,
            )))
        }
    }
}
