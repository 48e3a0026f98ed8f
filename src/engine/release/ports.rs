//! The adapters that releases use.

use crate::engine::ports::Ports;
use crate::port::{ForgeChecks, Gates, Releases, Workflows};

/// The outside world of releases, behind its traits.
#[derive(Clone, Copy)]
pub struct ReleasePorts<'a> {
    /// What a promotion uses.
    pub promotion: Ports<'a>,
    /// The records.
    pub releases: &'a dyn Releases,
    /// Runs workflows.
    pub workflows: &'a dyn Workflows,
    /// Confirms who a token belongs to, if the forge is a known one.
    pub checks: Option<&'a dyn ForgeChecks>,
    /// Checks gates.
    pub gates: &'a dyn Gates,
}
