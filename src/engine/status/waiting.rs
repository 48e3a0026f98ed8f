//! How many version differences wait for a promotion.

use std::collections::BTreeMap;

use super::table::Status;
use crate::domain::{ApplicationName, Settings};
use crate::engine::compute::compute;
use crate::engine::error::EngineError;
use crate::engine::ports::Ports;
use crate::engine::request::{DefaultProduct, Request};
use crate::plan::FilePlan;

/// Counts the version differences that a promotion from each environment to the next would move.
pub(super) fn count(
    ports: &Ports<'_>,
    status: &mut Status,
    settings: &Settings,
) -> Result<(), EngineError> {
    for at in 1..status.environments.len() {
        let has_both = |environments: &[Option<_>]| {
            environments[at - 1].is_some() && environments[at].is_some()
        };
        let chosen = status.applications.iter();
        let chosen = chosen.filter(|application| has_both(&application.environments));
        let names: Vec<String> = chosen.map(|a| a.name.0.clone()).collect();
        if names.is_empty() {
            continue;
        }
        let (from, to) = (&status.environments[at - 1], &status.environments[at]);
        let request = Request {
            applications: names,
            default_product: DefaultProduct::Ignored,
            settings: Some(settings.clone()),
            ..Request::between(from, to)
        };
        let plan = match compute(ports, &request, &status.branch) {
            Ok(plan) => plan,
            // These environments cannot be promoted to each other.
            Err(EngineError::Inventory(_)) => continue,
            Err(error) => return Err(error),
        };
        let mut waiting: BTreeMap<&ApplicationName, usize> = BTreeMap::new();
        for application in plan.applications() {
            let differences = application.files.iter().flat_map(FilePlan::promoted);
            let versions = differences.filter(|difference| difference.version.is_some());
            waiting.insert(&application.name, versions.count());
        }
        for application in &mut status.applications {
            if has_both(&application.environments)
                && let Some(cell) = &mut application.environments[at]
            {
                cell.waiting = Some(waiting.get(&application.name).copied().unwrap_or(0));
            }
        }
    }
    Ok(())
}
