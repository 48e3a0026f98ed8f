//! The flow of a release, as its configuration has it.
//!
//! # Why
//!
//! A release keeps to the flow, the gates and the workflows that it was started with, whatever changes
//! in the configuration meanwhile.

use std::collections::BTreeMap;

use super::error::ReleaseError;
use super::ports::ReleasePorts;
use crate::domain::{CONFIGURATION, ConfigText, ProductFlow, Settings};
use crate::engine::error::EngineError;
use crate::engine::settings::read_settings;
use crate::inventory::InventoryError;
use crate::release::{Configuration, Release};

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
        flow_in(settings, &release.product, &release.flow)
    }
}

/// The flow of a product, as a configuration has it.
pub(super) fn product_flow(
    ports: &ReleasePorts<'_>,
    configuration: &Configuration,
    product: &str,
    flow: &str,
) -> Result<ProductFlow, ReleaseError> {
    flow_in(&settings(ports, configuration)?, product, flow)
}

fn flow_in(settings: &Settings, product: &str, flow: &str) -> Result<ProductFlow, ReleaseError> {
    let unknown = || EngineError::from(InventoryError::unknown_product(product, settings));
    let product = settings.product(product).ok_or_else(unknown)?;
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

/// The settings of a configuration.
fn settings(
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
