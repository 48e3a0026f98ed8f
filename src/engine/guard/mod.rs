//! Checks on the plan itself: one file each, registered here.

mod clear;
mod encrypted;
mod moving_version;

pub use clear::clear;

use crate::plan::{ApplicationPlan, Finding};

/// Runs every guard, in the order of `GuardName::ALL`.
pub(super) fn run(applications: &[ApplicationPlan]) -> Vec<Finding> {
    [moving_version::find, encrypted::find]
        .iter()
        .flat_map(|find| find(applications))
        .collect()
}
