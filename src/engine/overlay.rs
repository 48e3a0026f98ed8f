//! A commit with changes that are planned, but not written.
//!
//! # Why
//!
//! A later step of a flow promotes what an earlier one is going to bring. To show that without writing
//! anything, the files of the earlier steps must be readable as if they were committed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::domain::{CommitId, FileMode, ObjectId};
use crate::port::{RepositoryError, Snapshot, TreeChange, TreeEntry};

/// A commit with planned changes.
pub(super) struct Overlay {
    commit: Arc<dyn Snapshot>,
    root: ObjectId,
    trees: HashMap<ObjectId, Vec<Entry>>,
    blobs: HashMap<ObjectId, Vec<u8>>,
}

#[derive(Clone)]
struct Entry {
    name: Vec<u8>,
    mode: FileMode,
    id: ObjectId,
}

/// What becomes of the entries of a folder.
#[derive(Default)]
struct Edits {
    /// Files with their new content, or none if they are deleted.
    files: BTreeMap<String, Option<(FileMode, Vec<u8>)>>,
    folders: BTreeMap<String, Edits>,
}

impl Overlay {
    /// The commit as it is.
    pub(super) fn new(commit: Arc<dyn Snapshot>) -> Self {
        Self {
            root: commit.root(),
            commit,
            trees: HashMap::new(),
            blobs: HashMap::new(),
        }
    }

    /// Adds planned changes.
    pub(super) fn apply(&mut self, changes: Vec<TreeChange>) -> Result<(), RepositoryError> {
        if changes.is_empty() {
            return Ok(());
        }
        let mut edits = Edits::default();
        for change in changes {
            let mut folder = &mut edits;
            let mut parts: Vec<&str> = change.path.parts().collect();
            let name = parts.pop().unwrap_or_default();
            for part in parts {
                folder = folder.folders.entry(part.to_owned()).or_default();
            }
            folder.files.insert(name.to_owned(), change.content);
        }
        self.root = match self.edited(Some(self.root), edits)? {
            Some(root) => root,
            None => self.add_tree(Vec::new()),
        };
        Ok(())
    }

    /// The changed tree; `None` if it has no entries any more.
    fn edited(
        &mut self,
        tree: Option<ObjectId>,
        edits: Edits,
    ) -> Result<Option<ObjectId>, RepositoryError> {
        let mut entries = Vec::new();
        if let Some(tree) = tree {
            self.read_tree(tree, &mut |entry| {
                entries.push(Entry {
                    name: entry.name.to_vec(),
                    mode: entry.mode,
                    id: entry.id,
                });
            })?;
        }
        for (name, content) in edits.files {
            entries.retain(|entry| entry.name != name.as_bytes());
            if let Some((mode, bytes)) = content {
                let id = self.next_id();
                self.blobs.insert(id, bytes);
                entries.push(Entry {
                    name: name.into_bytes(),
                    mode,
                    id,
                });
            }
        }
        for (name, below) in edits.folders {
            let is_it = |entry: &Entry| entry.name == name.as_bytes();
            let at = entries.iter().position(is_it);
            let old = at.map(|at| entries.swap_remove(at));
            let old = old.filter(|entry| entry.mode == FileMode::Directory);
            if let Some(id) = self.edited(old.map(|entry| entry.id), below)? {
                entries.push(Entry {
                    name: name.into_bytes(),
                    mode: FileMode::Directory,
                    id,
                });
            }
        }
        Ok((!entries.is_empty()).then(|| self.add_tree(entries)))
    }

    fn add_tree(&mut self, mut entries: Vec<Entry>) -> ObjectId {
        // Git compares the name of a folder as if it ended with a slash.
        entries.sort_by_cached_key(|entry| {
            let is_folder = entry.mode == FileMode::Directory;
            let mut name = entry.name.clone();
            name.extend(is_folder.then_some(b'/'));
            name
        });
        let id = self.next_id();
        self.trees.insert(id, entries);
        id
    }

    /// An id that no object of the repository has.
    fn next_id(&self) -> ObjectId {
        let mut bytes = vec![0xff; self.root.as_bytes().len()];
        let number = (self.trees.len() + self.blobs.len()).to_be_bytes();
        let start = bytes.len() - number.len();
        bytes[start..].copy_from_slice(&number);
        ObjectId::from_bytes(&bytes).unwrap_or(self.root)
    }
}

impl Snapshot for Overlay {
    fn commit(&self) -> CommitId {
        self.commit.commit()
    }

    fn root(&self) -> ObjectId {
        self.root
    }

    fn read_tree(
        &self,
        tree: ObjectId,
        visit: &mut dyn FnMut(TreeEntry<'_>),
    ) -> Result<(), RepositoryError> {
        let Some(entries) = self.trees.get(&tree) else {
            return self.commit.read_tree(tree, visit);
        };
        for entry in entries {
            visit(TreeEntry {
                name: &entry.name,
                id: entry.id,
                mode: entry.mode,
            });
        }
        Ok(())
    }

    fn entry(
        &self,
        tree: ObjectId,
        name: &str,
    ) -> Result<Option<(FileMode, ObjectId)>, RepositoryError> {
        let Some(entries) = self.trees.get(&tree) else {
            return self.commit.entry(tree, name);
        };
        let named = entries.iter().find(|entry| entry.name == name.as_bytes());
        Ok(named.map(|entry| (entry.mode, entry.id)))
    }

    fn blob_size(&self, blob: ObjectId) -> Result<u64, RepositoryError> {
        match self.blobs.get(&blob) {
            Some(bytes) => Ok(bytes.len() as u64),
            None => self.commit.blob_size(blob),
        }
    }

    fn read_blob(&self, blob: ObjectId) -> Result<Vec<u8>, RepositoryError> {
        match self.blobs.get(&blob) {
            Some(bytes) => Ok(bytes.clone()),
            None => self.commit.read_blob(blob),
        }
    }
}
