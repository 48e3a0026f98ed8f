//! The two commits' folders, read once each.

use std::cell::Cell;

use crate::domain::{FileMode, ObjectId};
use crate::port::{RepositoryError, Snapshot};

/// One entry of a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Entry {
    pub name: String,
    pub id: ObjectId,
    pub mode: FileMode,
}

impl Entry {
    pub(super) fn is_directory(&self) -> bool {
        self.mode == FileMode::Directory
    }
}

/// The trees of source and target.
pub(super) struct Trees<'a> {
    source: &'a dyn Snapshot,
    target: &'a dyn Snapshot,
    unreadable: Cell<usize>,
}

impl<'a> Trees<'a> {
    pub(super) fn new(source: &'a dyn Snapshot, target: &'a dyn Snapshot) -> Self {
        Self {
            source,
            target,
            unreadable: Cell::new(0),
        }
    }

    pub(super) fn roots(&self) -> (ObjectId, ObjectId) {
        (self.source.root(), self.target.root())
    }

    /// The entries of a source's folder, by name.
    pub(super) fn source(&self, tree: ObjectId) -> Result<Vec<Entry>, RepositoryError> {
        self.read(self.source, tree)
    }

    /// The entries of a target's folder, by name.
    pub(super) fn target(&self, tree: ObjectId) -> Result<Vec<Entry>, RepositoryError> {
        self.read(self.target, tree)
    }

    /// How many names were passed over because they are not UTF-8.
    pub(super) fn unreadable_names(&self) -> usize {
        self.unreadable.get()
    }

    fn read(&self, snapshot: &dyn Snapshot, tree: ObjectId) -> Result<Vec<Entry>, RepositoryError> {
        let mut entries = Vec::new();
        snapshot.read_tree(tree, &mut |entry| match std::str::from_utf8(entry.name) {
            Ok(name) => entries.push(Entry {
                name: name.to_owned(),
                id: entry.id,
                mode: entry.mode,
            }),
            Err(_) => self.unreadable.set(self.unreadable.get() + 1),
        })?;
        // Git sorts folders as if their names ended in `/`.
        if !entries.is_sorted_by(|a, b| a.name <= b.name) {
            entries.sort_by(|a, b| a.name.cmp(&b.name));
        }
        Ok(entries)
    }
}
