//! Plans the promotions to several targets, which are written together or not at all.
//!
//! # Why
//!
//! All plans of a group are computed on one tip, and their commits are pushed as one stack. That is only
//! sound if no plan changes what another one read. So two plans of a group never change the same file.

use std::collections::HashMap;

use super::branches::Branches;
use super::compute::computed;
use super::error::{EngineError, UnmatchedSelector};
use super::ports::Ports;
use super::prepare::{Prepared, refuse_unpushed};
use super::rendered::render_manifests;
use super::request::Request;
use super::verify::verify;
use crate::plan::{Plan, shared_branch_name};
use crate::port::Branch;

/// The plans of a group, one for each request in the same order, and the branch that they are bound to.
#[derive(Clone, Debug)]
pub struct PreparedGroup {
    /// The plans, to be shown before they are applied; at least one.
    pub plans: Vec<Plan>,
    /// The branch of all targets, with its tip.
    pub branch: Branch,
}

impl From<Prepared> for PreparedGroup {
    fn from(Prepared { plan, branch }: Prepared) -> Self {
        let plans = vec![plan];
        Self { plans, branch }
    }
}

impl PreparedGroup {
    /// The name of the branch on which the group is proposed.
    pub fn proposal_branch(&self) -> String {
        let from = self.plans.first().map(|plan| plan.hop().from.name.as_str());
        let branches: Vec<(&str, &str)> = (self.plans.iter())
            .map(|plan| (plan.hop().to.name.as_str(), plan.proposal().branch.as_str()))
            .collect();
        shared_branch_name(from.unwrap_or_default(), &branches)
    }
}

/// Most targets of a group, each of which is a commit of its branch.
pub(super) const MAX_TARGETS: usize = 100;

/// Computes the plans of a group on branches that were found, without running the commands that must
/// succeed on their files.
///
/// # Errors
/// [`EngineError`] by kind; with several requests also when there are too many, or two of them have the same target, change the
/// same file or need different actions.
pub fn plan_group(
    ports: &Ports<'_>,
    requests: &[Request],
    branches: &Branches,
) -> Result<PreparedGroup, EngineError> {
    if requests.len() > MAX_TARGETS {
        return Err(EngineError::TooManyTargets {
            count: requests.len(),
        });
    }
    let mut plans = Vec::new();
    let mut unmatched = Vec::new();
    for request in requests {
        let of_target = |error| of_target(error, requests, &request.to);
        let computed = computed(ports, request, branches).map_err(of_target)?;
        unmatched.push(computed.unmatched);
        let plan = render_manifests(ports, request, computed.plan).map_err(of_target)?;
        plans.push(plan);
    }
    check_selectors(requests, &unmatched)?;
    check_targets(requests, &plans)?;
    let branch = shared_branch(&plans, branches)?;
    for (request, plan) in requests.iter().zip(&plans) {
        refuse_unpushed(request, &branch, &plan.hop().to)?;
    }
    check_files(&plans)?;
    check_actions(&plans)?;
    Ok(PreparedGroup { plans, branch })
}

/// The error with its target, if there are several and it does not concern all of them.
pub(super) fn of_target(error: EngineError, requests: &[Request], target: &str) -> EngineError {
    let concerns_all = matches!(
        error,
        EngineError::Repository(_) | EngineError::Settings(_) | EngineError::Runner(_)
    );
    if requests.len() < 2 || concerns_all {
        return error;
    }
    EngineError::Target {
        target: target.to_owned(),
        source: Box::new(error),
    }
}

/// Runs the commands that must succeed on the files of each plan of a group; none if guards hold a plan
/// already.
///
/// # Errors
/// When the files cannot be checked out, or no shell can be run.
pub fn verify_group(
    ports: &Ports<'_>,
    requests: &[Request],
    plans: Vec<Plan>,
) -> Result<Vec<Plan>, EngineError> {
    let mut all = plans.iter().zip(requests);
    if !all.all(|(plan, request)| request.allow.clears(plan)) {
        return Ok(plans);
    }
    let all = plans.into_iter().zip(requests);
    all.map(|(plan, request)| verify(ports, plan, &request.allow))
        .collect()
}

/// Refuses selectors that match nothing for any of the targets that they are given for: the selector of a
/// place can only match for one.
fn check_selectors(
    requests: &[Request],
    unmatched: &[Vec<UnmatchedSelector>],
) -> Result<(), EngineError> {
    for one in unmatched.iter().flatten() {
        let is_given = |request: &&Request| {
            let is_same = |selector: &String| *selector == one.selector;
            match one.option {
                "--only" => request.only.iter().any(is_same),
                "--except" => request.except.iter().any(is_same),
                _ => request.take.iter().any(|take| is_same(&take.selector)),
            }
        };
        let is_same = |other: &UnmatchedSelector| {
            (other.option, &other.selector) == (one.option, &one.selector)
        };
        let without_match = |list: &&Vec<UnmatchedSelector>| list.iter().any(is_same);
        let given = requests.iter().filter(is_given).count();
        if unmatched.iter().filter(without_match).count() == given {
            return Err(EngineError::NothingSelected(one.clone()));
        }
    }
    Ok(())
}

fn check_targets(requests: &[Request], plans: &[Plan]) -> Result<(), EngineError> {
    let mut known: HashMap<&str, &str> = HashMap::new();
    for (request, plan) in requests.iter().zip(plans) {
        if let Some(other) = known.insert(&plan.hop().to.name, &request.to) {
            return Err(EngineError::SameTarget {
                given: [other.to_owned(), request.to.clone()],
            });
        }
    }
    Ok(())
}

/// The branch of all targets: one push writes all of them or none.
fn shared_branch(plans: &[Plan], branches: &Branches) -> Result<Branch, EngineError> {
    let mut shared: Option<(&Plan, &Branch)> = None;
    for plan in plans {
        let branch = branches.of(&plan.hop().to)?;
        match shared {
            Some((first, other)) if other.repository != branch.repository => {
                return Err(EngineError::DifferentRepositories {
                    targets: [first, plan].map(|plan| plan.hop().to.name.clone()),
                    repositories: [other, branch].map(|branch| branch.repository.clone()),
                });
            }
            Some((first, other)) if other.name != branch.name => {
                return Err(EngineError::DifferentBranches {
                    targets: [first, plan].map(|plan| plan.hop().to.name.clone()),
                    branches: [other, branch].map(|branch| branch.name.clone()),
                });
            }
            Some(_) => {}
            None => shared = Some((plan, branch)),
        }
    }
    Ok(shared.map_or(&branches.home, |(_, branch)| branch).clone())
}

fn check_files(plans: &[Plan]) -> Result<(), EngineError> {
    let mut known: HashMap<&str, &Plan> = HashMap::new();
    for plan in plans {
        for file in plan.changed_files() {
            let other = known.insert(file.path.as_str(), plan);
            if let Some(other) = other.filter(|other| !std::ptr::eq(*other, plan)) {
                return Err(EngineError::SharedFile {
                    targets: [other, plan].map(|plan| plan.hop().to.name.clone()),
                    path: file.path.clone(),
                });
            }
        }
    }
    Ok(())
}

fn check_actions(plans: &[Plan]) -> Result<(), EngineError> {
    let mut changing = plans.iter().filter(|plan| !plan.is_empty());
    let Some(first) = changing.next() else {
        return Ok(());
    };
    match changing.find(|plan| plan.action() != first.action()) {
        None => Ok(()),
        Some(other) => Err(EngineError::DifferentActions {
            targets: [first, other].map(|plan| plan.hop().to.name.clone()),
            actions: [first, other].map(Plan::action),
        }),
    }
}
