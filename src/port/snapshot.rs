//! Reads one commit.

use super::RepositoryError;
use crate::domain::{CommitId, FileMode, ObjectId};

/// One entry of a directory, borrowed while the directory is read.
#[derive(Clone, Copy, Debug)]
pub struct TreeEntry<'a> {
    /// The name as Git stores it; not always UTF-8.
    pub name: &'a [u8],
    /// The object.
    pub id: ObjectId,
    /// Its mode.
    pub mode: FileMode,
}

/// The content of one commit, read on demand.
pub trait Snapshot: Send + Sync {
    /// The commit.
    fn commit(&self) -> CommitId;

    /// Its root directory.
    fn root(&self) -> ObjectId;

    /// Calls `visit` for each entry of a directory, in Git's order.
    ///
    /// # Errors
    /// When the object is missing or damaged.
    fn read_tree(
        &self,
        tree: ObjectId,
        visit: &mut dyn FnMut(TreeEntry<'_>),
    ) -> Result<(), RepositoryError>;

    /// The mode and object of the entry of a directory with a name.
    ///
    /// # Errors
    /// When the object is missing or damaged.
    fn entry(
        &self,
        tree: ObjectId,
        name: &str,
    ) -> Result<Option<(FileMode, ObjectId)>, RepositoryError> {
        let mut found = None;
        self.read_tree(tree, &mut |entry| {
            if entry.name == name.as_bytes() {
                found = Some((entry.mode, entry.id));
            }
        })?;
        Ok(found)
    }

    /// The size of a blob in bytes, without reading it whole.
    ///
    /// # Errors
    /// When the object is missing or damaged.
    fn blob_size(&self, blob: ObjectId) -> Result<u64, RepositoryError>;

    /// The bytes of a blob.
    ///
    /// # Errors
    /// When the object is missing or damaged.
    fn read_blob(&self, blob: ObjectId) -> Result<Vec<u8>, RepositoryError>;

    /// Passes the bytes of each blob to `visit`, in order; those of blobs with more than `most` bytes are not
    /// read.
    ///
    /// # Errors
    /// When an object is missing or damaged.
    fn read_blobs(
        &self,
        blobs: &[ObjectId],
        most: u64,
        visit: &mut dyn FnMut(Option<Vec<u8>>),
    ) -> Result<(), RepositoryError> {
        read_one_by_one(self, blobs, most, visit)
    }
}

/// Reads blobs as [`Snapshot::read_blobs`] does, one after the other.
///
/// # Errors
/// When an object is missing or damaged.
pub fn read_one_by_one<S: Snapshot + ?Sized>(
    snapshot: &S,
    blobs: &[ObjectId],
    most: u64,
    visit: &mut dyn FnMut(Option<Vec<u8>>),
) -> Result<(), RepositoryError> {
    for blob in blobs {
        let is_small = snapshot.blob_size(*blob)? <= most;
        visit(is_small.then(|| snapshot.read_blob(*blob)).transpose()?);
    }
    Ok(())
}

impl dyn Snapshot + '_ {
    /// The mode and object at a path; the empty path is the root.
    ///
    /// # Errors
    /// When a folder on the way is missing or damaged.
    pub fn entry_at(&self, path: &str) -> Result<Option<(FileMode, ObjectId)>, RepositoryError> {
        let mut at = (FileMode::Directory, self.root());
        for name in path.split('/').filter(|_| !path.is_empty()) {
            if at.0 != FileMode::Directory {
                return Ok(None);
            }
            match self.entry(at.1, name)? {
                Some(entry) => at = entry,
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }
}
