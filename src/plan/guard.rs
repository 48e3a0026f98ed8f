//! A check on the plan itself.

use super::file::{ApplicationPlan, PlannedDifference};
use crate::domain::{GuardName, Naming};

/// A check on the plan itself that can hold a promotion.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    /// Its name.
    pub name: GuardName,
    /// Finds what is wrong with the changes of an application.
    pub find: fn(&ApplicationPlan, &Naming) -> Vec<Problem>,
}

/// What a guard found at one place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The selector of the difference.
    pub selector: String,
    /// What is wrong.
    pub message: String,
}

impl Problem {
    /// A problem with a promoted difference, named by application, place and change.
    pub fn with(
        application: &ApplicationPlan,
        difference: &PlannedDifference,
        problem: &str,
    ) -> Self {
        let change = difference.shown_change();
        Self {
            selector: difference.selector.clone(),
            message: format!("{} {change} {problem}", application.name),
        }
    }

    /// The promoted changes of versions in which `problem` finds something wrong.
    pub fn of_versions(
        application: &ApplicationPlan,
        problem: impl Fn(&str, &str) -> Option<&'static str>,
    ) -> Vec<Self> {
        let found = |difference: &PlannedDifference| {
            let (before, after) = difference.version_change()?;
            let problem = problem(before, after)?;
            Some(Self::with(application, difference, problem))
        };
        application.promoted().filter_map(found).collect()
    }
}
