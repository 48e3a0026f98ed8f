//! One look at a release: everything that a decision depends on.

use super::facts::{Facts, StepFacts};
use super::record::{Release, Step};
use super::state::{ReleaseState, StepState};
use crate::domain::{ProductFlow, ProductStep};

/// Everything that a decision depends on.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub release: &'a Release,
    pub flow: &'a ProductFlow,
    pub facts: &'a Facts,
    /// When the look began, in seconds since 1970: all facts are from then or later.
    pub now: i64,
}

impl<'a> Look<'a> {
    /// What the flow has for a step.
    pub(super) fn planned(&self, environment: &str) -> Option<&'a ProductStep> {
        let mut steps = self.flow.steps.iter();
        steps.find(|step| step.environment == environment)
    }

    /// What is known about a step.
    pub(super) fn facts_of(&self, environment: &str) -> Option<&'a StepFacts> {
        self.facts.steps.get(environment)
    }

    /// The release with a changed step, and the state that follows from it.
    pub(super) fn with_step(&self, step: Step) -> Release {
        let mut release = self.release.clone();
        release.set_step(step);
        if matches!(
            release.state,
            ReleaseState::Running | ReleaseState::Suspended
        ) {
            release.state = state(&release);
        }
        release
    }
}

/// Suspended if all active steps are.
fn state(release: &Release) -> ReleaseState {
    let mut active = release.steps.iter().filter(|s| s.state.is_active());
    let has_active = active.clone().next().is_some();
    if has_active && active.all(|step| step.state == StepState::Suspended) {
        ReleaseState::Suspended
    } else {
        ReleaseState::Running
    }
}
