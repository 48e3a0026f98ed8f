//! Finds the environments' roots, by a walk over the folders of both sides at once.

use std::rc::Rc;

use super::error::InventoryError;
use super::root::{Candidate, Root};
use super::scope::Scope;
use super::target_names::{join, target_names};
use super::trees::{Entry, Trees, has_plainer_sibling, position};
use crate::domain::{FileMode, Naming, ObjectId};

/// Finds the first place on each path that has a name of source or target.
pub(super) fn find_roots(
    trees: &Trees<'_>,
    naming: &Naming,
    scope: &Scope<'_>,
) -> Result<Vec<Root>, InventoryError> {
    let mut search = RootSearch {
        trees,
        naming,
        scope,
        roots: Vec::new(),
    };
    let (source, target) = trees.roots();
    search.walk("", Some(source), Some(target))?;
    Ok(search.roots)
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
    roots: Vec<Root>,
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
        let mut paired = vec![false; targets.len()];
        for entry in sources.iter().filter(|e| self.naming.names_source(&e.name)) {
            let candidates: Vec<Candidate> = target_names(self.naming, &entry.name, &targets)
                .into_iter()
                .map(|name| {
                    let at = position(&targets, &name.text)
                        .filter(|i| targets[*i].can_be_partner(entry));
                    if let Some(at) = at {
                        paired[at] = true;
                    }
                    Candidate {
                        path: join(parent, &name.text),
                        entry: at.map(|i| targets[i].clone()),
                        is_positional: name.is_positional,
                        renames: name.renames,
                    }
                })
                .collect();
            let partners = if candidates.iter().any(|c| c.entry.is_some()) {
                candidates
                    .into_iter()
                    .filter(|c| c.entry.is_some())
                    .collect()
            } else if belongs_to_another(self.naming, entry, sources) {
                continue;
            } else {
                candidates.into_iter().take(1).collect()
            };
            if self.scope.may_include(&join(parent, &entry.name)) {
                self.roots.push(Root {
                    parent: parent.to_owned(),
                    source: Some(entry.clone()),
                    targets: partners,
                });
            }
        }
        for (entry, _) in targets.iter().zip(&paired).filter(|(_, paired)| !**paired) {
            let is_source = self.naming.names_source(&entry.name);
            let path = join(parent, &entry.name);
            if is_source || belongs_to_another(self.naming, entry, &targets) {
                continue;
            }
            if self.naming.names_target(&entry.name) {
                self.add_target_root(parent, &path, entry);
            } else if entry.mode == FileMode::Directory && self.scope.may_include(&path) {
                let partner = position(sources, &entry.name)
                    .map(|i| &sources[i])
                    .filter(|e| e.is_directory())
                    .map(|e| e.id);
                self.walk(&path, partner, Some(entry.id))?;
            }
        }
        let only_source = |e: &&Entry| {
            e.is_directory()
                && !self.naming.names_source(&e.name)
                && position(&targets, &e.name).is_none()
        };
        let only: Vec<Entry> = sources.iter().filter(only_source).cloned().collect();
        for entry in only {
            let path = join(parent, &entry.name);
            if self.scope.may_include(&path) {
                self.walk(&path, Some(entry.id), None)?;
            }
        }
        Ok(())
    }

    /// Adds an entry with the target's name and no partner: all its files are the target's only.
    fn add_target_root(&mut self, parent: &str, path: &str, entry: &Entry) {
        if !self.scope.may_include(path) {
            return;
        }
        self.roots.push(Root {
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
