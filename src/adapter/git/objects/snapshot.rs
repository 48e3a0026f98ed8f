//! One commit as the port's snapshot; objects are read on demand.

use std::sync::Arc;

use git2::ObjectType;

use super::many;
use super::recent_trees::EntriesByName;
use super::tree::{damaged, parse_tree};
use crate::adapter::git::local::Local;
use crate::domain::{CommitId, FileMode, ObjectId};
use crate::port::{RepositoryError, Snapshot, TreeEntry, read_one_by_one};

/// A commit of a repository, opened for reading.
pub struct GitSnapshot {
    local: Arc<Local>,
    commit: CommitId,
    root: ObjectId,
}

impl GitSnapshot {
    /// Opens a commit.
    pub fn open(local: Arc<Local>, commit: CommitId) -> Result<Self, RepositoryError> {
        let root = local.objects.commit(commit.0)?.tree;
        Ok(Self {
            local,
            commit,
            root,
        })
    }
}

impl Snapshot for GitSnapshot {
    fn commit(&self) -> CommitId {
        self.commit
    }

    fn root(&self) -> ObjectId {
        self.root
    }

    fn read_tree(
        &self,
        tree: ObjectId,
        visit: &mut dyn FnMut(TreeEntry<'_>),
    ) -> Result<(), RepositoryError> {
        let damaged = || damaged(tree);
        self.local.objects.read(tree, ObjectType::Tree, |bytes| {
            for entry in parse_tree(bytes, tree.as_bytes().len()) {
                let entry = entry.ok_or_else(damaged)?;
                visit(TreeEntry {
                    name: entry.name,
                    id: entry.id().ok_or_else(damaged)?,
                    mode: entry.kind(),
                });
            }
            Ok(())
        })?
    }

    fn entry(
        &self,
        tree: ObjectId,
        name: &str,
    ) -> Result<Option<(FileMode, ObjectId)>, RepositoryError> {
        let name = name.as_bytes();
        if let Some(entries) = self.local.recent_trees.find(tree) {
            return Ok(entries.get(name).copied());
        }
        let mut entries = EntriesByName::new();
        self.read_tree(tree, &mut |entry| {
            entries.insert(entry.name.to_vec(), (entry.mode, entry.id));
        })?;
        let found = entries.get(name).copied();
        self.local.recent_trees.add(tree, entries);
        Ok(found)
    }

    fn blob_size(&self, blob: ObjectId) -> Result<u64, RepositoryError> {
        self.local.objects.size(blob)
    }

    fn read_blob(&self, blob: ObjectId) -> Result<Vec<u8>, RepositoryError> {
        (self.local.objects).read(blob, ObjectType::Blob, <[u8]>::to_vec)
    }

    fn read_blobs(
        &self,
        blobs: &[ObjectId],
        most: u64,
        visit: &mut dyn FnMut(Option<Vec<u8>>),
    ) -> Result<(), RepositoryError> {
        if blobs.len() >= many::MANY {
            return many::read(&self.local, blobs, most, visit);
        }
        read_one_by_one(self, blobs, most, visit)
    }
}
