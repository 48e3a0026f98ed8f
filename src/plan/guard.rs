//! A check on the plan itself.

use super::file::ApplicationPlan;
use crate::domain::GuardName;

/// A check on the plan itself that can hold a promotion.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    /// Its name.
    pub name: GuardName,
    /// Finds what is wrong with the changes of an application.
    pub find: fn(&ApplicationPlan) -> Vec<Problem>,
}

/// What a guard found at one place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The selector of the difference.
    pub selector: String,
    /// What is wrong.
    pub message: String,
}
