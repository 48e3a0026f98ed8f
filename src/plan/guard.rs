//! A check on the plan itself.

use super::Finding;
use super::file::ApplicationPlan;
use crate::domain::GuardName;

/// A check on the plan itself that can hold a promotion.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    /// Its name.
    pub name: GuardName,
    /// What may happen when its hold is lifted: one sentence without a full stop, for the help.
    pub help: &'static str,
    /// Finds what holds the promotion.
    pub find: fn(&[ApplicationPlan]) -> Vec<Finding>,
}
