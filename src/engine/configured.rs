//! The configuration of a branch, for commands that show what it sets.

use super::error::EngineError;
use super::ports::Ports;
use super::settings::read_settings;
use crate::domain::{Environment, Flow, Origin, PolicyEvaluation, Product, ProductFlow, Settings};
use crate::inventory::InventoryError;
use crate::plan::Notice;
use crate::port::{Branch, BranchChoice, Event, Publish, RepositoryError};

/// The configuration of a branch.
#[derive(Clone, Debug)]
pub struct BranchConfiguration {
    /// The branch.
    pub branch: Branch,
    /// Its settings, or those of `--config`.
    pub settings: Settings,
    /// Where they come from.
    pub origin: Origin,
    /// Places that are probably mistakes.
    pub notices: Vec<Notice>,
}

/// Reads the configuration of a branch; `given` are the settings of `--config`.
///
/// # Errors
/// When the branch cannot be read, or the configuration has faults.
pub async fn read_configuration(
    ports: &Ports<'_>,
    choice: &BranchChoice,
    given: Option<&Settings>,
) -> Result<BranchConfiguration, EngineError> {
    ports.observer.event(&Event::FindingBranch);
    let branch = ports.repository.branch(choice).await?;
    configuration_on(ports, branch, given)
}

/// Finds the default branch, whatever is checked out.
pub(super) async fn default_branch(ports: &Ports<'_>) -> Result<Branch, RepositoryError> {
    let choice = |branch| BranchChoice {
        repository: None,
        branch,
        publish: Publish::Look,
    };
    match ports.repository.branch(&choice(None)).await {
        Err(RepositoryError::OtherBranch { default, .. }) => {
            ports.repository.branch(&choice(Some(default))).await
        }
        found => found,
    }
}

/// Reads the configuration of a branch that was found; `given` are the settings of `--config`.
///
/// # Errors
/// When the branch cannot be read, or the configuration has faults.
pub fn configuration_on(
    ports: &Ports<'_>,
    mut branch: Branch,
    given: Option<&Settings>,
) -> Result<BranchConfiguration, EngineError> {
    let snapshot = ports.repository.snapshot(branch.tip)?;
    let mut notices = std::mem::take(&mut branch.notices);
    let (settings, origin) = read_settings(ports, given, snapshot.as_ref(), &mut notices)?;
    Ok(BranchConfiguration {
        branch,
        settings,
        origin,
        notices,
    })
}

impl BranchConfiguration {
    /// The product with that name.
    ///
    /// # Errors
    /// When the configuration has no such product.
    pub fn product(&self, name: &str) -> Result<&Product, EngineError> {
        let product = self.settings.product(name);
        Ok(product.ok_or_else(|| InventoryError::unknown_product(name, &self.settings))?)
    }

    /// The flow with that name.
    ///
    /// # Errors
    /// When the configuration has no such flow.
    pub fn flow(&self, name: &str) -> Result<&Flow, EngineError> {
        let known = || self.settings.flows.iter().map(|flow| flow.name.clone());
        (self.settings.flow(name)).ok_or_else(|| EngineError::NotConfigured {
            what: "flow",
            name: name.to_owned(),
            known: known().collect(),
        })
    }

    /// The environment with that name or alias; any name if none are configured.
    ///
    /// # Errors
    /// When environments are configured, but not this one.
    pub fn environment(&self, name: &str) -> Result<Environment, EngineError> {
        let environments = &self.settings.environments;
        match self.settings.environment(name) {
            Some(environment) => Ok(environment.clone()),
            None if environments.is_empty() => Ok(Environment::named(name)),
            None => Err(EngineError::NotConfigured {
                what: "environment",
                name: name.to_owned(),
                known: environments.iter().map(|e| e.name.clone()).collect(),
            }),
        }
    }

    /// The settings of a product's promotion to an environment, as a step of a flow if one is named.
    ///
    /// # Errors
    /// When the configuration has no such product, environment or flow, or the flow has no such step.
    pub fn evaluate(
        &self,
        product: &str,
        target: &str,
        flow: Option<&str>,
    ) -> Result<PolicyEvaluation, EngineError> {
        let product = self.product(product)?;
        let target = self.environment(target)?;
        let flow = flow.map(|name| self.flow(name)).transpose()?;
        if let Some(flow) = flow
            && !flow
                .steps
                .iter()
                .any(|step| target.has_name(&step.environment))
        {
            let steps = flow.steps.iter();
            return Err(EngineError::NotAStep {
                flow: flow.name.clone(),
                environment: target.name,
                steps: steps.map(|step| step.environment.clone()).collect(),
            });
        }
        Ok(self.settings.evaluate(product, &target, flow))
    }

    /// The flow as a release of a product runs it.
    ///
    /// # Errors
    /// When the configuration has no such product or flow.
    pub fn product_flow(&self, product: &str, flow: &str) -> Result<ProductFlow, EngineError> {
        Ok(self
            .settings
            .product_flow(self.product(product)?, self.flow(flow)?))
    }
}
