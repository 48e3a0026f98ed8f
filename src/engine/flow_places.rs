//! Checks that products have applications in all environments of their flows.

use std::collections::{BTreeMap, BTreeSet};

use super::error::EngineError;
use crate::domain::{ApplicationName, Environment, Flow, Product, Settings};
use crate::inventory::{Inventory, Location};
use crate::port::Snapshot;

/// A product that has no application in an environment of one of its flows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MissingApplication {
    /// The product.
    pub product: String,
    /// The flow.
    pub flow: String,
    /// The environment.
    pub environment: String,
}

/// Finds products that have no application in an environment of one of their flows: such a step would have
/// nothing to promote.
///
/// # Errors
/// When the commit cannot be read.
pub fn missing_applications(
    snapshot: &dyn Snapshot,
    settings: &Settings,
) -> Result<Vec<MissingApplication>, EngineError> {
    let runs: Vec<(&Product, &Flow)> = (settings.products.iter())
        .flat_map(|product| {
            let flows = product.flows.iter();
            flows.filter_map(move |choice| Some((product, settings.flow(&choice.flow)?)))
        })
        .collect();
    let names: BTreeSet<&str> = runs
        .iter()
        .flat_map(|(_, flow)| flow.environments())
        .collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let environment = |name: &str| {
        let configured = settings.environment(name).cloned();
        configured.unwrap_or_else(|| Environment::named(name))
    };
    let environments: Vec<Environment> = names.iter().map(|name| environment(name)).collect();
    let location = Location {
        repository: "",
        snapshot,
        folder: None,
        settings,
    };
    let mut inventory = Inventory::default();
    inventory.add(location, &environments)?;
    let applications: BTreeMap<&str, Vec<&ApplicationName>> = (inventory.views().iter())
        .map(|view| {
            let applications = view.applications.keys().collect();
            (view.environment.name.as_str(), applications)
        })
        .collect();
    let has_one = |product: &Product, environment: &str| {
        let configured = settings.environment(environment);
        if configured.is_some_and(|environment| environment.location.is_elsewhere()) {
            // Its files are not in this commit.
            return true;
        }
        let mut there = applications.get(environment).into_iter().flatten();
        there.any(|name| product.applications.iter().any(|word| name.matches(word)))
    };
    let mut missing = Vec::new();
    for (product, flow) in runs {
        for environment in flow.environments() {
            if !has_one(product, environment) {
                missing.push(MissingApplication {
                    product: product.name.clone(),
                    flow: flow.name.clone(),
                    environment: environment.to_owned(),
                });
            }
        }
    }
    Ok(missing)
}
