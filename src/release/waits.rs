//! What a release waits for, as the records have it.
//!
//! # Why
//!
//! A look at a release must not ask its gates: that can run a command or call a server, once for each look
//! of each person. So it shows what was found when the release was last moved forward.

use super::facts::Other;
use super::next::Waiting;
use super::queue;
use super::record::{Release, Step};
use super::state::{ReleaseState, StepState};
use super::workflow;

impl Release {
    /// The steps that wait for something.
    pub fn suspended_steps(&self) -> impl Iterator<Item = &Step> {
        let steps = self.steps.iter();
        steps.filter(|step| step.state == StepState::Suspended)
    }

    /// Whether an approval may be what it waits for, as far as its steps show.
    pub fn may_await_approvals(&self) -> bool {
        !self.state.is_end() && self.suspended_steps().next().is_some()
    }

    /// What it waits for, as the records have it; `others` are the other releases of its product.
    pub fn recorded_waits(&self, others: &[Other]) -> Vec<Waiting> {
        let first = match self.state {
            ReleaseState::Queued => queue::first(self, others),
            _ => None,
        };
        let attempts = self.open_attempts();
        let attempts = attempts.map(|attempt| workflow::running(attempt, Some(attempt.until)));
        let steps = self.suspended_steps().filter_map(|step| {
            Some(Waiting {
                environment: Some(step.environment.clone()),
                why: step.reason.clone()?,
                until: None,
            })
        });
        (first.map(queue::behind).into_iter())
            .chain(attempts)
            .chain(steps)
            .collect()
    }
}
