//! Reads the objects of two commits.
//!
//! # Why
//!
//! Source and target can be in different places, and comparing files reads older states of both. An object's
//! id depends on its content alone, so it does not matter which of the two has it.

use crate::domain::{CommitId, FileMode, ObjectId};
use crate::port::{RepositoryError, Snapshot, TreeEntry};

/// A commit, with the objects of another one.
pub(super) struct Joined<'a> {
    pub commit: &'a dyn Snapshot,
    pub other: &'a dyn Snapshot,
}

impl Joined<'_> {
    /// What the commit has, else what the other one has.
    fn first<T>(
        &self,
        read: impl Fn(&dyn Snapshot) -> Result<T, RepositoryError>,
    ) -> Result<T, RepositoryError> {
        match read(self.commit) {
            Err(error @ RepositoryError::MissingObject { .. }) => {
                read(self.other).map_err(|_| error)
            }
            other => other,
        }
    }
}

impl Snapshot for Joined<'_> {
    fn commit(&self) -> CommitId {
        self.commit.commit()
    }

    fn root(&self) -> ObjectId {
        self.commit.root()
    }

    fn read_tree(
        &self,
        tree: ObjectId,
        visit: &mut dyn FnMut(TreeEntry<'_>),
    ) -> Result<(), RepositoryError> {
        // Trees are only read in the commit itself.
        self.commit.read_tree(tree, visit)
    }

    fn entry(
        &self,
        tree: ObjectId,
        name: &str,
    ) -> Result<Option<(FileMode, ObjectId)>, RepositoryError> {
        self.commit.entry(tree, name)
    }

    fn blob_size(&self, blob: ObjectId) -> Result<u64, RepositoryError> {
        self.first(|snapshot| snapshot.blob_size(blob))
    }

    fn read_blob(&self, blob: ObjectId) -> Result<Vec<u8>, RepositoryError> {
        self.first(|snapshot| snapshot.read_blob(blob))
    }
}
