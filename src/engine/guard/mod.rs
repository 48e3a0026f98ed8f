//! The guards: checks on a plan, each a file and a line in [`GUARDS`].
//!
//! # Why
//!
//! `--allow`, its help and the JSON schema are derived from this list. A guard writes the messages of
//! its findings itself: a type for each guard's findings would have to be known wherever findings are
//! shown.

mod encrypted;
mod link;
mod moving_version;

use crate::plan::{ApplicationPlan, Finding, Guard};

/// Every guard, in the order in which they run and are listed.
pub const GUARDS: &[Guard] = &[moving_version::GUARD, encrypted::GUARD, link::GUARD];

/// Runs every guard.
pub(super) fn run(applications: &[ApplicationPlan]) -> Vec<Finding> {
    let find = |guard: &Guard| (guard.find)(applications);
    GUARDS.iter().flat_map(find).collect()
}
