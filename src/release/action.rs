//! The action of a step: the commit, or the pull request and its merge.
//!
//! # Why
//!
//! A promotion is safe to repeat, since what has landed is found again by what its commit records. So a
//! worker need not wait for another one that may have crashed. The time until which a worker may be
//! promoting is recorded all the same: a release is only terminated once nothing more can happen.

use std::ops::ControlFlow::{self, Break};

use super::event::{Event, EventKind};
use super::facts::{Outcome, PullRequestFact, Question, StepFacts};
use super::look::Look;
use super::next::{Effect, LEFT_TO_OTHERS, Move, Transition, Waiting};
use super::record::{Landed, PullRequest, RefusedBy, Step};
use super::state::{Phase, StepState};
use super::step_move::{ask, fail, record, refuse, suspend};
use crate::domain::{Action, CommitId, ProductStep};
use crate::port::Commands;

/// How long a worker may take to promote.
const PROMOTING: i64 = 600;

/// How much of that time must be left for another try.
const ENOUGH: i64 = 300;

/// Promotes; always ends with something to do.
pub(super) fn act(look: &Look<'_>, planned: &ProductStep, step: &Step) -> ControlFlow<Move> {
    let default = StepFacts::default();
    let facts = look.facts_of(&step.environment).unwrap_or(&default);
    if planned.action == Action::None {
        return Break(match facts.tip {
            Some(tip) => in_place(look, step, (tip, false), "{} needs no commit"),
            None => ask(Question::Tip, step),
        });
    }
    if may_have_landed(look, step) && facts.landed.is_none() {
        return Break(ask(Question::Landed, step));
    }
    if let Some(Some(commit)) = facts.landed {
        return Break(landed(look, step, commit));
    }
    Break(match (facts.outcome(step), &step.pull_request) {
        (Some(Outcome::Committed(commit)), _) => landed(look, step, *commit),
        (Some(Outcome::Unchanged(tip)), _) => {
            in_place(look, step, (*tip, true), "{} already has everything")
        }
        (Some(Outcome::Failed(why)), _) => fail(look, step, why.clone()),
        (Some(Outcome::Held(why)), _) => refuse(look, step, RefusedBy::Guards, why.clone()),
        (Some(Outcome::Rejected(why)), _) => refuse(look, step, RefusedBy::People, why.clone()),
        (Some(Outcome::Proposed(proposed)), None) => {
            suspend(look, &proposing(step, proposed), reason(proposed), None)
        }
        (_, Some(proposed)) => follow(look, step, facts, proposed),
        (None, None) => begin(look, planned, step, facts),
    })
}

/// Promotes for the first time, or again where another worker left no result.
fn begin(look: &Look<'_>, planned: &ProductStep, step: &Step, facts: &StepFacts) -> Move {
    let may_be_merged = planned.action == Action::PullRequest && may_have_landed(look, step);
    match (facts.pull_request, facts.tip) {
        (None, _) if may_be_merged => ask(Question::PullRequest, step),
        (Some(PullRequestFact::Merged), None) => ask(Question::Tip, step),
        (Some(PullRequestFact::Merged), Some(tip)) => landed(look, step, tip),
        _ => promote(look, step, facts),
    }
}

/// Whether a promotion of this step could be on the target's branch.
fn may_have_landed(look: &Look<'_>, step: &Step) -> bool {
    step.promoting_until.is_some() || step.pull_request.is_some() || look.release.round > 1
}

/// The step with its pull request.
pub(super) fn proposing(step: &Step, proposed: &PullRequest) -> Step {
    Step {
        state: StepState::Running,
        promoting_until: None,
        pull_request: Some(proposed.clone()),
        ..step.clone()
    }
}

fn reason(proposed: &PullRequest) -> String {
    match (&proposed.url, proposed.number) {
        (Some(url), _) => format!("waits for the merge of {url}"),
        (None, Some(number)) => format!("waits for the merge of #{number}"),
        (None, None) => format!("waits for the merge of branch `{}`", proposed.branch),
    }
}

/// Waits for the merge of a pull request.
fn follow(look: &Look<'_>, step: &Step, facts: &StepFacts, proposed: &PullRequest) -> Move {
    match facts.pull_request {
        None => ask(Question::PullRequest, step),
        Some(PullRequestFact::Open | PullRequestFact::BranchOnly) => {
            suspend(look, step, reason(proposed), None)
        }
        Some(PullRequestFact::Closed) => {
            let what = proposed.url.as_deref().unwrap_or(&proposed.branch);
            let why = format!("{what} was closed without merging");
            refuse(look, step, RefusedBy::People, why)
        }
        // Its commit does not record the promotion: people can change the message of a merge.
        Some(PullRequestFact::Merged) => match facts.tip {
            Some(tip) => landed(look, step, tip),
            None => ask(Question::Tip, step),
        },
        Some(PullRequestFact::Absent) => promote(look, step, facts),
    }
}

/// Promotes, within the time that is recorded for it. A worker that runs no commands leaves a promotion that
/// needs them to one that does: the release waits.
fn promote(look: &Look<'_>, step: &Step, facts: &StepFacts) -> Move {
    if look.facts.commands == Commands::LeaveToOthers
        && let Some(source) = step.source
    {
        let environment = step.environment.clone();
        match facts.needs_commands {
            None => {
                return Move::Ask(vec![Question::Commands {
                    environment,
                    source,
                }]);
            }
            Some(false) => {}
            Some(true) => {
                return Move::Wait(Waiting {
                    environment: Some(environment),
                    why: format!("commands of `verify` must succeed first, {LEFT_TO_OTHERS}"),
                    until: None,
                });
            }
        }
    }
    let until = step.promoting_until.unwrap_or_default();
    if until >= look.now + ENOUGH {
        return Move::Do(Effect::Promote {
            environment: step.environment.clone(),
            until,
        });
    }
    let until = look.now + PROMOTING;
    let changed = Step {
        state: StepState::Running,
        reason: None,
        promoting_until: Some(until),
        ..step.clone()
    };
    Move::Record(Box::new(Transition {
        release: look.with_step(changed),
        event: Event::of_step(EventKind::Promoting, &step.environment, "promotes to {}"),
        effects: vec![Effect::Promote {
            environment: step.environment.clone(),
            until,
        }],
    }))
}

/// Records that the promotion is in place.
fn landed(look: &Look<'_>, step: &Step, commit: CommitId) -> Move {
    let text = format!("{{}} has the promotion, in {}", commit.short());
    in_place(look, step, (commit, false), &text)
}

/// Records that the action is done; the commit comes with whether the environment is unchanged.
fn in_place(
    look: &Look<'_>,
    step: &Step,
    (commit, is_unchanged): (CommitId, bool),
    text: &str,
) -> Move {
    let changed = Step {
        state: StepState::Running,
        phase: Phase::GatesAfter,
        ..with_landed(look, step, commit, is_unchanged)
    };
    let event = Event::of_step(EventKind::Landed, &step.environment, text);
    record(look, changed, event)
}

/// The step with its promotion in place.
pub(super) fn with_landed(
    look: &Look<'_>,
    step: &Step,
    commit: CommitId,
    is_unchanged: bool,
) -> Step {
    Step {
        reason: None,
        promoting_until: None,
        landed: Some(Landed {
            commit,
            since: look.now,
            is_unchanged,
        }),
        ..step.clone()
    }
}
