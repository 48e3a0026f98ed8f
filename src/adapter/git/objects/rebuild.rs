//! Rebuilding trees along the changed paths.

use std::collections::BTreeMap;

use git2::ObjectType;

use super::tree::Entry;
use super::tree::digits_like;
use super::tree::entries;
use super::tree::serialize;
use crate::adapter::git::local::Local;
use crate::domain::{FileMode, ObjectId, RepoPath};
use crate::port::RepositoryError;

/// What becomes of a file.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Edit {
    /// Nothing: the path is a directory of others.
    #[default]
    Keep,
    /// It is gone.
    Delete,
    /// It has this mode and blob.
    Write(FileMode, ObjectId),
}

/// What becomes of the paths below one directory.
#[derive(Default)]
pub struct Edits<'a> {
    /// The file of this very name.
    file: Edit,
    below: BTreeMap<&'a [u8], Edits<'a>>,
}

impl<'a> Edits<'a> {
    /// Adds a file's new mode and blob; `None` deletes it.
    pub fn insert(&mut self, path: &'a RepoPath, file: Option<(FileMode, ObjectId)>) {
        let mut at = self;
        for part in path.parts() {
            at = at.below.entry(part.as_bytes()).or_default();
        }
        at.file = file.map_or(Edit::Delete, |(mode, id)| Edit::Write(mode, id));
    }
}

/// Rebuilds trees of one repository.
pub struct Rebuild<'a> {
    pub local: &'a Local,
    /// Every object that was written.
    pub written: Vec<ObjectId>,
}

impl Rebuild<'_> {
    /// Writes `tree` (nothing for `None`) with the edits below it; `None` if nothing is left.
    pub fn apply(
        &mut self,
        tree: Option<ObjectId>,
        edits: &Edits<'_>,
        prefix: &str,
    ) -> Result<Option<ObjectId>, RepositoryError> {
        let mut entries = entries(self.local, tree)?;
        for (name, edit) in &edits.below {
            let path = join(prefix, name);
            let old = entries.remove(*name);
            if let Some(new) = self.entry(old, edit, &path)? {
                entries.insert(name.to_vec(), new);
            }
        }
        if entries.is_empty() {
            return Ok(None);
        }
        self.write(ObjectType::Tree, &serialize(entries)).map(Some)
    }

    /// Writes an object and remembers it.
    pub fn write(&mut self, kind: ObjectType, data: &[u8]) -> Result<ObjectId, RepositoryError> {
        let id = self.local.write(kind, data)?;
        self.written.push(id);
        Ok(id)
    }

    fn entry(
        &mut self,
        old: Option<Entry>,
        edit: &Edits<'_>,
        path: &str,
    ) -> Result<Option<Entry>, RepositoryError> {
        let collision = || RepositoryError::Collision {
            path: path.to_owned(),
        };
        let directory = |old: &Entry| old.0 == b"40000";
        if edit.below.is_empty() {
            return match (edit.file, old) {
                (Edit::Keep, old) => Ok(old),
                (_, Some(old)) if directory(&old) => Err(collision()),
                (Edit::Write(mode, id), old) => Ok(Some((digits_like(mode, old), id))),
                (Edit::Delete, _) => Ok(None),
            };
        }
        let below = match old {
            Some(old) if directory(&old) => Some(old.1),
            Some(_) if edit.file != Edit::Delete => return Err(collision()),
            _ => None,
        };
        match (self.apply(below, edit, path)?, edit.file) {
            (Some(_), Edit::Write(..)) => Err(collision()),
            (Some(tree), _) => Ok(Some((b"40000".to_vec(), tree))),
            (None, Edit::Write(mode, id)) => Ok(Some((digits_like(mode, None), id))),
            (None, _) => Ok(None),
        }
    }
}

fn join(prefix: &str, name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    if prefix.is_empty() {
        name.into_owned()
    } else {
        format!("{prefix}/{name}")
    }
}
