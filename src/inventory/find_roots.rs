//! Finds the environments' roots, by a walk over the folders of both sides at once.

use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

use super::error::InventoryError;
use super::root::{Candidate, Root};
use super::scope::Scope;
use super::target_names::{Siblings, join, target_names};
use super::trees::{Entry, Trees, has_plainer_sibling, position};
use crate::domain::{FileMode, Naming, ObjectId, Side};

/// The roots, and the folders above them that have an environment's name within their own.
#[derive(Debug, Default)]
pub(super) struct FoundRoots {
    pub roots: Vec<Root>,
    /// Such as `apps/staging-tools`, which has the environments `staging` and `prod`.
    pub neutral: BTreeSet<String>,
    /// The names of other environments beside those of the source: `qa` of `values-qa.yaml`.
    pub others: BTreeSet<String>,
}

/// Finds the first place on each path that has a name of source or target.
pub(super) fn find_roots(
    trees: &Trees<'_>,
    naming: &Naming,
    scope: &Scope<'_>,
) -> Result<FoundRoots, InventoryError> {
    let mut search = RootSearch {
        trees,
        naming,
        scope,
        found: FoundRoots::default(),
    };
    let (source, target) = trees.roots();
    search.walk("", Some(source), Some(target))?;
    Ok(search.found)
}

/// Whether a folder without a partner belongs to another environment: `prod-eu` beside `prod`.
fn belongs_to_another(naming: &Naming, entry: &Entry, siblings: &[Entry]) -> bool {
    match naming.in_path(&entry.name).as_slice() {
        [name] => {
            entry.is_directory() && has_plainer_sibling(entry, name.start, name.end, siblings)
        }
        _ => false,
    }
}

struct RootSearch<'a> {
    trees: &'a Trees<'a>,
    naming: &'a Naming,
    scope: &'a Scope<'a>,
    found: FoundRoots,
}

impl RootSearch<'_> {
    /// Walks a folder whose path has no name of source or target.
    fn walk(
        &mut self,
        parent: &str,
        source: Option<ObjectId>,
        target: Option<ObjectId>,
    ) -> Result<(), InventoryError> {
        let targets = target.map_or(Ok(Rc::default()), |t| self.trees.target(t))?;
        let sources = match source {
            Some(s) if Some(s) == target => None,
            Some(s) => Some(self.trees.source(s)?),
            None => Some(Rc::default()),
        };
        let sources: &[Entry] = sources.as_deref().unwrap_or(&targets);
        let siblings = Siblings::new(&targets);
        let mut paired = vec![false; targets.len()];
        self.add_others(sources);
        for entry in sources.iter().filter(|e| self.naming.names_source(&e.name)) {
            let path = join(parent, &entry.name);
            if self.scope.is_above_environment(&path) {
                continue;
            }
            let candidates = self.candidates(parent, entry, &siblings);
            for i in candidates.iter().filter_map(|(at, _)| *at) {
                paired[i] = true;
            }
            let (existing, new): (Vec<_>, Vec<_>) =
                candidates.into_iter().partition(|(at, _)| at.is_some());
            let partners: Vec<_> = if !existing.is_empty() {
                existing
            } else if belongs_to_another(self.naming, entry, sources)
                || self.is_neutral(entry, position(&targets, &entry.name).map(|i| &targets[i]))?
            {
                continue;
            } else {
                new.into_iter().take(1).collect()
            };
            if !partners.is_empty() && self.scope.may_include(&path) {
                self.found.roots.push(Root {
                    parent: parent.to_owned(),
                    source: Some(entry.clone()),
                    targets: partners.into_iter().map(|(_, c)| c).collect(),
                });
            }
        }
        for (entry, _) in targets.iter().zip(&paired).filter(|(_, paired)| !**paired) {
            let path = join(parent, &entry.name);
            let partner = position(sources, &entry.name).map(|i| &sources[i]);
            let is_named =
                self.naming.names_source(&entry.name) || self.naming.names_target(&entry.name);
            let is_neutral = is_named
                && (self.scope.is_above_environment(&path)
                    || partner.map_or(Ok(false), |p| self.is_neutral(p, Some(entry)))?);
            if is_neutral {
                self.found.neutral.insert(path.clone());
            } else if self.naming.names_source(&entry.name)
                || belongs_to_another(self.naming, entry, &targets)
            {
                continue;
            } else if is_named {
                self.add_target_root(parent, &path, entry);
                continue;
            }
            if entry.mode == FileMode::Directory && self.scope.may_include(&path) {
                let partner = partner.filter(|e| e.is_directory()).map(|e| e.id);
                self.walk(&path, partner, Some(entry.id))?;
            }
        }
        let only_source = |e: &&Entry| e.is_directory() && position(&targets, &e.name).is_none();
        let only: Vec<Entry> = sources.iter().filter(only_source).cloned().collect();
        for entry in only {
            let path = join(parent, &entry.name);
            if self.naming.names_source(&entry.name) {
                if !self.scope.is_above_environment(&path) {
                    continue;
                }
                self.found.neutral.insert(path.clone());
            }
            if self.scope.may_include(&path) {
                self.walk(&path, Some(entry.id), None)?;
            }
        }
        Ok(())
    }

    /// The target's possible names of a source's entry, each with the index of the entry that has it.
    fn candidates(
        &self,
        parent: &str,
        entry: &Entry,
        siblings: &Siblings<'_>,
    ) -> Vec<(Option<usize>, Candidate)> {
        let targets = siblings.entries;
        target_names(self.naming, &entry.name, siblings)
            .into_iter()
            .map(|name| {
                let at =
                    position(targets, &name.text).filter(|i| targets[*i].can_be_partner(entry));
                let candidate = Candidate {
                    path: join(parent, &name.text),
                    entry: at.map(|i| targets[i].clone()),
                    is_positional: name.is_positional,
                    renames: name.renames,
                };
                (at, candidate)
            })
            .collect()
    }

    /// Whether the environment's name is only a part of a folder's name, and the environments are
    /// below it: `staging-tools` with `staging` and `prod`.
    fn is_neutral(&self, source: &Entry, target: Option<&Entry>) -> Result<bool, InventoryError> {
        match target {
            Some(target) if source.is_directory() && target.is_directory() => {
                Ok(!self.naming.is_environment(&source.name)
                    && self.has_pair_below(source.id, target.id)?)
            }
            _ => Ok(false),
        }
    }

    fn has_pair_below(&self, source: ObjectId, target: ObjectId) -> Result<bool, InventoryError> {
        let sources = self.trees.source(source)?;
        let targets = self.trees.target(target)?;
        let siblings = Siblings::new(&targets);
        for entry in sources.iter() {
            let is_pair = self.naming.names_source(&entry.name)
                && (self.candidates("", entry, &siblings).iter()).any(|(at, _)| at.is_some());
            let same = position(&targets, &entry.name).map(|i| &targets[i]);
            let below = same.filter(|same| entry.is_directory() && same.is_directory());
            if is_pair || below.map_or(Ok(false), |same| self.has_pair_below(entry.id, same.id))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Adds the names of other environments in entries that have the name of a source's entry in
    /// everything else.
    fn add_others(&mut self, entries: &[Entry]) {
        let shape = |entry: &Entry, is_wanted: fn(Side) -> bool| {
            let found = self.naming.in_path(&entry.name);
            let hit = found.into_iter().find(|hit| is_wanted(hit.side))?;
            let (head, rest) = entry.name.split_at(hit.start);
            let (name, tail) = rest.split_at(hit.end - hit.start);
            Some(((head.to_owned(), tail.to_owned()), name.to_owned()))
        };
        let of_source = |entry| shape(entry, |side| matches!(side, Side::Source(_)));
        let shapes: HashSet<_> = (entries.iter().filter_map(of_source))
            .map(|(shape, _)| shape)
            .collect();
        if shapes.is_empty() {
            return;
        }
        let others = entries
            .iter()
            .filter_map(|entry| shape(entry, |side| side == Side::Other))
            .filter(|(shape, _)| shapes.contains(shape))
            .map(|(_, name)| name);
        let others: Vec<String> = others.collect();
        self.found.others.extend(others);
    }

    /// Adds an entry with the target's name and no partner: all its files are the target's only.
    fn add_target_root(&mut self, parent: &str, path: &str, entry: &Entry) {
        if !self.scope.may_include(path) {
            return;
        }
        self.found.roots.push(Root {
            parent: parent.to_owned(),
            source: None,
            targets: vec![Candidate {
                path: path.to_owned(),
                entry: Some(entry.clone()),
                is_positional: true,
                renames: Vec::new(),
            }],
        });
    }
}
