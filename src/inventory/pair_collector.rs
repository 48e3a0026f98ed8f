//! The result of pairing: the pairs, the overlaps, and the applications that the target has.
//!
//! # Why
//!
//! Two source files can belong to one target file (`a-stg` and `a-staging`, or a folder that
//! already has the target's name). Only one of them can be promoted, and to drop the other silently
//! would be a guess; so both are reported.
//!
//! Equal folders are not opened while pairing. But an application is only new to the target if no
//! equal folder has a file of it either; so they are opened afterwards, if that is in doubt.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::environment_roots::EnvironmentRoots;
use super::file_pair::FilePair;
use super::target_names::join;
use super::trees::Trees;
use crate::domain::{ApplicationName, Naming, ObjectId, RepoPath, Side};
use crate::plan::Notice;
use crate::port::RepositoryError;

/// The pairs that differ, in the order of their target paths.
pub struct Pairs {
    /// Files that differ or that only one side has.
    pub files: Vec<FilePair>,
    /// Source files left out because another one has the same target file, in the order of its path.
    pub overlaps: Vec<Overlap>,
    /// Applications of which the target is known to have a file.
    pub present: BTreeSet<ApplicationName>,
    /// How many entries were skipped because their names are not UTF-8.
    pub unreadable_names: usize,
}

/// Two source files that belong to one target file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Overlap {
    /// The target's path.
    pub path: String,
    /// The source's file that is used.
    pub taken: String,
    /// The source's file that is left out.
    pub left: String,
}

impl Overlap {
    /// What the user should know.
    pub fn notice(&self) -> Notice {
        Notice::Overlap {
            path: self.path.clone(),
            used: self.taken.clone(),
            ignored: self.left.clone(),
        }
    }
}

/// Collects pairs while the trees are walked.
#[derive(Default)]
pub(super) struct PairCollector {
    files: BTreeMap<RepoPath, FilePair>,
    /// The source's paths of equal files, by the target's.
    equal_files: HashMap<String, String>,
    overlaps: BTreeSet<Overlap>,
    present: BTreeSet<ApplicationName>,
    /// Equal folders whose paths do not determine the applications below.
    equal_folders: Vec<(String, ObjectId)>,
}

impl PairCollector {
    /// Adds an application of which the target has a file.
    pub(super) fn add_present(&mut self, application: ApplicationName) {
        self.present.insert(application);
    }

    /// Adds a source's folder that is equal to the target's.
    pub(super) fn add_equal_folder(&mut self, path: &str, tree: ObjectId) {
        self.equal_folders.push((path.to_owned(), tree));
    }

    /// Adds a file that is equal on both sides.
    pub(super) fn add_equal_file(&mut self, source: &str, target: &str) {
        let taken = self.files.get(target).and_then(|f| f.source_path.clone());
        match taken {
            Some(taken) => self.add_overlap(target, taken.as_str(), source),
            None => {
                self.equal_files
                    .insert(target.to_owned(), source.to_owned());
            }
        }
    }

    /// Adds a pair; of two source files for one target file the first is used.
    pub(super) fn add_pair(&mut self, file: FilePair) {
        let path = file.path.as_str();
        let earlier = self.files.get(path).and_then(|f| f.source_path.as_ref());
        let taken = earlier.map(RepoPath::as_str);
        match taken.or_else(|| self.equal_files.get(path).map(String::as_str)) {
            Some(taken) => {
                if let Some(left) = &file.source_path {
                    let (path, taken) = (path.to_owned(), taken.to_owned());
                    self.add_overlap(&path, &taken, left.as_str());
                }
            }
            // This replaces a pair without a source: another source folder lacked the file.
            None if file.source_path.is_some() => {
                self.files.insert(file.path.clone(), file);
            }
            None => {
                self.files.entry(file.path.clone()).or_insert(file);
            }
        }
    }

    fn add_overlap(&mut self, path: &str, taken: &str, left: &str) {
        if taken != left {
            self.overlaps.insert(Overlap {
                path: path.to_owned(),
                taken: taken.to_owned(),
                left: left.to_owned(),
            });
        }
    }

    /// Completes the pairs once all trees are walked.
    pub(super) fn finish(
        mut self,
        trees: &Trees<'_>,
        naming: &Naming,
        roots: &EnvironmentRoots,
    ) -> Result<Pairs, RepositoryError> {
        self.find_present_in_equal_folders(trees, naming, roots)?;
        Ok(Pairs {
            files: self.files.into_values().collect(),
            overlaps: self.overlaps.into_iter().collect(),
            present: self.present,
            unreadable_names: trees.unreadable_names(),
        })
    }

    /// Opens equal folders as long as there is an application that could be new to the target.
    fn find_present_in_equal_folders(
        &mut self,
        trees: &Trees<'_>,
        naming: &Naming,
        roots: &EnvironmentRoots,
    ) -> Result<(), RepositoryError> {
        let (old, new): (Vec<&FilePair>, Vec<&FilePair>) =
            self.files.values().partition(|f| f.target.is_some());
        let mut possibly_new: BTreeSet<ApplicationName> =
            new.into_iter().map(|f| f.application.clone()).collect();
        for known in old.into_iter().map(|f| &f.application).chain(&self.present) {
            possibly_new.remove(known);
        }
        let mut pending = std::mem::take(&mut self.equal_folders);
        while let Some((folder, tree)) = pending.pop() {
            if possibly_new.is_empty() {
                return Ok(());
            }
            for entry in trees.source(tree)?.iter() {
                let path = join(&folder, &entry.name);
                if entry.is_directory() {
                    pending.push((path, entry.id));
                    continue;
                }
                let application = roots.application(&path, Side::Source(0), naming);
                if possibly_new.remove(&application) {
                    self.present.insert(application);
                }
            }
        }
        Ok(())
    }
}
