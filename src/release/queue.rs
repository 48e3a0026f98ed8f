//! The queue: one active release per product and flow.

use super::event::{Event, EventKind};
use super::facts::{Other, Question};
use super::look::Look;
use super::next::{Move, Transition, Waiting};
use super::record::{Release, Termination, TerminationCause};
use super::state::ReleaseState;
use crate::domain::Concurrency;

/// What a queued release could do: the newest one makes it superfluous if it contains it, and otherwise it
/// waits for those before it.
pub(super) fn leave_queue(look: &Look<'_>) -> Move {
    let own = look.release;
    let is_newer = |o: &&Other| o.number > own.number && o.state == ReleaseState::Queued;
    // The newest one has most in it: to compare with all would take the square of the queue's length.
    if let Some(newest) = rivals(look).filter(is_newer).max_by_key(|o| o.number) {
        match look.facts.contained_in.get(&newest.id) {
            None => return Move::Ask(vec![Question::ContainedIn(newest.id.clone())]),
            Some(true) => return superseded(look, newest),
            Some(false) => {}
        }
    }
    let is_before = |other: &&Other| other.state.is_active() || other.number < own.number;
    if let Some(first) = rivals(look).find(is_before) {
        return Move::Wait(Waiting {
            environment: None,
            why: format!("{} comes first", first.id),
            until: None,
        });
    }
    let mut release = own.clone();
    release.state = ReleaseState::Running;
    release.started = Some(look.now);
    let text = if own.round == 1 {
        "starts"
    } else {
        "starts again"
    };
    Move::Record(Box::new(Transition {
        release,
        event: Event::of_release(EventKind::Started, text),
        effects: Vec::new(),
    }))
}

/// Why a release must be terminated now, if it must.
pub(super) fn termination(look: &Look<'_>) -> Option<Termination> {
    if deadline(look).is_some_and(|deadline| look.now >= deadline) {
        return Some(Termination {
            cause: TerminationCause::Timeout,
            by: None,
        });
    }
    if look.flow.concurrency != Concurrency::Replace {
        return None;
    }
    let newer = rivals(look).find(|other| other.number > look.release.number)?;
    Some(Termination {
        cause: TerminationCause::Replaced,
        by: Some(newer.id.clone()),
    })
}

/// When the time limit of a release ends.
fn deadline(look: &Look<'_>) -> Option<i64> {
    let limit = i64::try_from(look.flow.time_limit?.as_secs()).ok()?;
    Some(look.release.started? + limit)
}

/// The other releases of the flow that have not ended.
fn rivals<'a>(look: &Look<'a>) -> impl Iterator<Item = &'a Other> {
    let own = look.release;
    let others = look.facts.others.iter();
    others.filter(|o| o.flow == own.flow && o.id != own.id && !o.state.is_end())
}

fn superseded(look: &Look<'_>, newer: &Other) -> Move {
    let mut release = look.release.clone();
    end(&mut release, ReleaseState::Superseded, look.now);
    let text = format!("is superseded by {}, which contains it", newer.id);
    Move::Record(Box::new(Transition {
        release,
        event: Event::of_release(EventKind::Superseded, text),
        effects: Vec::new(),
    }))
}

/// Ends a release.
pub(super) fn end(release: &mut Release, state: ReleaseState, now: i64) {
    release.state = state;
    release.ended = Some(now);
}
