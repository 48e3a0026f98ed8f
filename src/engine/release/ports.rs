//! The adapters that releases use.

use crate::engine::ports::Ports;
use crate::port::{Gates, Releases, Workflows};

/// The outside world of releases, behind its traits.
#[derive(Clone, Copy)]
pub struct ReleasePorts<'a> {
    /// What a promotion uses.
    pub promotion: Ports<'a>,
    /// The records.
    pub releases: &'a dyn Releases,
    /// Runs workflows.
    pub workflows: &'a dyn Workflows,
    /// Checks gates.
    pub gates: &'a dyn Gates,
}
