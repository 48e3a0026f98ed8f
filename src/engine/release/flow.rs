//! The flow of a release, as its configuration has it.
//!
//! # Why
//!
//! A release keeps to the flow, the gates and the workflows that it was started with, whatever changes
//! in the configuration meanwhile.

use std::collections::BTreeMap;

use super::choices::action;
use super::error::ReleaseError;
use super::ports::ReleasePorts;
use crate::domain::{CONFIGURATION, ConfigText, ManualStep, Product, ProductFlow, Settings};
use crate::engine::error::EngineError;
use crate::engine::settings::read_settings;
use crate::inventory::InventoryError;
use crate::release::{Configuration, Manual, Release};

/// The configurations that were read; many releases share one.
#[derive(Default)]
pub(super) struct Flows(BTreeMap<String, Settings>);

impl Flows {
    /// The flow of a release.
    pub(super) fn of(
        &mut self,
        ports: &ReleasePorts<'_>,
        release: &Release,
    ) -> Result<ProductFlow, ReleaseError> {
        let key = match &release.configuration {
            Configuration::Commit(commit) => commit.to_string(),
            Configuration::Text(text) => text.clone(),
        };
        let read = match self.0.remove(&key) {
            Some(known) => known,
            None => settings(ports, &release.configuration)?,
        };
        let settings = self.0.entry(key).or_insert(read);
        match &release.manual {
            None => flow_in(settings, &release.product, &release.flow),
            Some(manual) => {
                let product = product_in(settings, &release.product)?;
                Ok(settings.manual_flow(product, &step_of(release, manual)))
            }
        }
    }
}

/// The flow of a product, as a configuration has it.
pub(super) fn flow_in(
    settings: &Settings,
    product: &str,
    flow: &str,
) -> Result<ProductFlow, ReleaseError> {
    let product = product_in(settings, product)?;
    let unknown = || EngineError::NotConfigured {
        what: "flow",
        name: flow.to_owned(),
        known: settings
            .flows
            .iter()
            .map(|flow| flow.name.clone())
            .collect(),
    };
    let flow = settings.flow(flow).ok_or_else(unknown)?;
    Ok(settings.product_flow(product, flow))
}

pub(super) fn product_in<'s>(
    settings: &'s Settings,
    product: &str,
) -> Result<&'s Product, ReleaseError> {
    let unknown = || EngineError::from(InventoryError::unknown_product(product, settings));
    Ok(settings.product(product).ok_or_else(unknown)?)
}

/// The step of a release that no flow describes.
fn step_of(release: &Release, manual: &Manual) -> ManualStep {
    let first = release.steps.first();
    ManualStep {
        source: manual.from.clone(),
        target: first.map(|s| s.environment.clone()).unwrap_or_default(),
        action: Some(action(manual.action)),
        pre_action: manual.pre_action.clone(),
        post_action: manual.post_action.clone(),
        skipped_gates: manual.skipped_gates.clone(),
    }
}

/// The settings of a configuration.
pub(super) fn settings(
    ports: &ReleasePorts<'_>,
    configuration: &Configuration,
) -> Result<Settings, ReleaseError> {
    match configuration {
        Configuration::Commit(commit) => {
            let snapshot = ports.promotion.repository.snapshot(*commit)?;
            let mut notices = Vec::new();
            let read = read_settings(&ports.promotion, None, snapshot.as_ref(), &mut notices);
            Ok(read?.0)
        }
        Configuration::Text(text) => {
            let main = ConfigText {
                file: CONFIGURATION,
                text,
            };
            let reading = ports.promotion.settings.read(main, &[]);
            Ok(reading.map_err(EngineError::from)?.settings)
        }
    }
}
