//! Which file of the source belongs to which file of the target.
//!
//! # Why
//!
//! The target's path is the source's path with the environment's name
//! replaced; that is the whole rule. Both trees are walked side by side, so
//! that folders which are equal by id are never opened, and so that cost
//! follows the differences.

use std::rc::Rc;

use super::environment_roots::EnvironmentRoots;
use super::error::InventoryError;
use super::file_pair::{FileObject, FilePair};
use super::pair_collector::{PairCollector, Pairs};
use super::root::{Candidate, Root};
use super::scope::Scope;
use super::target_names::{join, target_names};
use super::trees::{Entry, Trees};
use crate::domain::{Naming, ObjectId, RepoPath, Side};
use crate::port::RepositoryError;

/// What becomes of files that are equal on both sides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Equal {
    /// They and their folders are never opened.
    PassedOver,
    /// They are listed like any other.
    Listed,
}

/// Pairs all files below the roots that the scope lets in.
pub(super) fn pair(
    trees: &Trees<'_>,
    naming: &Naming,
    roots: &EnvironmentRoots,
    scope: &Scope<'_>,
    equal: Equal,
) -> Result<Pairs, InventoryError> {
    let mut walk = Walk {
        trees,
        naming,
        roots,
        scope,
        equal,
        found: PairCollector::default(),
    };
    for root in &roots.all {
        walk.root(root)?;
    }
    Ok(walk.found.finish(trees, naming, roots)?)
}

struct Walk<'a> {
    trees: &'a Trees<'a>,
    naming: &'a Naming,
    roots: &'a EnvironmentRoots,
    scope: &'a Scope<'a>,
    equal: Equal,
    found: PairCollector,
}

impl Walk<'_> {
    fn root(&mut self, root: &Root) -> Result<(), InventoryError> {
        match &root.source {
            Some(source) => {
                let path = join(&root.above, &source.name);
                self.entry(&path, source, &root.targets)
            }
            None => root
                .targets
                .iter()
                .try_for_each(|target| match &target.entry {
                    Some(entry) => self.target_only(&target.path, entry),
                    None => Ok(()),
                }),
        }
    }

    /// A source's entry and the target's entries that may be its partner.
    fn entry(
        &mut self,
        path: &str,
        source: &Entry,
        candidates: &[Candidate],
    ) -> Result<(), InventoryError> {
        if source.is_directory() {
            let is_folder = |c: &&Candidate| c.entry.as_ref().is_none_or(Entry::is_directory);
            let (folders, submodules): (Vec<_>, Vec<_>) = candidates.iter().partition(is_folder);
            if !folders.is_empty() {
                for candidate in submodules {
                    if let Some(entry) = &candidate.entry {
                        self.target_only(&candidate.path, entry)?;
                    }
                }
                return self.folder(path, source.id, &folders);
            }
        }
        let application = self.roots.application(path, Side::Source(0), self.naming);
        let existing: Vec<&Candidate> = candidates.iter().filter(|c| c.entry.is_some()).collect();
        let chosen = match existing.as_slice() {
            [] => candidates
                .iter()
                .find(|c| c.is_positional)
                .or(candidates.first()),
            [one] => Some(*one),
            several => match several.iter().find(|c| c.is_positional) {
                Some(positional) => Some(*positional),
                // Another application's doubt is no obstacle for the chosen one.
                None if !self.scope.admits(path, &application) => return Ok(()),
                None => {
                    return Err(InventoryError::AmbiguousFile {
                        source_path: path.to_owned(),
                        candidates: several.iter().map(|c| c.path.clone()).collect(),
                    });
                }
            },
        };
        let Some(chosen) = chosen else { return Ok(()) };
        let target = chosen.entry.as_ref();
        if target.is_some_and(|t| t.is_same(source)) && self.equal == Equal::PassedOver {
            self.found.equal_file(path, &chosen.path);
            self.found.present(application);
            return Ok(());
        }
        self.push(FilePair {
            path: RepoPath::parse(&chosen.path)?,
            source_path: Some(RepoPath::parse(path)?),
            application,
            source: Some(source.into()),
            target: target.map(FileObject::from),
            renames: chosen.renames.clone(),
        });
        Ok(())
    }

    /// A source's folder and the target's folders that may be its partner.
    fn folder(
        &mut self,
        path: &str,
        source: ObjectId,
        candidates: &[&Candidate],
    ) -> Result<(), InventoryError> {
        if !self.scope.enters(path) {
            return Ok(());
        }
        if let [
            Candidate {
                entry: Some(only), ..
            },
        ] = candidates
            && only.id == source
            && self.equal == Equal::PassedOver
        {
            let side = Side::Source(0);
            match self.roots.application_of_folder(path, side, self.naming) {
                Some(application) => self.found.present(application),
                None => self.found.unopened(path, source),
            }
            return Ok(());
        }
        let entries = self.trees.source(source)?;
        let targets: Vec<(&Candidate, Rc<[Entry]>)> = candidates
            .iter()
            .map(|c| {
                Ok((
                    *c,
                    c.entry
                        .as_ref()
                        .map_or(Ok(Rc::default()), |e| self.trees.target(e.id))?,
                ))
            })
            .collect::<Result<_, RepositoryError>>()?;
        let mut taken: Vec<Vec<bool>> = targets.iter().map(|(_, e)| vec![false; e.len()]).collect();
        for entry in entries.iter() {
            let source_path = join(path, &entry.name);
            let is_entered = !entry.is_directory() || self.scope.enters(&source_path);
            let mut found = Vec::new();
            for (ci, (candidate, siblings)) in targets.iter().enumerate() {
                for name in target_names(self.naming, &entry.name, siblings) {
                    let at = siblings.binary_search_by(|e| e.name.cmp(&name.text)).ok();
                    let at = at.filter(|i| siblings[*i].can_be_partner(entry));
                    if let Some(at) = at {
                        taken[ci][at] = true;
                    }
                    // What is not asked for only takes its partner out of the target's own files.
                    if !is_entered {
                        continue;
                    }
                    let mut renames = candidate.renames.clone();
                    renames.extend(name.renames);
                    renames.dedup();
                    found.push(Candidate {
                        path: join(&candidate.path, &name.text),
                        entry: at.map(|i| siblings[i].clone()),
                        is_positional: candidate.is_positional && name.is_positional,
                        renames,
                    });
                }
            }
            if is_entered {
                self.entry(&source_path, entry, &narrowed(found))?;
            }
        }
        for ((candidate, siblings), taken) in targets.iter().zip(&taken) {
            for (entry, _) in siblings.iter().zip(taken).filter(|(_, taken)| !**taken) {
                self.target_only(&join(&candidate.path, &entry.name), entry)?;
            }
        }
        Ok(())
    }

    fn target_only(&mut self, path: &str, entry: &Entry) -> Result<(), InventoryError> {
        if !entry.is_directory() {
            let application = self.roots.application(path, Side::Target(0), self.naming);
            self.push(FilePair {
                path: RepoPath::parse(path)?,
                source_path: None,
                application,
                source: None,
                target: Some(entry.into()),
                renames: Vec::new(),
            });
        } else if self.scope.enters(path) {
            for below in self.trees.target(entry.id)?.iter() {
                self.target_only(&join(path, &below.name), below)?;
            }
        }
        Ok(())
    }

    fn push(&mut self, file: FilePair) {
        let source_or_target = file.source_path.as_ref().unwrap_or(&file.path);
        if !self
            .scope
            .admits(source_or_target.as_str(), &file.application)
        {
            return;
        }
        self.found.file(file);
    }
}

/// Only what exists, when something does; else what would be new, the best first.
fn narrowed(mut found: Vec<Candidate>) -> Vec<Candidate> {
    if found.iter().any(|c| c.entry.is_some()) {
        found.retain(|c| c.entry.is_some());
        return found;
    }
    found.sort_by_key(|c| !c.is_positional);
    found.truncate(1);
    found
}
