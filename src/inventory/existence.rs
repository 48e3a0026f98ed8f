//! Whether source and target are environments that exist.
//!
//! # Why
//!
//! A misspelt environment, or `prod` where there are `prod-eu` and `prod-us`, would otherwise be a new
//! environment, and everything in it new. So both must exist: somewhere their files form a pair, or
//! the name is a whole part of a path or the end of one (`envs/prod`, `orders-prod`, `values-prod.yaml`).
//! `prod-eu` alone is another environment, unless the other one is in names of that shape too. Only a
//! configured target may be new.

use std::collections::BTreeSet;

use super::error::InventoryError;
use super::root::Root;
use super::trees::{Entry, Trees};
use crate::domain::{Environment, Naming, Occurrence, Settings, Side, is_usual_environment};
use crate::port::RepositoryError;

/// Most folders that are read for the names of environments.
///
/// Deep folders repeat the names of those above, so a limit leaves out few.
const MOST_FOLDERS: usize = 2_000;

/// Where the names of source and target are in the roots.
pub(super) struct Existence<'a> {
    naming: &'a Naming,
    has_pair: bool,
    source: Shapes,
    target: Shapes,
}

/// How one environment's name is in names of folders and files.
#[derive(Default)]
struct Shapes {
    /// Whether a name ends in it.
    is_at_end: bool,
    /// Whether something comes before it, where something follows it.
    with_suffix: BTreeSet<bool>,
}

impl Shapes {
    fn add(&mut self, entry: &Entry, occurrence: Occurrence<Side>) {
        let after = &entry.name[occurrence.end..];
        let is_extension = !entry.is_directory() && after.starts_with('.');
        if after.is_empty() || is_extension {
            self.is_at_end = true;
        } else {
            self.with_suffix.insert(occurrence.start > 0);
        }
    }

    /// Whether the environment exists beside one with the shapes `other`.
    fn exists_beside(&self, other: &Self) -> bool {
        self.is_at_end || !self.with_suffix.is_disjoint(&other.with_suffix)
    }
}

impl<'a> Existence<'a> {
    /// Collects the names in the roots.
    pub(super) fn of(roots: &[Root], naming: &'a Naming) -> Self {
        let mut found = Self {
            naming,
            has_pair: false,
            source: Shapes::default(),
            target: Shapes::default(),
        };
        for root in roots {
            let targets = || {
                root.targets
                    .iter()
                    .filter_map(|target| target.entry.as_ref())
            };
            found.has_pair |= root.source.is_some() && targets().next().is_some();
            for entry in root.source.iter().chain(targets()) {
                for occurrence in naming.in_path(&entry.name) {
                    match occurrence.side {
                        Side::Source(_) => found.source.add(entry, occurrence),
                        Side::Target(_) => found.target.add(entry, occurrence),
                        Side::Other => {}
                    }
                }
            }
        }
        found
    }

    /// Whether both environments exist, judged by the roots alone.
    pub(super) fn is_certain(&self) -> bool {
        self.missing().is_none()
    }

    /// Checks that both environments exist, and that they are not applications.
    ///
    /// Returns a configured target that has no files yet.
    pub(super) fn check(
        &self,
        trees: &Trees<'_>,
        settings: &Settings,
    ) -> Result<Option<Environment>, InventoryError> {
        let missing = self.missing();
        let may_be_applications = || {
            let (from, to) = (&self.naming.source().name, &self.naming.target().name);
            settings.environments.is_empty()
                && settings.layout.is_empty()
                && ![from, to]
                    .into_iter()
                    .any(|name| is_usual_environment(name))
                && without_digits(from) != without_digits(to)
        };
        if missing.is_none() && !may_be_applications() {
            return Ok(None);
        }
        let found = self.environments_in_paths(trees)?;
        let Some(missing) = missing else {
            let (from, to) = (&self.naming.source().name, &self.naming.target().name);
            let found: Vec<String> = found
                .into_iter()
                .filter(|name| is_usual_environment(name))
                .collect();
            if found.is_empty() {
                return Ok(None);
            }
            return Err(InventoryError::ProbablyApplications {
                from: from.clone(),
                to: to.clone(),
                found,
            });
        };
        let is_configured = settings.environments.iter().any(|e| e.name == missing.name);
        let is_target = |name: &String| {
            let mut occurrences = self.naming.in_path(name).into_iter();
            occurrences.any(|occurrence| matches!(occurrence.side, Side::Target(_)))
        };
        // Whoever lists an environment may promote the first files to it.
        if is_configured && missing == self.naming.target() && !found.iter().any(is_target) {
            return Ok(Some(missing.clone()));
        }
        let found = found.into_iter().collect();
        Err(if is_configured {
            InventoryError::absent(missing, found)
        } else {
            InventoryError::UnknownEnvironment {
                name: missing.name.clone(),
                found,
            }
        })
    }

    fn missing(&self) -> Option<&Environment> {
        if self.has_pair {
            None
        } else if !self.source.exists_beside(&self.target) {
            Some(self.naming.source())
        } else if !self.target.exists_beside(&self.source) {
            Some(self.naming.target())
        } else {
            None
        }
    }

    /// The environments whose names occur in paths; `prod-eu` is one of its own.
    fn environments_in_paths(
        &self,
        trees: &Trees<'_>,
    ) -> Result<BTreeSet<String>, RepositoryError> {
        let mut found = BTreeSet::new();
        let (source, target) = trees.roots();
        let mut pending = vec![(Side::Source(0), source)];
        if source != target {
            pending.push((Side::Target(0), target));
        }
        let mut folders = 0;
        while let Some((side, tree)) = pending.pop() {
            for entry in trees.of_side(side, tree)?.iter() {
                if entry.name.starts_with('.') {
                    continue;
                }
                for occurrence in self.naming.in_path(&entry.name) {
                    let rest = &entry.name[occurrence.start..];
                    let is_folder = entry.is_directory();
                    let name = if is_folder && occurrence.start == 0 {
                        rest
                    } else {
                        &entry.name[occurrence.start..occurrence.end]
                    };
                    found.insert(name.to_owned());
                }
                if entry.is_directory() && folders < MOST_FOLDERS {
                    folders += 1;
                    pending.push((side, entry.id));
                }
            }
        }
        Ok(found)
    }
}

/// A name with every number as `#`: `ring-0` and `ring-1` are the same.
fn without_digits(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        let c = if c.is_ascii_digit() { '#' } else { c };
        if c != '#' || !text.ends_with('#') {
            text.push(c);
        }
    }
    text
}
