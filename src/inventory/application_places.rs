//! Where each application's files are, before they are paired.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::environment_roots::EnvironmentRoots;
use super::error::InventoryError;
use super::root::Root;
use super::scope::Scope;
use super::target_names::{Siblings, join, target_names};
use super::trees::{Entry, Trees};
use crate::domain::{ApplicationName, CONFIGURATION, LayoutPattern, Naming, Side};
use crate::port::RepositoryError;

/// Finds the applications below the environments' roots.
pub(super) struct ApplicationPlaces<'a> {
    pub trees: &'a Trees<'a>,
    pub naming: &'a Naming,
    pub layout: &'a [LayoutPattern],
    pub roots: &'a EnvironmentRoots,
}

impl ApplicationPlaces<'_> {
    /// Finds which of the applications (sorted) have files, reading no further than that takes.
    pub(super) fn present(
        &self,
        wanted: &[ApplicationName],
        scope: &Scope<'_>,
    ) -> Result<BTreeSet<ApplicationName>, RepositoryError> {
        let mut present = BTreeSet::new();
        for root in &self.roots.all {
            let mut below_root = BTreeSet::new();
            self.files_below(root, scope, &mut |path, side| {
                let name = self.roots.application(path, side, self.naming);
                if wanted.binary_search(&name).is_ok() {
                    below_root.insert(name);
                }
                below_root.len() < wanted.len()
            })?;
            present.extend(below_root);
        }
        Ok(present)
    }

    /// Finds every application with its folders and files, on both sides.
    pub(super) fn all(
        &self,
        scope: &Scope<'_>,
    ) -> Result<BTreeMap<ApplicationName, BTreeSet<String>>, InventoryError> {
        let mut places: BTreeMap<ApplicationName, BTreeSet<String>> = BTreeMap::new();
        let mut add = |name: ApplicationName, path: String| {
            places.entry(name).or_default().insert(path);
        };
        for root in &self.roots.all {
            if !self.layout.is_empty() {
                self.files_below(root, scope, &mut |path, side| {
                    if self.roots.match_layout(path, side, self.naming).is_some() {
                        add(
                            self.roots.application(path, side, self.naming),
                            path.to_owned(),
                        );
                    }
                    true
                })?;
                continue;
            }
            let mut pending: Vec<_> = root.entries().collect();
            while let Some((path, entry, side)) = pending.pop() {
                if !entry.is_directory() {
                    if path != CONFIGURATION {
                        add(self.roots.application(&path, side, self.naming), path);
                    }
                    continue;
                }
                if let Some(name) = self.roots.application_of_folder(&path, side, self.naming) {
                    add(name, path);
                    continue;
                }
                let below = self.trees.of_side(side, entry.id)?;
                pending.extend(
                    below
                        .iter()
                        .map(|child| (join(&path, &child.name), child.clone(), side)),
                );
            }
        }
        // An application that is new to the target has a place there too.
        for paths in places.values_mut() {
            let targets: Vec<String> = paths.iter().map(|p| target_path(self.naming, p)).collect();
            paths.extend(targets);
        }
        Ok(places)
    }

    /// Calls `visit` with every file below a root until it returns false.
    fn files_below(
        &self,
        root: &Root,
        scope: &Scope<'_>,
        visit: &mut dyn FnMut(&str, Side) -> bool,
    ) -> Result<(), RepositoryError> {
        // Checked before a path is stored: a folder may have thousands of entries out of scope.
        let may_include =
            |path: &str, entry: &Entry| !entry.is_directory() || scope.may_include(path);
        let mut pending: Vec<_> = root
            .entries()
            .filter(|(path, entry, _)| may_include(path, entry))
            .collect();
        while let Some((path, entry, side)) = pending.pop() {
            if !entry.is_directory() {
                if !visit(&path, side) {
                    return Ok(());
                }
                continue;
            }
            let below = self.trees.of_side(side, entry.id)?;
            pending.extend(below.iter().filter_map(|child| {
                let path = join(&path, &child.name);
                may_include(&path, child).then(|| (path, child.clone(), side))
            }));
        }
        Ok(())
    }
}

/// The likeliest path in the target of a path in the source.
fn target_path(naming: &Naming, path: &str) -> String {
    let folders = naming.source().folder().zip(naming.target().folder());
    match folders.map(|(source, target)| (source.strip(path), target)) {
        Some((Some(rest), target)) => target.join(&renamed_path(naming, rest)),
        Some((None, _)) => path.to_owned(),
        None => renamed_path(naming, path),
    }
}

/// Replaces each of the source's names in a path by the target's likeliest one.
fn renamed_path(naming: &Naming, path: &str) -> String {
    path.split('/')
        .map(|part| {
            let names = target_names(naming, part, &Siblings::new(&[]));
            let likeliest = names.into_iter().next();
            likeliest.map_or_else(|| part.to_owned(), |name| name.text)
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// Picks the known applications with the requested names: whole names, else last parts.
///
/// # Errors
/// When a name matches no application, or several.
pub fn choose<'k>(
    requested: &[String],
    known: impl IntoIterator<Item = &'k ApplicationName>,
) -> Result<Vec<ApplicationName>, InventoryError> {
    let known: Vec<&ApplicationName> = known.into_iter().collect();
    let whole: HashMap<&str, &ApplicationName> =
        known.iter().map(|name| (name.0.as_str(), *name)).collect();
    let mut chosen = BTreeSet::new();
    for wanted in requested {
        let matches: Vec<&ApplicationName> = match whole.get(wanted.as_str()) {
            Some(name) => vec![name],
            None => (known.iter().copied())
                .filter(|name| name.matches(wanted))
                .collect(),
        };
        match matches.as_slice() {
            [] => {
                return Err(InventoryError::UnknownApplication {
                    name: wanted.clone(),
                    known: known.iter().map(|n| n.0.clone()).collect(),
                });
            }
            [name] => {
                chosen.insert((**name).clone());
            }
            several => {
                return Err(InventoryError::AmbiguousApplication {
                    name: wanted.clone(),
                    matches: several.iter().map(|n| n.0.clone()).collect(),
                });
            }
        }
    }
    Ok(chosen.into_iter().collect())
}
