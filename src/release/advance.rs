//! What comes next for a release: the rules, without any I/O.

use super::attempt_record::Purpose;
use super::ending::end_step;
use super::event::{Event, EventKind};
use super::facts::Facts;
use super::look::Look;
use super::next::{Move, Moves, Next, Transition};
use super::people::terminating;
use super::queue::{end, leave_queue, replace, termination};
use super::record::Release;
use super::state::ReleaseState;
use super::step::advance_step;
use super::workflow::{self, Progress, follow};
use crate::domain::ProductFlow;

/// What comes next for a release.
///
/// The caller looks up what [`Next::Ask`] names and calls again with more facts; it records a
/// transition before it carries out its effects; it starts without facts after each of the two, except
/// for the outcomes of its own effects. `now` is when the look began.
pub fn advance(release: &Release, flow: &ProductFlow, facts: &Facts, now: i64) -> Next {
    let look = Look {
        release,
        flow,
        facts,
        now,
    };
    if release.state.is_end() {
        return Next::Ended;
    }
    let mut moves = Moves::default();
    for attempt in release.open_attempts() {
        moves.add(follow(&look, attempt));
    }
    match release.state {
        ReleaseState::Queued => moves.add(leave_queue(&look)),
        ReleaseState::Running | ReleaseState::Suspended => {
            match (replace(&look), termination(&look)) {
                (Some(replacing), _) => moves.add(replacing),
                (None, Some(cause)) => {
                    moves.add(Move::Record(Box::new(terminating(release, cause))));
                }
                (None, None) => run(&look, &mut moves),
            }
        }
        _ => terminate(&look, &mut moves),
    }
    moves.next()
}

/// Goes on with all steps, and ends the release when none can.
fn run(look: &Look<'_>, moves: &mut Moves) {
    let hooks = &look.flow.hooks;
    let is_first = look.release.round == 1;
    let on_start = hooks.on_start.as_ref().filter(|_| is_first);
    if let Some(moved) = hook(look, Purpose::OnStart, on_start) {
        return moves.add(moved);
    }
    for step in &look.release.steps {
        moves.add(advance_step(look, step));
    }
    if !moves.is_empty() || look.release.open_attempts().next().is_some() {
        return;
    }
    let is_done = look.release.steps.iter().all(|step| step.state.is_done());
    let (purpose, name, state) = if is_done {
        let name = hooks.on_success.as_ref();
        (Purpose::OnSuccess, name, ReleaseState::Succeeded)
    } else {
        let name = hooks.on_fail.as_ref();
        (Purpose::OnFail, name, ReleaseState::Failed)
    };
    moves.add(hook(look, purpose, name).unwrap_or_else(|| ended(look, state)));
}

/// Ends all steps, and then the release.
fn terminate(look: &Look<'_>, moves: &mut Moves) {
    for step in &look.release.steps {
        moves.add(end_step(look, step));
    }
    if !moves.is_empty() || look.release.open_attempts().next().is_some() {
        return;
    }
    let name = look.flow.hooks.on_fail.as_ref();
    let last = hook(look, Purpose::OnFail, name);
    moves.add(last.unwrap_or_else(|| ended(look, ReleaseState::Terminated)));
}

/// What a hook of the release needs; `None` when it has ended or there is none.
fn hook(look: &Look<'_>, purpose: Purpose, name: Option<&String>) -> Option<Move> {
    match workflow::progress(look, None, purpose, name?) {
        Progress::Due(workflow) => {
            let release = look.release.clone();
            Some(workflow::start(look, release, None, purpose, workflow))
        }
        Progress::Running => Some(Move::Rest),
        Progress::Succeeded | Progress::Failed(_) => None,
    }
}

fn ended(look: &Look<'_>, state: ReleaseState) -> Move {
    let failed: Vec<&str> = (look.release.failed_steps())
        .map(|step| step.environment.as_str())
        .collect();
    let (kind, text) = match state {
        ReleaseState::Succeeded => (EventKind::Succeeded, "has succeeded".to_owned()),
        ReleaseState::Failed => (
            EventKind::Failed,
            format!("has failed in {}", failed.join(", ")),
        ),
        _ => (EventKind::Terminated, "is terminated".to_owned()),
    };
    let mut release = look.release.clone();
    end(&mut release, state, look.now);
    Move::Record(Box::new(Transition {
        release,
        event: Event::of_release(kind, text),
        effects: Vec::new(),
    }))
}
