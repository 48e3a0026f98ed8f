//! Rewriting the trees along the changed paths.

use std::collections::BTreeMap;

use git2::ObjectType;

use super::tree::{ModeAndId, digits_like, entries, serialize};
use crate::adapter::git::local::Local;
use crate::domain::{FileMode, ObjectId, RepoPath};
use crate::port::RepositoryError;

/// How one file changes.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum FileEdit {
    /// It does not: the path is a directory of changed files.
    #[default]
    Keep,
    /// It is deleted.
    Delete,
    /// It gets this mode and blob.
    Write(FileMode, ObjectId),
}

/// How the paths below one directory change.
#[derive(Default)]
pub struct Edits<'a> {
    /// The file at this path itself.
    file: FileEdit,
    below: BTreeMap<&'a [u8], Edits<'a>>,
}

impl<'a> Edits<'a> {
    /// Adds a file's new mode and blob, or `None` to delete it.
    pub fn insert(&mut self, path: &'a RepoPath, file: Option<(FileMode, ObjectId)>) {
        let mut at = self;
        for part in path.parts() {
            at = at.below.entry(part.as_bytes()).or_default();
        }
        at.file = file.map_or(FileEdit::Delete, |(mode, id)| FileEdit::Write(mode, id));
    }
}

/// Writes changed trees.
pub struct TreeWriter<'a> {
    pub local: &'a Local,
    /// All objects that were written.
    pub written: Vec<ObjectId>,
}

impl TreeWriter<'_> {
    /// Writes `tree` (`None` is empty) with the edits below it; returns `None` if nothing is left.
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

    /// Writes an object and records it in `written`.
    pub fn write(&mut self, kind: ObjectType, data: &[u8]) -> Result<ObjectId, RepositoryError> {
        let id = self.local.write(kind, data)?;
        self.written.push(id);
        Ok(id)
    }

    fn entry(
        &mut self,
        old: Option<ModeAndId>,
        edit: &Edits<'_>,
        path: &str,
    ) -> Result<Option<ModeAndId>, RepositoryError> {
        let collision = || RepositoryError::Collision {
            path: path.to_owned(),
        };
        let directory = |old: &ModeAndId| old.0 == b"40000";
        if edit.below.is_empty() {
            return match (edit.file, old) {
                (FileEdit::Keep, old) => Ok(old),
                (_, Some(old)) if directory(&old) => Err(collision()),
                (FileEdit::Write(mode, id), old) => Ok(Some((digits_like(mode, old), id))),
                (FileEdit::Delete, _) => Ok(None),
            };
        }
        let below = match old {
            Some(old) if directory(&old) => Some(old.1),
            Some(_) if edit.file != FileEdit::Delete => return Err(collision()),
            _ => None,
        };
        match (self.apply(below, edit, path)?, edit.file) {
            (Some(_), FileEdit::Write(..)) => Err(collision()),
            (Some(tree), _) => Ok(Some((b"40000".to_vec(), tree))),
            (None, FileEdit::Write(mode, id)) => Ok(Some((digits_like(mode, None), id))),
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
