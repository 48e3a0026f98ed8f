//! From a request to a plan: finds the branches, then computes the plan on their tips.
//!
//! # Why
//!
//! Fetching waits for the network; planning only uses the disk and the processor. A server can await
//! many fetches on one thread, but should compute plans on others. So each is a function of its own,
//! and [`prepare`] calls one after the other.

use super::branches::{Branches, fetch};
use super::compute::compute;
use super::error::EngineError;
use super::ports::Ports;
use super::rendered::render_manifests;
use super::request::Request;
use super::verify::verify;
use crate::domain::{Action, Environment};
use crate::plan::Plan;
use crate::port::{Branch, Publish};

/// A plan and the branch that it changes.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The plan, to be shown before it is applied.
    pub plan: Plan,
    /// The target's branch, with the tip that the plan is bound to.
    pub branch: Branch,
}

impl Prepared {
    /// A plan that was computed on these branches.
    ///
    /// # Errors
    /// [`EngineError::BranchNotFetched`], if it was computed on others.
    pub fn new(plan: Plan, branches: &Branches) -> Result<Self, EngineError> {
        let branch = branches.of(&plan.hop().to)?.clone();
        Ok(Self { plan, branch })
    }
}

/// Finds the branches, computes the plan, and runs the commands that must succeed on its files. Writes
/// nothing but fetched objects and temporary files.
///
/// # Errors
/// [`EngineError`] by kind.
pub async fn prepare(ports: &Ports<'_>, request: &Request) -> Result<Prepared, EngineError> {
    let branches = fetch(ports, request).await?;
    prepare_on(ports, request, &branches)
}

/// Computes the plan on branches that were found, and runs the commands that must succeed on its files.
///
/// # Errors
/// [`EngineError`] by kind.
pub fn prepare_on(
    ports: &Ports<'_>,
    request: &Request,
    branches: &Branches,
) -> Result<Prepared, EngineError> {
    let Prepared { plan, branch } = plan_on(ports, request, branches)?;
    let plan = verify(ports, plan, &request.allow)?;
    Ok(Prepared { plan, branch })
}

/// Computes the plan on branches that were found, without running the commands that must succeed on its
/// files; [`verify`] and `apply` run them.
///
/// # Errors
/// [`EngineError`] by kind.
pub fn plan_on(
    ports: &Ports<'_>,
    request: &Request,
    branches: &Branches,
) -> Result<Prepared, EngineError> {
    let plan = compute(ports, request, branches)?;
    let plan = render_manifests(ports, request, plan)?;
    let prepared = Prepared::new(plan, branches)?;
    refuse_unpushed(request, &prepared.branch, &prepared.plan.hop().to)?;
    Ok(prepared)
}

/// Refuses a promotion into another repository that must not be pushed; a preview can be made.
pub(super) fn refuse_unpushed(
    request: &Request,
    branch: &Branch,
    target: &Environment,
) -> Result<(), EngineError> {
    match &branch.repository {
        Some(repository)
            if request.branch.publish == Publish::Local && request.action != Some(Action::None) =>
        {
            Err(EngineError::HasToBePushed {
                environment: target.name.clone(),
                repository: repository.clone(),
            })
        }
        _ => Ok(()),
    }
}
