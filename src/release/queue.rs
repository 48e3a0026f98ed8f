//! The queue: one active release per product and flow.

use super::event::{Event, EventKind};
use super::facts::{Other, PullRequestFact, Question};
use super::look::Look;
use super::next::{Move, Transition, Waiting};
use super::record::{Release, Step, Termination, TerminationCause};
use super::state::ReleaseState;
use super::step_move::ask;
use crate::domain::Concurrency;

/// What a queued release could do: the newest one makes it superfluous if it contains it, and otherwise it
/// waits for those before it.
pub(super) fn leave_queue(look: &Look<'_>) -> Move {
    let own = look.release;
    let is_newer = |o: &&Other| o.number > own.number && o.state == ReleaseState::Queued;
    // The newest one has most in it: to compare with all would take the square of the queue's length.
    if let Some(newest) = rivals(own, &look.facts.others)
        .filter(is_newer)
        .max_by_key(|o| o.number)
    {
        if own.manual.is_some() {
            return superseded(look, newest, "replaces");
        }
        match look.facts.contained_in.get(&newest.id) {
            None => return Move::Ask(vec![Question::ContainedIn(newest.id.clone())]),
            Some(true) => return superseded(look, newest, "contains"),
            Some(false) => {}
        }
    }
    if let Some(first) = first(own, &look.facts.others) {
        return Move::Wait(behind(first));
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

/// The release that a queued one waits for.
pub(super) fn first<'a>(own: &Release, others: &'a [Other]) -> Option<&'a Other> {
    let is_before = |other: &&Other| other.state.is_active() || other.number < own.number;
    rivals(own, others).find(is_before)
}

/// Why a queued release waits for another one.
pub(super) fn behind(first: &Other) -> Waiting {
    Waiting {
        environment: None,
        why: format!("{} comes first", first.id),
        until: None,
    }
}

/// Supersedes a promotion that no flow describes, if a newer one with the same branch replaces it: the newer
/// one updates its pull request. `None` if there is no newer one, or something of this one may happen or has
/// happened; then the newer one waits.
pub(super) fn replace(look: &Look<'_>) -> Option<Move> {
    let own = look.release;
    own.manual.as_ref()?;
    let newer = rivals(own, &look.facts.others).find(|other| other.number > own.number)?;
    let is_promoting = |step: &Step| step.promoting_until.is_some_and(|until| until > look.now);
    let has_begun = |step: &Step| step.landed.is_some() || is_promoting(step);
    if own.open_attempts().next().is_some() || own.steps.iter().any(has_begun) {
        return None;
    }
    for step in own.steps.iter().filter(|step| step.pull_request.is_some()) {
        let facts = look.facts_of(&step.environment);
        match facts.map(|facts| (facts.landed, facts.pull_request)) {
            None | Some((None, _)) => return Some(ask(Question::Landed, step)),
            Some((_, None)) => return Some(ask(Question::PullRequest, step)),
            Some((Some(Some(_)), _) | (_, Some(PullRequestFact::Merged))) => return None,
            Some((Some(None), Some(_))) => {}
        }
    }
    Some(superseded(look, newer, "replaces"))
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
    let newer = rivals(look.release, &look.facts.others)
        .find(|other| other.number > look.release.number)?;
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
fn rivals<'a>(own: &Release, others: &'a [Other]) -> impl Iterator<Item = &'a Other> {
    let is_rival = |o: &&Other| o.queue == own.queue() && o.id != own.id && !o.state.is_end();
    others.iter().filter(is_rival)
}

fn superseded(look: &Look<'_>, newer: &Other, why: &str) -> Move {
    let mut release = look.release.clone();
    end(&mut release, ReleaseState::Superseded, look.now);
    let text = format!("is superseded by {}, which {why} it", newer.id);
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
