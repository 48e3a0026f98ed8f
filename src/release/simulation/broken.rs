//! Rules that are broken on purpose, to prove that the simulation notices.
//!
//! # Why
//!
//! The rules themselves have no switches for tests. A rule is broken by deceiving it: it gets a flow, a
//! record or facts in which what it depends on is missing; or the worker or the chain does not keep its
//! part of the agreement.

use std::time::Duration;

use crate::domain::ProductFlow;
use crate::port::GateState;
use crate::release::{AttemptState, Facts, Next, PullRequestFact, Release, ReleaseState, advance};

/// A broken rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Broken {
    ForgetsDependencies,
    IgnoresLeases,
    RepeatsEveryWorkflow,
    IgnoresFailedWorkflows,
    IgnoresGates,
    IgnoresRejections,
    NeverLooksForWhatLanded,
    TerminatesWithoutWaiting,
    LeavesPullRequestsOpen,
    IgnoresTheTimeLimit,
    RetriesEverything,
    IgnoresTheQueue,
    JumpsTheQueue,
    PromotesTheTip,
    AppendsToAnyTip,
    ActsBeforeItRecords,
    StartsAfterItsLease,
    PromotesAfterItsTime,
}

/// All of them.
pub const ALL: [Broken; 18] = [
    Broken::ForgetsDependencies,
    Broken::IgnoresLeases,
    Broken::RepeatsEveryWorkflow,
    Broken::IgnoresFailedWorkflows,
    Broken::IgnoresGates,
    Broken::IgnoresRejections,
    Broken::NeverLooksForWhatLanded,
    Broken::TerminatesWithoutWaiting,
    Broken::LeavesPullRequestsOpen,
    Broken::IgnoresTheTimeLimit,
    Broken::RetriesEverything,
    Broken::IgnoresTheQueue,
    Broken::JumpsTheQueue,
    Broken::PromotesTheTip,
    Broken::AppendsToAnyTip,
    Broken::ActsBeforeItRecords,
    Broken::StartsAfterItsLease,
    Broken::PromotesAfterItsTime,
];

/// [`advance`], with one of its rules broken.
pub fn advance_with(
    broken: Option<Broken>,
    release: &Release,
    flow: &ProductFlow,
    facts: &Facts,
    now: i64,
) -> Next {
    let Some(broken) = broken else {
        return advance(release, flow, facts, now);
    };
    let (mut seen, mut flow, mut facts) = (release.clone(), flow.clone(), facts.clone());
    match broken {
        Broken::ForgetsDependencies => {
            for step in &mut flow.steps {
                step.depends_on.clear();
                step.from.clone_from(&flow.trigger_environment);
            }
        }
        Broken::IgnoresLeases => {
            for attempt in &mut seen.attempts {
                attempt.until = 0;
            }
        }
        Broken::RepeatsEveryWorkflow => {
            for workflow in flow.workflows.values_mut() {
                workflow.is_repeatable = true;
            }
        }
        Broken::IgnoresFailedWorkflows => {
            let ends = seen.attempts.iter_mut().filter_map(|a| a.end.as_mut());
            ends.for_each(|end| end.state = AttemptState::Succeeded);
        }
        Broken::IgnoresGates => {
            for step in facts.steps.values_mut() {
                step.gates.values_mut().for_each(|g| *g = GateState::Passed);
            }
        }
        Broken::IgnoresRejections => {
            for step in facts.steps.values_mut() {
                if step.pull_request == Some(PullRequestFact::Closed) {
                    step.pull_request = Some(PullRequestFact::Open);
                }
            }
        }
        Broken::TerminatesWithoutWaiting if seen.state == ReleaseState::Terminating => {
            seen.steps.iter_mut().for_each(|s| s.promoting_until = None);
        }
        Broken::LeavesPullRequestsOpen if seen.state == ReleaseState::Terminating => {
            for step in facts.steps.values_mut() {
                step.pull_request = step.pull_request.map(|_| PullRequestFact::Closed);
            }
        }
        Broken::IgnoresTheTimeLimit => flow.time_limit = flow.time_limit.map(|_| Duration::MAX),
        _ => {}
    }
    let mut next = advance(&seen, &flow, &facts, now);
    if let (Broken::IgnoresLeases | Broken::IgnoresFailedWorkflows, Next::Record(made)) =
        (broken, &mut next)
    {
        // The record itself is not changed by the deception.
        for (own, real) in made.release.attempts.iter_mut().zip(&release.attempts) {
            own.until = real.until;
            if own.end.is_some() && real.end.is_some() {
                own.end.clone_from(&real.end);
            }
        }
    }
    next
}
