//! From a request to a plan: finds the branch, then computes the plan on its tip.
//!
//! # Why
//!
//! Fetching waits for the network; planning only uses the disk and the processor. A server can await
//! many fetches on one thread, but should compute plans on others. So each is a function of its own,
//! and [`prepare`] calls one after the other.

use super::compute::compute;
use super::error::EngineError;
use super::ports::Ports;
use super::rendered::render_manifests;
use super::request::Request;
use super::verify::verify;
use crate::domain::Action;
use crate::plan::Plan;
use crate::port::{Branch, Event, Publish};

/// A plan and the branch that it is bound to.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The plan, to be shown before it is applied.
    pub plan: Plan,
    /// The branch with its tip.
    pub branch: Branch,
}

/// Finds the branch, computes the plan, and runs the commands that must succeed on its files. Writes
/// nothing but fetched objects and temporary files.
///
/// # Errors
/// [`EngineError`] by kind.
pub async fn prepare(ports: &Ports<'_>, request: &Request) -> Result<Prepared, EngineError> {
    let branch = fetch(ports, request).await?;
    prepare_on(ports, request, branch)
}

/// Computes the plan on a branch that was found, and runs the commands that must succeed on its files.
///
/// # Errors
/// [`EngineError`] by kind.
pub fn prepare_on(
    ports: &Ports<'_>,
    request: &Request,
    branch: Branch,
) -> Result<Prepared, EngineError> {
    let Prepared { plan, branch } = plan_on(ports, request, branch)?;
    let plan = verify(ports, plan, &request.allow)?;
    Ok(Prepared { plan, branch })
}

/// Computes the plan on a branch that was found, without running the commands that must succeed on its
/// files; [`verify`] and `apply` run them.
///
/// # Errors
/// [`EngineError`] by kind.
pub fn plan_on(
    ports: &Ports<'_>,
    request: &Request,
    branch: Branch,
) -> Result<Prepared, EngineError> {
    let plan = compute(ports, request, &branch)?;
    let plan = render_manifests(ports, request, plan)?;
    Ok(Prepared { plan, branch })
}

/// Finds the branch of the request, and fetches it if it is a remote's.
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
