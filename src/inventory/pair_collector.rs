//! What pairing found: the pairs, and what must be known about those that are not listed.
//!
//! # Why
//!
//! Two source files can mean one target file (`a-stg` and `a-staging`, or a
//! folder that holds the target's name already). Only one can be taken, and a
//! promotion that silently drops the other is a guess; so both are named.
//!
//! Equal folders are never opened. Whether an application is new to the target
//! can then take a look into them; that happens only where the answer matters.

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
    /// Source files that lost their target file to another one, in the order of its path.
    pub overlaps: Vec<Overlap>,
    /// Applications of which the target has a file, as far as it was asked.
    pub present: BTreeSet<ApplicationName>,
    /// Names in the trees that are not UTF-8; they were passed over.
    pub unreadable_names: usize,
}

/// Two source files that mean one target file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Overlap {
    /// The target's path.
    pub path: String,
    /// The source's file that was taken.
    pub taken: String,
    /// The source's file that was left.
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

/// Pairs while the trees are walked.
#[derive(Default)]
pub(super) struct PairCollector {
    files: BTreeMap<RepoPath, FilePair>,
    /// The source's path of equal files that were passed over, by the target's.
    equal: HashMap<String, String>,
    overlaps: BTreeSet<Overlap>,
    present: BTreeSet<ApplicationName>,
    /// Equal folders whose path does not tell the applications below.
    unopened: Vec<(String, ObjectId)>,
}

impl PairCollector {
    /// An application of which the target has a file.
    pub(super) fn present(&mut self, application: ApplicationName) {
        self.present.insert(application);
    }

    /// A folder of the source that is equal to the target's.
    pub(super) fn unopened(&mut self, path: &str, tree: ObjectId) {
        self.unopened.push((path.to_owned(), tree));
    }

    /// A file that is equal on both sides.
    pub(super) fn equal_file(&mut self, source: &str, target: &str) {
        let taken = self.files.get(target).and_then(|f| f.source_path.clone());
        match taken {
            Some(taken) => self.overlap(target, taken.as_str(), source),
            None => {
                self.equal.insert(target.to_owned(), source.to_owned());
            }
        }
    }

    /// A pair; of two source files for one target file the first stays.
    pub(super) fn file(&mut self, file: FilePair) {
        let path = file.path.as_str();
        let held = self.files.get(path).and_then(|f| f.source_path.as_ref());
        let taken = held.map(RepoPath::as_str);
        match taken.or_else(|| self.equal.get(path).map(String::as_str)) {
            Some(taken) => {
                if let Some(left) = &file.source_path {
                    let (path, taken) = (path.to_owned(), taken.to_owned());
                    self.overlap(&path, &taken, left.as_str());
                }
            }
            // What another folder of the source lacks, this one has.
            None if file.source_path.is_some() => {
                self.files.insert(file.path.clone(), file);
            }
            None => {
                self.files.entry(file.path.clone()).or_insert(file);
            }
        }
    }

    fn overlap(&mut self, path: &str, taken: &str, left: &str) {
        if taken != left {
            self.overlaps.insert(Overlap {
                path: path.to_owned(),
                taken: taken.to_owned(),
                left: left.to_owned(),
            });
        }
    }

    /// The pairs, when all was walked.
    pub(super) fn finish(
        mut self,
        trees: &Trees<'_>,
        naming: &Naming,
        roots: &EnvironmentRoots,
    ) -> Result<Pairs, RepositoryError> {
        self.open_folders_of_doubtful_applications(trees, naming, roots)?;
        Ok(Pairs {
            files: self.files.into_values().collect(),
            overlaps: self.overlaps.into_iter().collect(),
            present: self.present,
            unreadable_names: trees.unreadable_names(),
        })
    }

    /// Opens equal folders only as long as an application's being new hangs on them.
    fn open_folders_of_doubtful_applications(
        &mut self,
        trees: &Trees<'_>,
        naming: &Naming,
        roots: &EnvironmentRoots,
    ) -> Result<(), RepositoryError> {
        let (old, new): (Vec<&FilePair>, Vec<&FilePair>) =
            self.files.values().partition(|f| f.target.is_some());
        let mut doubtful: BTreeSet<ApplicationName> =
            new.into_iter().map(|f| f.application.clone()).collect();
        for known in old.into_iter().map(|f| &f.application).chain(&self.present) {
            doubtful.remove(known);
        }
        let mut open = std::mem::take(&mut self.unopened);
        while let Some((folder, tree)) = open.pop() {
            if doubtful.is_empty() {
                return Ok(());
            }
            for entry in trees.source(tree)?.iter() {
                let path = join(&folder, &entry.name);
                if entry.is_directory() {
                    open.push((path, entry.id));
                    continue;
                }
                let application = roots.application(&path, Side::Source(0), naming);
                if doubtful.remove(&application) {
                    self.present.insert(application);
                }
            }
        }
        Ok(())
    }
}
