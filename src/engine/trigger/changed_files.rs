//! The files of environments that differ before and after a push.
//!
//! # Why
//!
//! A merge into a topic branch brings changes that were pushed before, and a later commit may undo an
//! earlier one. So a commit only counts for files that the push as a whole changes.

use std::collections::BTreeSet;

use super::push::Push;
use crate::domain::{Environment, Product};
use crate::engine::configured::BranchConfiguration;
use crate::engine::error::EngineError;
use crate::engine::ports::Ports;
use crate::inventory::{EnvironmentFile, EnvironmentView, FileRole, Inventory, Location};

/// The environments before and after a push.
pub(super) struct ChangedFiles {
    before: Inventory,
    after: Inventory,
}

impl ChangedFiles {
    /// Reads the environments; nothing if no commit changes a file.
    pub(super) fn read(
        ports: &Ports<'_>,
        configuration: &BranchConfiguration,
        push: &Push,
        names: &BTreeSet<&str>,
    ) -> Result<Self, EngineError> {
        let environments: Result<Vec<Environment>, EngineError> = (names.iter())
            .map(|name| configuration.environment(name))
            .collect();
        let environments = environments?;
        let mut all = Self {
            before: Inventory::default(),
            after: Inventory::default(),
        };
        if push.commits.iter().all(|commit| commit.changes.is_empty()) {
            return Ok(all);
        }
        let commits = [
            (&mut all.after, Some(push.commit)),
            (&mut all.before, push.base),
        ];
        for (inventory, commit) in commits {
            let Some(commit) = commit else { continue };
            let snapshot = ports.repository.snapshot(commit)?;
            let location = Location {
                repository: "",
                snapshot: snapshot.as_ref(),
                folder: None,
                settings: &configuration.settings,
            };
            inventory.add(location, &environments)?;
        }
        Ok(all)
    }

    /// The files of a product in an environment that were added, changed or removed.
    pub(super) fn of(&self, product: &Product, environment: &str) -> BTreeSet<&str> {
        let before = files(self.before.view("", environment), product);
        let after = files(self.after.view("", environment), product);
        let changed = before.symmetric_difference(&after);
        changed.map(|file| file.path.as_str()).collect()
    }
}

/// The files of a product in an environment that can be promoted.
fn files<'v>(
    view: Option<&'v EnvironmentView>,
    product: &Product,
) -> BTreeSet<&'v EnvironmentFile> {
    let applications = view.into_iter().flat_map(|view| &view.applications);
    let own = applications.filter(|(name, _)| {
        let mut words = product.applications.iter();
        words.any(|word| name.matches(word))
    });
    own.flat_map(|(_, files)| files)
        .filter(|file| file.role != FileRole::Unrelated)
        .collect()
}
