//! Where each application's files are, before they are paired.

use std::collections::{BTreeMap, BTreeSet};

use super::environment_roots::EnvironmentRoots;
use super::error::InventoryError;
use super::root::Root;
use super::scope::Scope;
use super::target_names::{join, target_names};
use super::trees::{Entry, Trees};
use crate::domain::{ApplicationName, LayoutPattern, Naming, Side};
use crate::port::RepositoryError;

/// Finds the applications below the environments' roots.
pub(super) struct ApplicationPlaces<'a> {
    pub trees: &'a Trees<'a>,
    pub naming: &'a Naming,
    pub layout: &'a [LayoutPattern],
    pub roots: &'a EnvironmentRoots,
}

impl ApplicationPlaces<'_> {
    /// Which of the applications have files; below each root it stops at the first of each.
    pub(super) fn present(
        &self,
        wanted: &[ApplicationName],
        scope: &Scope<'_>,
    ) -> Result<BTreeSet<ApplicationName>, RepositoryError> {
        let mut present = BTreeSet::new();
        for root in &self.roots.all {
            let mut found = BTreeSet::new();
            self.files_below(root, scope, &mut |path, side| {
                let name = self.roots.application(path, side, self.naming);
                if wanted.contains(&name) {
                    found.insert(name);
                }
                found.len() < wanted.len()
            })?;
            present.extend(found);
        }
        Ok(present)
    }

    /// Every application with the folders (or files) that hold it, on both sides.
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
                    if self.roots.by_layout(path, side, self.naming).is_some() {
                        add(
                            self.roots.application(path, side, self.naming),
                            path.to_owned(),
                        );
                    }
                    true
                })?;
                continue;
            }
            for (path, entry, side) in root.entries() {
                if !entry.is_directory() {
                    add(self.roots.application(&path, side, self.naming), path);
                    continue;
                }
                if self.roots.is_of_one_application(&path, side, self.naming) {
                    let below = join(&path, "_");
                    add(self.roots.application(&below, side, self.naming), path);
                    continue;
                }
                let below = match side {
                    Side::Source(_) => self.trees.source(entry.id)?,
                    _ => self.trees.target(entry.id)?,
                };
                for child in below.iter() {
                    let path = join(&path, &child.name);
                    add(self.roots.application(&path, side, self.naming), path);
                }
            }
        }
        // A new application's files have a place in the target too.
        for paths in places.values_mut() {
            let targets: Vec<String> = paths.iter().map(|p| renamed_path(self.naming, p)).collect();
            paths.extend(targets);
        }
        Ok(places)
    }

    /// Calls `visit` with every file below a root until it says stop.
    fn files_below(
        &self,
        root: &Root,
        scope: &Scope<'_>,
        visit: &mut dyn FnMut(&str, Side) -> bool,
    ) -> Result<(), RepositoryError> {
        // Asked before a place is kept: a folder may hold thousands that nobody wants.
        let is_wanted = |path: &str, entry: &Entry| !entry.is_directory() || scope.enters(path);
        let mut open: Vec<_> = root
            .entries()
            .filter(|(path, entry, _)| is_wanted(path, entry))
            .collect();
        while let Some((path, entry, side)) = open.pop() {
            if !entry.is_directory() {
                if !visit(&path, side) {
                    return Ok(());
                }
                continue;
            }
            let below = match side {
                Side::Source(_) => self.trees.source(entry.id)?,
                _ => self.trees.target(entry.id)?,
            };
            open.extend(below.iter().filter_map(|child| {
                let path = join(&path, &child.name);
                is_wanted(&path, child).then(|| (path, child.clone(), side))
            }));
        }
        Ok(())
    }
}

/// The path with each of the source's names replaced by the target's in the same position.
fn renamed_path(naming: &Naming, path: &str) -> String {
    path.split('/')
        .map(|part| target_names(naming, part, &[]).swap_remove(0).text)
        .collect::<Vec<_>>()
        .join("/")
}

/// The applications that the words name.
pub(super) fn choose(
    words: &[String],
    known: &BTreeMap<ApplicationName, BTreeSet<String>>,
) -> Result<Vec<ApplicationName>, InventoryError> {
    let mut chosen = BTreeSet::new();
    for word in words {
        let whole = known.keys().find(|name| name.0 == *word);
        let matches: Vec<&ApplicationName> = match whole {
            Some(name) => vec![name],
            None => known.keys().filter(|name| name.matches(word)).collect(),
        };
        match matches.as_slice() {
            [] => {
                return Err(InventoryError::UnknownApplication {
                    name: word.clone(),
                    known: known.keys().map(|n| n.0.clone()).collect(),
                });
            }
            [one] => {
                chosen.insert((*one).clone());
            }
            several => {
                return Err(InventoryError::AmbiguousApplication {
                    name: word.clone(),
                    matches: several.iter().map(|n| n.0.clone()).collect(),
                });
            }
        }
    }
    Ok(chosen.into_iter().collect())
}
