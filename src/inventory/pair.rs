//! Which file of the source belongs to which file of the target.
//!
//! # Why
//!
//! There is one rule: the target's path is the source's path with the environment's name replaced.
//! Both trees are walked side by side and folders with equal ids are not opened, so that the cost
//! grows with the differences.

use std::collections::HashSet;
use std::rc::Rc;

use super::environment_roots::EnvironmentRoots;
use super::error::InventoryError;
use super::file_pair::{FileObject, FilePair, FileRole};
use super::mapped_files::MappedFile;
use super::pair_collector::{PairCollector, Pairs};
use super::path_words::role;
use super::root::{Candidate, Root};
use super::scope::Scope;
use super::target_names::{Siblings, TargetName, join, target_names};
use super::trees::{Entry, Trees, position};
use crate::domain::{CONFIGURATION, Naming, ObjectId, RepoPath, Side};
use crate::port::RepositoryError;

/// How files that are equal on both sides are treated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Equal {
    /// They are skipped, and folders that are equal are not opened.
    PassedOver,
    /// They are listed like any other file.
    Listed,
}

/// Pairs all files in scope below the roots.
pub(super) fn pair(
    trees: &Trees<'_>,
    naming: &Naming,
    roots: &EnvironmentRoots,
    mapped: &[MappedFile],
    scope: &Scope<'_>,
    equal: Equal,
) -> Result<Pairs, InventoryError> {
    let mut walk = PairWalk {
        trees,
        naming,
        roots,
        scope,
        equal,
        mapped: (mapped.iter())
            .flat_map(|file| {
                [
                    file.source.as_ref().map(|(path, _)| path),
                    Some(&file.target.0),
                ]
            })
            .flatten()
            .map(String::as_str)
            .collect(),
        collector: PairCollector::default(),
    };
    for file in mapped {
        walk.add_mapped(file)?;
    }
    for root in &roots.all {
        walk.add_root(root)?;
    }
    Ok(walk.collector.finish(trees, naming, roots)?)
}

struct PairWalk<'a> {
    trees: &'a Trees<'a>,
    naming: &'a Naming,
    roots: &'a EnvironmentRoots,
    scope: &'a Scope<'a>,
    equal: Equal,
    /// The paths of explicit pairs.
    mapped: HashSet<&'a str>,
    collector: PairCollector,
}

impl PairWalk<'_> {
    /// Adds the pair of a file that the layout maps explicitly.
    fn add_mapped(&mut self, file: &MappedFile) -> Result<(), InventoryError> {
        let application = self.roots.application_of_mapped(file, self.naming);
        let (path, target) = &file.target;
        let source = file.source.as_ref();
        let is_equal = source.is_some_and(|(_, s)| target.as_ref().is_some_and(|t| t.is_same(s)));
        if !self.scope.is_chosen(&application) {
            return Ok(());
        }
        if is_equal && self.equal == Equal::PassedOver {
            self.collector.add_present(application);
            return Ok(());
        }
        self.collector.add_pair(FilePair {
            role: FileRole::Deployed,
            path: RepoPath::parse(path)?,
            source_path: source.map(|(path, _)| RepoPath::parse(path)).transpose()?,
            application,
            source: source.map(|(_, entry)| entry.into()),
            target: target.as_ref().map(FileObject::from),
            renames: Vec::new(),
        });
        Ok(())
    }

    fn add_root(&mut self, root: &Root) -> Result<(), InventoryError> {
        match &root.source {
            Some(source) => {
                let path = join(&root.parent, &source.name);
                self.add_entry(&path, source, &root.targets)
            }
            None => root
                .targets
                .iter()
                .try_for_each(|target| match &target.entry {
                    Some(entry) => self.add_target_only(&target.path, entry),
                    None => Ok(()),
                }),
        }
    }

    /// Pairs a source's entry with one of the target's candidates.
    fn add_entry(
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
                        self.add_target_only(&candidate.path, entry)?;
                    }
                }
                return self.add_folder(path, source.id, &folders);
            }
        }
        if self.mapped.contains(path) {
            return Ok(());
        }
        let application = self.roots.application(path, Side::Source(0), self.naming);
        let existing: Vec<&Candidate> = candidates.iter().filter(|c| c.entry.is_some()).collect();
        let chosen = match existing.as_slice() {
            [] => candidates.first(),
            [only] => Some(*only),
            several => match several.iter().find(|c| c.is_positional) {
                Some(positional) => Some(*positional),
                // An ambiguous file of another application does not stop the chosen one.
                None if !self.scope.includes(path, &application) => return Ok(()),
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
            self.collector.add_equal_file(path, &chosen.path);
            self.collector.add_present(application);
            return Ok(());
        }
        self.add(FilePair {
            role: self.role(path),
            path: RepoPath::parse(&chosen.path)?,
            source_path: Some(RepoPath::parse(path)?),
            application,
            source: Some(source.into()),
            target: target.map(FileObject::from),
            renames: chosen.renames.clone(),
        });
        Ok(())
    }

    /// Pairs the entries of a source's folder with those of the target's candidates.
    fn add_folder(
        &mut self,
        path: &str,
        source: ObjectId,
        candidates: &[&Candidate],
    ) -> Result<(), InventoryError> {
        if !self.scope.may_include(path) {
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
                Some(application) => self.collector.add_present(application),
                None => self.collector.add_equal_folder(path, source),
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
        let mut paired: Vec<Vec<bool>> =
            targets.iter().map(|(_, e)| vec![false; e.len()]).collect();
        let siblings: Vec<Siblings<'_>> = (targets.iter())
            .map(|(_, entries)| Siblings::new(entries))
            .collect();
        for entry in entries.iter() {
            let source_path = join(path, &entry.name);
            let is_entered = !entry.is_directory() || self.scope.may_include(&source_path);
            let mut partners = Vec::new();
            for (i, (candidate, siblings)) in
                targets.iter().map(|(c, _)| c).zip(&siblings).enumerate()
            {
                for name in names_below(self.naming, entry, siblings) {
                    let siblings = siblings.entries;
                    let at = position(siblings, &name.text)
                        .filter(|at| siblings[*at].can_be_partner(entry));
                    if let Some(at) = at {
                        paired[i][at] = true;
                    }
                    // Out of scope: its partner must still not count as a file of the target only.
                    if !is_entered {
                        continue;
                    }
                    let mut renames = candidate.renames.clone();
                    renames.extend(name.renames);
                    renames.dedup();
                    partners.push(Candidate {
                        path: join(&candidate.path, &name.text),
                        entry: at.map(|i| siblings[i].clone()),
                        is_positional: candidate.is_positional && name.is_positional,
                        renames,
                    });
                }
            }
            if is_entered {
                self.add_entry(&source_path, entry, &existing_or_likeliest(partners))?;
            }
        }
        for ((candidate, siblings), paired) in targets.iter().zip(&paired) {
            for (entry, _) in siblings.iter().zip(paired).filter(|(_, paired)| !**paired) {
                self.add_target_only(&join(&candidate.path, &entry.name), entry)?;
            }
        }
        Ok(())
    }

    /// Adds the files of an entry that only the target has.
    fn add_target_only(&mut self, path: &str, entry: &Entry) -> Result<(), InventoryError> {
        if self.mapped.contains(path) {
            return Ok(());
        }
        if !entry.is_directory() {
            let application = self.roots.application(path, Side::Target(0), self.naming);
            self.add(FilePair {
                role: self.role(path),
                path: RepoPath::parse(path)?,
                source_path: None,
                application,
                source: None,
                target: Some(entry.into()),
                renames: Vec::new(),
            });
        } else if self.scope.may_include(path) {
            for below in self.trees.target(entry.id)?.iter() {
                self.add_target_only(&join(path, &below.name), below)?;
            }
        }
        Ok(())
    }

    fn role(&self, path: &str) -> FileRole {
        if self.scope.layout.is_empty() {
            role(path)
        } else {
            FileRole::Deployed
        }
    }

    /// Adds a pair if it is in scope.
    fn add(&mut self, file: FilePair) {
        let source_or_target = file.source_path.as_ref().unwrap_or(&file.path);
        // In the folder of an environment that is the whole tree.
        let is_configuration = |path: &RepoPath| path.as_str() == CONFIGURATION;
        if is_configuration(source_or_target) || is_configuration(&file.path) {
            return;
        }
        if !self
            .scope
            .includes(source_or_target.as_str(), &file.application)
        {
            return;
        }
        self.collector.add_pair(file);
    }
}

/// The target's names for an entry in an environment's folder: with the environment's name replaced,
/// or as it is if only that exists, because a name can also be a part of an application's.
fn names_below(naming: &Naming, entry: &Entry, siblings: &Siblings<'_>) -> Vec<TargetName> {
    let renamed = target_names(naming, &entry.name, siblings);
    let exists = |name: &str| {
        let at = position(siblings.entries, name);
        at.is_some_and(|at| siblings.entries[at].can_be_partner(entry))
    };
    if exists(&entry.name) && !renamed.iter().any(|name| exists(&name.text)) {
        return vec![TargetName {
            text: entry.name.clone(),
            is_positional: true,
            renames: Vec::new(),
        }];
    }
    renamed
}

/// The candidates that exist, if any; else the likeliest one, which would be new.
fn existing_or_likeliest(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    if candidates.iter().any(|c| c.entry.is_some()) {
        candidates.retain(|c| c.entry.is_some());
        return candidates;
    }
    candidates.truncate(1);
    candidates
}
