//! Checks on the plan itself: a file each, and a line in [`GUARDS`].
//!
//! # Why
//!
//! The names, their order, `--allow` with its help, and the JSON schema all come from this list. A
//! guard words its own findings, because a type for each guard's findings would have to be known
//! everywhere that findings are shown.

mod encrypted;
mod moving_version;

use crate::plan::{ApplicationPlan, Finding, Guard};

/// Every guard, in the order in which they run and are listed.
pub const GUARDS: &[Guard] = &[moving_version::GUARD, encrypted::GUARD];

/// Runs every guard.
pub(super) fn run(applications: &[ApplicationPlan]) -> Vec<Finding> {
    let find = |guard: &Guard| (guard.find)(applications);
    GUARDS.iter().flat_map(find).collect()
}
