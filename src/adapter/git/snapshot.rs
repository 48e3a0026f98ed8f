//! Reading a commit straight from the object database.
//!
//! # Why
//!
//! A `git2::Repository` may be used by one thread at a time, its object
//! database by many. So snapshots share a database handle of their own, and
//! parse raw trees themselves: libgit2's tree type allocates per entry and
//! keeps what it read. The handle looks the objects up again when one is
//! missing, so it also sees what was fetched or written after it was opened.

use std::sync::Arc;

use git2::{ObjectType, Odb, OdbObject, Oid};

use super::fault::Place;
use super::tree::parse_tree;
use crate::domain::{CommitId, ObjectId};
use crate::port::{RepositoryError, Snapshot, TreeEntry};

/// The object database that all snapshots of a repository read.
pub(super) struct Store {
    odb: Odb<'static>,
    place: Place,
}

impl Store {
    /// Opens the objects of `repo` for many readers.
    pub(super) fn open(repo: &git2::Repository) -> Result<Self, RepositoryError> {
        let place = Place::of(repo);
        let objects = repo.commondir().join("objects");
        let odb = Odb::new_ext(repo.object_format())
            .map_err(place.fault("could not open the object database"))?;
        let path = objects.to_str().ok_or_else(|| {
            Place::found(
                "could not open the object database",
                "its path is not UTF-8",
            )
        })?;
        odb.add_disk_alternate(path)
            .map_err(place.fault("could not open the object database"))?;
        Ok(Self { odb, place })
    }

    fn read(
        &self,
        id: ObjectId,
        kind: ObjectType,
        what: &str,
    ) -> Result<OdbObject<'_>, RepositoryError> {
        let oid = to_oid(id)?;
        let object = self.odb.read(oid).map_err(|e| self.fault(what, id, e))?;
        if object.kind() == kind {
            Ok(object)
        } else {
            Err(Place::found(
                format!("could not read {what} `{id}`"),
                format!("it is a {}", object.kind()),
            ))
        }
    }

    fn fault(&self, what: &str, id: ObjectId, error: git2::Error) -> RepositoryError {
        if error.code() == git2::ErrorCode::NotFound {
            return RepositoryError::MissingObject {
                id: id.to_string(),
                shallow: self.place.shallow,
            };
        }
        self.place.fault(format!("could not read {what} `{id}`"))(error)
    }
}

/// One commit, read as it is asked for.
pub(super) struct GitSnapshot {
    store: Arc<Store>,
    commit: CommitId,
    root: ObjectId,
}

impl GitSnapshot {
    /// Opens `commit`.
    pub(super) fn open(store: Arc<Store>, commit: CommitId) -> Result<Self, RepositoryError> {
        let object = store.read(commit.0, ObjectType::Commit, "commit")?;
        let root = root_of(object.data()).ok_or_else(|| {
            Place::found(
                format!("could not read commit `{commit}`"),
                "it has no tree",
            )
        })?;
        drop(object);
        Ok(Self {
            store,
            commit,
            root,
        })
    }
}

/// The tree that a commit's first line names.
fn root_of(commit: &[u8]) -> Option<ObjectId> {
    let line = commit
        .strip_prefix(b"tree ")?
        .split(|b| *b == b'\n')
        .next()?;
    std::str::from_utf8(line).ok()?.parse().ok()
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
        let object = self.store.read(tree, ObjectType::Tree, "tree")?;
        for entry in parse_tree(object.data(), tree.as_bytes().len()) {
            let entry = entry.ok_or_else(|| damaged(tree))?;
            visit(TreeEntry {
                name: entry.name,
                id: ObjectId::from_bytes(entry.id).ok_or_else(|| damaged(tree))?,
                mode: entry.kind(),
            });
        }
        Ok(())
    }

    fn blob_size(&self, blob: ObjectId) -> Result<u64, RepositoryError> {
        let oid = to_oid(blob)?;
        let (size, _) = (self.store.odb)
            .read_header(oid)
            .map_err(|e| self.store.fault("blob", blob, e))?;
        Ok(size as u64)
    }

    fn read_blob(&self, blob: ObjectId) -> Result<Vec<u8>, RepositoryError> {
        let object = self.store.read(blob, ObjectType::Blob, "blob")?;
        Ok(object.data().to_vec())
    }
}

fn damaged(tree: ObjectId) -> RepositoryError {
    Place::found(format!("could not read tree `{tree}`"), "it is damaged")
}

/// The port's id as libgit2's.
pub(super) fn to_oid(id: ObjectId) -> Result<Oid, RepositoryError> {
    Oid::from_bytes(id.as_bytes())
        .map_err(|e| Place::found(format!("could not read object `{id}`"), e.message()))
}

/// libgit2's id as the port's.
pub(super) fn from_oid(oid: Oid) -> Result<ObjectId, RepositoryError> {
    ObjectId::from_bytes(oid.as_bytes())
        .ok_or_else(|| Place::found(format!("could not read object `{oid}`"), "odd id length"))
}
