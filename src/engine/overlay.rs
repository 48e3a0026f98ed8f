//! A commit with changes that are planned, but not written, or with moved files.
//!
//! # Why
//!
//! A later step of a flow promotes what an earlier one is going to bring. To show that without writing
//! anything, the files of the earlier steps must be readable as if they were committed. And the files of an
//! older commit are compared at the paths that they have now.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::domain::{CommitId, FileMode, ObjectId, RepoPath};
use crate::port::{RepositoryError, Snapshot, TreeChange, TreeEntry};

/// A commit with other files than it has.
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

/// The files of a commit at other paths, from the first of each to the second.
pub(super) fn with_present_paths(
    commit: Arc<dyn Snapshot>,
    moved: &BTreeMap<RepoPath, RepoPath>,
) -> Result<Arc<dyn Snapshot>, RepositoryError> {
    if moved.is_empty() {
        return Ok(commit);
    }
    let mut overlay = Overlay::new(commit);
    overlay.move_files(moved)?;
    Ok(Arc::new(overlay))
}

/// A file that is not where the commit has it.
enum NewFile {
    /// With new content.
    Written(FileMode, Vec<u8>),
    /// With the content of an object.
    Moved(FileMode, ObjectId),
}

/// What becomes of the entries of a folder.
#[derive(Default)]
struct Edits {
    /// New files; none if they are deleted.
    files: BTreeMap<String, Option<NewFile>>,
    folders: BTreeMap<String, Edits>,
}

impl Edits {
    fn set(&mut self, path: &RepoPath, file: Option<NewFile>) {
        let mut folder = self;
        let mut parts: Vec<&str> = path.parts().collect();
        let name = parts.pop().unwrap_or_default();
        for part in parts {
            folder = folder.folders.entry(part.to_owned()).or_default();
        }
        folder.files.insert(name.to_owned(), file);
    }
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
        for TreeChange { path, content } in changes {
            edits.set(
                &path,
                content.map(|(mode, bytes)| NewFile::Written(mode, bytes)),
            );
        }
        self.edit(edits)
    }

    fn move_files(&mut self, paths: &BTreeMap<RepoPath, RepoPath>) -> Result<(), RepositoryError> {
        let mut edits = Edits::default();
        let before: &dyn Snapshot = self;
        let mut moved = Vec::new();
        for (from, to) in paths {
            if let Some((mode, id)) = before.entry_at(from.as_str())? {
                moved.push((to, NewFile::Moved(mode, id)));
                edits.set(from, None);
            }
        }
        // A file can be moved to where another one was.
        for (to, file) in moved {
            edits.set(to, Some(file));
        }
        self.edit(edits)
    }

    fn edit(&mut self, edits: Edits) -> Result<(), RepositoryError> {
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
            let file = match content {
                Some(NewFile::Written(mode, bytes)) => {
                    let id = self.next_id();
                    self.blobs.insert(id, bytes);
                    (mode, id)
                }
                Some(NewFile::Moved(mode, id)) => (mode, id),
                None => continue,
            };
            let (mode, id) = file;
            entries.push(Entry {
                name: name.into_bytes(),
                mode,
                id,
            });
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
