//! Computes the plan that records a baseline without promoting anything.
//!
//! # Why
//!
//! The base of a promotion is inferred where nothing is recorded, and a commit by hand can move what was
//! never meant. So people can name what counts as promoted. It is a commit like any other: policies apply
//! to it, and the history shows who made it.

use super::branches::Branches;
use super::computed::Computed;
use super::decide::Rules;
use super::error::EngineError;
use super::file_plan::PlannedFiles;
use super::history::Records;
use super::plan_parts::PlanParts;
use super::ports::Ports;
use super::product;
use super::request::Request;
use super::settings::read_settings;
use crate::domain::ApplicationName;
use crate::inventory::{self, ApplicationChoice, EnvironmentPair};
use crate::port::Event;

/// Computes the plan on the tip of the target's branch. This only reads objects of the repository.
pub(super) fn compute(
    ports: &Ports<'_>,
    request: &Request,
    revision: &str,
    branches: &Branches,
) -> Result<Computed, EngineError> {
    let repository = ports.repository;
    let mut notices = Vec::new();
    let home = repository.snapshot(branches.home.tip)?;
    let given = request.settings.as_ref();
    let (settings, origin) = read_settings(ports, given, home.as_ref(), &mut notices)?;
    let hop = inventory::hop(&request.from, &request.to, &settings)?;
    let of_source = branches.of(&hop.from)?;
    let source = branches.revision(ports, &hop.from.name, revision)?;
    let source = repository.snapshot(source)?;
    if !ports.history.is_ancestor(source.commit(), of_source.tip)? {
        return Err(EngineError::NotOnBranch {
            commit: source.commit(),
            branch: of_source.name.clone(),
        });
    }
    let branch = branches.of(&hop.to)?;
    let target = repository.snapshot(branch.tip)?;
    let commits = (source.as_ref(), target.as_ref());
    let environments = EnvironmentPair::new(&hop, commits, &settings)?;
    ports.observer.event(&Event::PairingFiles);
    let (request, by_default) = product::with_product(request, &settings, &environments)?;
    notices.extend(by_default);
    let located = environments.locate(ApplicationChoice {
        applications: &request.applications,
        products: &request.products,
    })?;
    let Some(chosen) = located.applications() else {
        return Err(EngineError::NoApplicationChosen);
    };
    let naming = located.naming_with_found();
    let records = Records::find(ports, branch.tip, located.naming())?;
    let is_new = |name: &&ApplicationName| !records.ends_with_baseline(name, source.commit());
    let plan = PlanParts {
        request: &request,
        settings: &settings,
        origin,
        rules: &Rules::new(&settings, &request.products, None)?,
        hop: hop.clone(),
        naming: &naming,
        source: source.commit(),
        source_repository: branches.source_repository(&hop)?,
        branch,
        target: target.as_ref(),
        chosen: Some(chosen),
        baseline_of: chosen.iter().filter(is_new).cloned().collect(),
        undone_record: None,
        planned: PlannedFiles::default(),
        notices,
        clone_notices: branches.notices(&hop)?,
    }
    .finish()?;
    Ok(Computed {
        plan,
        matched: Vec::new(),
        unmatched: Vec::new(),
    })
}
