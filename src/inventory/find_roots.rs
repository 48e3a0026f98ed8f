//! The walk over the folders above the environments, on both sides at once.

use std::rc::Rc;

use super::error::InventoryError;
use super::root::{Candidate, Root};
use super::scope::Scope;
use super::target_names::{join, target_names};
use super::trees::{Entry, Trees};
use crate::domain::{FileMode, Naming, ObjectId};

/// Every first place on a path that holds a name of source or target.
pub(super) fn find_roots(
    trees: &Trees<'_>,
    naming: &Naming,
    scope: &Scope<'_>,
) -> Result<Vec<Root>, InventoryError> {
    let mut search = Search {
        trees,
        naming,
        scope,
        roots: Vec::new(),
    };
    let (source, target) = trees.roots();
    search.shared("", Some(source), Some(target))?;
    Ok(search.roots)
}

/// Whether a folder without a partner is another environment's: `prod-eu` beside `prod`.
fn is_anothers(naming: &Naming, entry: &Entry, siblings: &[Entry]) -> bool {
    let name = entry.name.as_str();
    let hits = naming.in_path(name);
    let [hit] = hits.as_slice() else { return false };
    let is_there = |other: &str| {
        let at = siblings.binary_search_by(|e| e.name.as_str().cmp(other));
        other != name && at.is_ok_and(|at| siblings[at].is_directory())
    };
    entry.is_directory() && (is_there(&name[hit.start..hit.end]) || is_there(&name[..hit.end]))
}

struct Search<'a> {
    trees: &'a Trees<'a>,
    naming: &'a Naming,
    scope: &'a Scope<'a>,
    roots: Vec<Root>,
}

impl Search<'_> {
    /// Walks a folder whose path holds no name of the source.
    fn shared(
        &mut self,
        above: &str,
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
        let mut taken = vec![false; targets.len()];
        for entry in sources.iter().filter(|e| self.naming.names_source(&e.name)) {
            let candidates: Vec<Candidate> = target_names(self.naming, &entry.name, &targets)
                .into_iter()
                .map(|name| {
                    let at = targets
                        .binary_search_by(|e| e.name.cmp(&name.text))
                        .ok()
                        .filter(|i| targets[*i].can_be_partner(entry));
                    if let Some(at) = at {
                        taken[at] = true;
                    }
                    Candidate {
                        path: join(above, &name.text),
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
            } else if is_anothers(self.naming, entry, sources) {
                continue;
            } else {
                candidates.into_iter().take(1).collect()
            };
            if self.scope.enters(&join(above, &entry.name)) {
                self.roots.push(Root {
                    above: above.to_owned(),
                    source: Some(entry.clone()),
                    targets: partners,
                });
            }
        }
        for (entry, _) in targets.iter().zip(&taken).filter(|(_, taken)| !**taken) {
            let is_source = self.naming.names_source(&entry.name);
            let path = join(above, &entry.name);
            if is_source || is_anothers(self.naming, entry, &targets) {
                continue;
            }
            if self.naming.names_target(&entry.name) {
                self.target_root(above, &path, entry);
            } else if entry.mode == FileMode::Directory && self.scope.enters(&path) {
                let partner = sources
                    .binary_search_by(|e| e.name.cmp(&entry.name))
                    .ok()
                    .map(|i| &sources[i])
                    .filter(|e| e.is_directory())
                    .map(|e| e.id);
                self.shared(&path, partner, Some(entry.id))?;
            }
        }
        let only_source = |e: &&Entry| {
            e.is_directory()
                && !self.naming.names_source(&e.name)
                && targets.binary_search_by(|t| t.name.cmp(&e.name)).is_err()
        };
        let only: Vec<Entry> = sources.iter().filter(only_source).cloned().collect();
        for entry in only {
            let path = join(above, &entry.name);
            if self.scope.enters(&path) {
                self.shared(&path, Some(entry.id), None)?;
            }
        }
        Ok(())
    }

    /// An entry that carries the target's name and has no partner: files of the target only.
    fn target_root(&mut self, above: &str, path: &str, entry: &Entry) {
        if !self.scope.enters(path) {
            return;
        }
        self.roots.push(Root {
            above: above.to_owned(),
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
