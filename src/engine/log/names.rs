//! Checks the names of environments and applications that a log is limited to.
//!
//! # Why
//!
//! The history may have names that are gone, and what is there now may never have been promoted. So a
//! name is only unknown if neither has it; an empty log would hide the mistake.

use std::collections::BTreeSet;

use super::collector::Seen;
use super::request::LogRequest;
use crate::domain::{ApplicationName, Environment, Settings};
use crate::inventory::{Inventory, InventoryError, Location};
use crate::port::Snapshot;

/// Checks the names of a request whose promotions were searched for in the whole history.
///
/// # Errors
/// When a name is in no promotion, not configured, and in no path of the branch.
pub(super) fn check(
    request: &LogRequest,
    seen: &Seen,
    settings: &Settings,
    snapshot: &dyn Snapshot,
) -> Result<(), InventoryError> {
    let environments = [&request.from, &request.to].into_iter().flatten();
    let unknown = environments
        .filter(|name| settings.environment(name).is_none() && !seen.environments.contains(*name));
    let unknown: Vec<Environment> = unknown.map(Environment::named).collect();
    let is_seen = |word: &&String| seen.applications.iter().any(|name| name.matches(word));
    let words: Vec<&String> = (request.applications.iter())
        .filter(|word| !is_seen(word))
        .collect();
    if unknown.is_empty() && words.is_empty() {
        return Ok(());
    }
    let location = Location {
        repository: "",
        snapshot,
        folder: None,
        settings,
    };
    let mut present = Inventory::default();
    present.add(location, &unknown)?;
    let absent = present
        .views()
        .iter()
        .find(|view| view.applications.is_empty());
    let absent = absent.map(|view| view.environment.name.clone());
    let mut all = Inventory::default();
    all.add_all(location)?;
    if let Some(name) = absent {
        let named = all.views().iter().map(|view| view.environment.name.clone());
        let found: BTreeSet<String> = named.chain(seen.environments.iter().cloned()).collect();
        let found = found.into_iter().collect();
        return Err(InventoryError::UnknownEnvironment { name, found });
    }
    let views = all.views().iter().chain(present.views());
    let mut known: BTreeSet<&ApplicationName> =
        views.flat_map(|view| view.applications.keys()).collect();
    known.extend(&seen.applications);
    for word in words {
        if !known.iter().any(|name| name.matches(word)) {
            return Err(InventoryError::UnknownApplication {
                name: word.clone(),
                known: known.iter().map(|name| name.0.clone()).collect(),
            });
        }
    }
    Ok(())
}
