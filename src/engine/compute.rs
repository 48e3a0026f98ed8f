//! From a request to a plan.

use crate::plan::Plan;
use crate::port::{Branch, Clock, Progress, Repository, SettingsReader};

use super::EngineError;
use super::request::Request;

/// The outside world, behind its traits.
#[derive(Clone, Copy)]
pub struct Ports<'a> {
    /// The Git repository.
    pub repository: &'a dyn Repository,
    /// Reads configurations.
    pub settings: &'a dyn SettingsReader,
    /// For deadlines.
    pub clock: &'a dyn Clock,
    /// Is told how far it is.
    pub progress: &'a dyn Progress,
}

/// A plan and the branch that it is bound to.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The plan; show it.
    pub plan: Plan,
    /// The branch with its tip.
    pub branch: Branch,
}

/// Finds the branch, reads the settings, and computes the plan. Writes nothing but fetched objects.
///
/// # Errors
/// [`EngineError`] by kind.
pub async fn prepare(ports: &Ports<'_>, request: &Request) -> Result<Prepared, EngineError> {
    let _ = (ports, request);
    todo!()
}
