//! Attempts to run workflows.
//!
//! # Why
//!
//! Two workers must never run the same workflow at once, and a crashed worker must not leave the
//! release stuck. So an attempt is recorded with a lease before it starts. While the lease lasts, others
//! wait for its result. Afterwards the attempt is looked for by its key; if there is no trace of it, it
//! counts as lost, and only a repeatable workflow is started again.

use super::attempt_record::{Attempt, AttemptEnd, AttemptState, Purpose};
use super::event::{Event, EventKind};
use super::facts::{AttemptFact, Question};
use super::look::Look;
use super::next::{Effect, LEFT_TO_OTHERS, Move, Transition, Waiting};
use super::record::Release;
use crate::domain::{Workflow, WorkflowKind};
use crate::port::Commands;

/// How much longer than its workflow a lease lasts: the time to record and start it, and the difference
/// between the clocks of two workers.
const LEASE_MARGIN: i64 = 60;

/// The lease of a CI run, which is only for starting it; afterwards it can be found.
const CI_LEASE: i64 = 300;

/// How many attempts without a result a repeatable workflow may have in one round.
const ATTEMPTS: usize = 3;

/// How far a workflow is.
pub(super) enum Progress<'a> {
    /// It is to be started.
    Due(&'a Workflow),
    /// An attempt is open.
    Running,
    /// It has succeeded.
    Succeeded,
    /// It has failed.
    Failed(String),
}

/// How far the workflow is that is run for a purpose, in this round of the release.
pub(super) fn progress<'a>(
    look: &Look<'a>,
    environment: Option<&str>,
    purpose: Purpose,
    name: &str,
) -> Progress<'a> {
    let Some(workflow) = look.flow.workflows.get(name) else {
        return Progress::Failed(format!("there is no workflow `{name}`"));
    };
    let release = look.release;
    let mut own = release.attempts.iter().filter(|attempt| {
        attempt.round == release.round
            && attempt.purpose == purpose
            && attempt.environment.as_deref() == environment
    });
    let count = own.clone().count();
    let Some(last) = own.next_back() else {
        return Progress::Due(workflow);
    };
    match &last.end {
        None => Progress::Running,
        Some(end) => match end.state {
            AttemptState::Succeeded => Progress::Succeeded,
            AttemptState::Failed => {
                let why = end.failure.as_deref().unwrap_or("failed");
                Progress::Failed(format!("workflow `{name}`: {why}"))
            }
            AttemptState::Lost if !workflow.is_repeatable => Progress::Failed(format!(
                "workflow `{name}` was started, but left no result, and it is not repeatable"
            )),
            AttemptState::Lost if count >= ATTEMPTS => {
                Progress::Failed(format!("workflow `{name}` left no result {count} times"))
            }
            AttemptState::Lost => Progress::Due(workflow),
        },
    }
}

/// Records an attempt, and starts it. `release` has what changes with it. A worker that runs no commands leaves
/// them to one that does: the release waits.
pub(super) fn start(
    look: &Look<'_>,
    mut release: Release,
    environment: Option<&str>,
    purpose: Purpose,
    workflow: &Workflow,
) -> Move {
    let is_command = matches!(workflow.kind, WorkflowKind::Run { .. });
    if is_command && look.facts.commands == Commands::LeaveToOthers {
        return Move::Wait(Waiting {
            environment: environment.map(ToOwned::to_owned),
            why: format!(
                "{} `{}` runs commands, {LEFT_TO_OTHERS}",
                purpose.name(),
                workflow.name
            ),
            until: None,
        });
    }
    let key = key(&release);
    release.attempts.push(Attempt {
        key: key.clone(),
        workflow: workflow.name.clone(),
        purpose,
        environment: environment.map(ToOwned::to_owned),
        round: release.round,
        started: look.now,
        until: look.now + lease(workflow),
        end: None,
    });
    let text = format!("starts {} `{}`", purpose.name(), workflow.name);
    Move::Record(Box::new(Transition {
        event: event(EventKind::WorkflowStarted, environment, text),
        release,
        effects: vec![Effect::StartWorkflow { key }],
    }))
}

/// What to do about an attempt whose end is not recorded.
pub(super) fn follow(look: &Look<'_>, attempt: &Attempt) -> Move {
    let workflow = look.flow.workflows.get(&attempt.workflow);
    let can_be_found = workflow.is_some_and(is_ci);
    let is_over = look.now >= attempt.until;
    match look.facts.attempts.get(&attempt.key) {
        Some(AttemptFact::Ended(end)) => end_of(look, attempt, end.clone()),
        None if is_over || can_be_found => Move::Ask(vec![Question::Attempt(attempt.key.clone())]),
        Some(AttemptFact::Absent) if is_over => end_of(look, attempt, AttemptEnd::lost()),
        Some(AttemptFact::Running) if workflow.is_some_and(|w| is_late(look, attempt, w)) => {
            let end = AttemptEnd {
                state: AttemptState::Failed,
                failure: Some("still runs after its time limit".to_owned()),
                ..AttemptEnd::lost()
            };
            end_of(look, attempt, end)
        }
        Some(AttemptFact::Running) if is_over => Move::Wait(running(attempt, None)),
        _ => Move::Wait(running(attempt, Some(attempt.until))),
    }
}

/// Why a release waits for an attempt.
pub(super) fn running(attempt: &Attempt, until: Option<i64>) -> Waiting {
    Waiting {
        environment: attempt.environment.clone(),
        why: format!("{} `{}` runs", attempt.purpose.name(), attempt.workflow),
        until,
    }
}

fn end_of(look: &Look<'_>, attempt: &Attempt, end: AttemptEnd) -> Move {
    let text = match end.state {
        AttemptState::Succeeded => "has succeeded",
        AttemptState::Failed => "has failed",
        AttemptState::Lost => end.failure.as_deref().unwrap_or("left no result"),
    };
    let text = format!("{} `{}` {text}", attempt.purpose.name(), attempt.workflow);
    let mut release = look.release.clone();
    release.end_attempt(&attempt.key, end);
    Move::Record(Box::new(Transition {
        event: event(
            EventKind::WorkflowEnded,
            attempt.environment.as_deref(),
            text,
        ),
        release,
        effects: Vec::new(),
    }))
}

fn event(kind: EventKind, environment: Option<&str>, text: String) -> Event {
    match environment {
        Some(environment) => Event::of_step(kind, environment, &format!("{{}} {text}")),
        None => Event::of_release(kind, text),
    }
}

/// Whether it is a CI run, which anyone can find by its key.
fn is_ci(workflow: &Workflow) -> bool {
    matches!(workflow.kind, WorkflowKind::GitHub { .. })
}

/// Whether a CI run takes longer than it may.
fn is_late(look: &Look<'_>, attempt: &Attempt, workflow: &Workflow) -> bool {
    look.now >= attempt.started + seconds(workflow) + LEASE_MARGIN
}

fn lease(workflow: &Workflow) -> i64 {
    if is_ci(workflow) {
        CI_LEASE
    } else {
        seconds(workflow) + LEASE_MARGIN
    }
}

fn seconds(workflow: &Workflow) -> i64 {
    i64::try_from(workflow.time_limit.as_secs()).unwrap_or(i64::from(u32::MAX))
}

/// The key of the next attempt: the release's id and the attempt's number, in letters that every CI
/// system takes.
fn key(release: &Release) -> String {
    let character = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') {
            c.to_string()
        } else {
            format!("_{:x}_", u32::from(c))
        }
    };
    let key: String = release.id.chars().map(character).collect();
    format!("{key}.{}", release.attempts.len() + 1)
}
