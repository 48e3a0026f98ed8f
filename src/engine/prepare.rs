//! From a request to a plan: first the branch, which may take a fetch, then the plan.
//!
//! # Why
//!
//! Fetching waits for a network, planning for nothing but the disk and the processor. A server waits
//! for many fetches on one thread and computes plans where they hold nobody up; so each has a
//! function of its own, and [`prepare`] is one after the other.

use super::compute::compute;
use super::error::EngineError;
use super::ports::Ports;
use super::request::Request;
use crate::domain::Action;
use crate::plan::Plan;
use crate::port::{Branch, Event, Publish};

/// A plan and the branch that it is bound to.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The plan; show it.
    pub plan: Plan,
    /// The branch with its tip.
    pub branch: Branch,
}

/// Finds the branch and computes the plan. Writes nothing but fetched objects.
///
/// # Errors
/// [`EngineError`] by kind.
pub async fn prepare(ports: &Ports<'_>, request: &Request) -> Result<Prepared, EngineError> {
    let branch = fetch(ports, request).await?;
    let plan = compute(ports, request, &branch)?;
    Ok(Prepared { plan, branch })
}

/// Finds the branch that the request means, and fetches it where it is a remote's.
///
/// # Errors
/// When there is no such branch, or it cannot be fetched.
pub async fn fetch(ports: &Ports<'_>, request: &Request) -> Result<Branch, EngineError> {
    ports.observer.event(&Event::FindingBranch);
    let mut choice = request.branch.clone();
    if request.action == Some(Action::None) && choice.publish == Publish::Push {
        choice.publish = Publish::Look;
    }
    Ok(ports.repository.branch(&choice).await?)
}
