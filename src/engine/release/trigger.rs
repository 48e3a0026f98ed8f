//! Starts the releases that the commits of a push trigger.

use super::error::ReleaseError;
use super::flow::{flow_in, settings};
use super::ports::ReleasePorts;
use super::records::{Decision, ProductReleases, Recorded, of_product, record};
use super::view::is_ancestor;
use crate::domain::CommitId;
use crate::engine::trigger::{FlowTrigger, ProductTrigger, Triggers};
use crate::release::{Configuration, NewRelease, create, started_by};

/// The release of a push.
#[derive(Clone, Debug)]
pub struct Triggered {
    /// The releases of its product.
    pub product: ProductReleases,
    /// Its number.
    pub number: u64,
    /// Whether the push started it just now.
    pub is_new: bool,
}

impl Triggered {
    /// Its id.
    pub fn id(&self) -> &str {
        (self.product.release(self.number)).map_or("", |release| release.id.as_str())
    }
}

/// Starts the flow of a product that a push triggers, unless the push has started one before, or a newer
/// one has all of its changes; `None` if it triggers none.
///
/// # Errors
/// When the records cannot be read or written, or the product rejects a second release.
pub async fn start_triggered(
    ports: &ReleasePorts<'_>,
    triggers: &Triggers,
    product: &ProductTrigger,
) -> Result<Option<Triggered>, ReleaseError> {
    let Some(started) = product.started() else {
        return Ok(None);
    };
    let (flow, _) = started;
    let configuration = Configuration::Commit(triggers.branch.tip);
    let settings = settings(ports, &configuration)?;
    let planned = flow_in(&settings, &product.product, &flow.flow)?;
    let by = ports.promotion.actor()?;
    let releases = of_product(ports, &product.product).await?;
    let triggered = record(ports, releases, |releases| {
        if let Some(number) = earlier(ports, triggers, started, releases)? {
            return Ok(Decision::Found(number));
        }
        let new = NewRelease {
            configuration: configuration.clone(),
            applications: Vec::new(),
            manual: None,
            branch: branch_of(triggers).map(ToOwned::to_owned),
            source: triggers.commit,
            trigger: Some(triggers.commit),
            by: by.clone(),
            acted_by: ports.promotion.acted_by.map(ToString::to_string),
            now: ports.promotion.clock.now(),
        };
        let created = create(new, &planned, &releases.others(None))?;
        Ok(Decision::Record(Box::new(created)))
    });
    let Recorded {
        product,
        number,
        is_new,
    } = triggered.await?;
    Ok(Some(Triggered {
        product,
        number,
        is_new,
    }))
}

/// The release that a push of a product has started already.
///
/// # Errors
/// When the records cannot be read.
pub async fn find_triggered(
    ports: &ReleasePorts<'_>,
    triggers: &Triggers,
    product: &ProductTrigger,
) -> Result<Option<Triggered>, ReleaseError> {
    let Some(started) = product.started() else {
        return Ok(None);
    };
    let releases = of_product(ports, &product.product).await?;
    let number = earlier(ports, triggers, started, &releases)?;
    Ok(number.map(|number| Triggered {
        product: releases,
        number,
        is_new: false,
    }))
}

fn earlier(
    ports: &ReleasePorts<'_>,
    triggers: &Triggers,
    (flow, starting): (&FlowTrigger, CommitId),
    releases: &ProductReleases,
) -> Result<Option<u64>, ReleaseError> {
    let found = started_by(
        (triggers.commit, starting),
        (&flow.flow, branch_of(triggers)),
        &releases.releases,
        |newer, older| is_ancestor(ports, older, newer),
    )?;
    Ok(found.map(|release| release.number))
}

/// The branch of the push, if it is not the default one.
fn branch_of(triggers: &Triggers) -> Option<&str> {
    let branch = &triggers.branch;
    (!branch.is_default).then_some(branch.name.as_str())
}
