//! Trees as bytes: reading them, and rebuilding them along the changed paths.
//!
//! # Why
//!
//! A promotion must leave every entry that it does not change as it is, with
//! odd modes (`100664`) and names that are not UTF-8. Git's tree format is a
//! list of `mode name\0id`; keeping the entries' bytes is simpler and more
//! exact than going through libgit2's builder, which normalises modes.

use std::collections::BTreeMap;

use git2::{ObjectType, Odb, Oid};

use super::durable::Written;
use super::fault::Place;
use crate::domain::{FileMode, RepoPath};
use crate::port::RepositoryError;

/// One entry as it stands in a tree.
#[derive(Clone, Copy)]
pub(super) struct RawEntry<'a> {
    pub(super) mode: &'a [u8],
    pub(super) name: &'a [u8],
    pub(super) id: &'a [u8],
}

impl RawEntry<'_> {
    /// What the entry is.
    pub(super) fn kind(&self) -> FileMode {
        match self.mode {
            b"40000" => FileMode::Directory,
            b"120000" => FileMode::Symlink,
            b"160000" => FileMode::Submodule,
            [.., a, _, _] if self.mode.len() == 6 && (a - b'0') & 1 == 1 => FileMode::Executable,
            _ => FileMode::Regular,
        }
    }
}

/// The entries of a tree whose ids have `size` bytes; `None` where it is damaged, as the last one.
pub(super) fn parse_tree(
    mut data: &[u8],
    size: usize,
) -> impl Iterator<Item = Option<RawEntry<'_>>> {
    std::iter::from_fn(move || {
        if data.is_empty() {
            return None;
        }
        let entry = split_entry(data, size);
        data = entry.map_or(&[], |(_, rest)| rest);
        Some(entry.map(|(entry, _)| entry))
    })
}

fn split_entry(data: &[u8], size: usize) -> Option<(RawEntry<'_>, &[u8])> {
    let space = data.iter().take(8).position(|b| *b == b' ')?;
    let (mode, rest) = (&data[..space], &data[space + 1..]);
    let end = rest.iter().position(|b| *b == 0)?;
    let (name, rest) = (&rest[..end], &rest[end + 1..]);
    let (id, rest) = rest.split_at_checked(size)?;
    Some((RawEntry { mode, name, id }, rest))
}

/// What becomes of a file.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Edit {
    /// Nothing: the path is a directory of others.
    #[default]
    Keep,
    /// It is gone.
    Delete,
    /// It has this mode and blob.
    Write(FileMode, Oid),
}

/// What becomes of the paths below one directory.
#[derive(Default)]
pub(super) struct Edits<'a> {
    /// The file of this very name.
    file: Edit,
    below: BTreeMap<&'a [u8], Edits<'a>>,
}

impl<'a> Edits<'a> {
    /// Adds a file's new mode and blob; `None` deletes it.
    pub(super) fn insert(&mut self, path: &'a RepoPath, file: Option<(FileMode, Oid)>) {
        let mut at = self;
        for part in path.parts() {
            at = at.below.entry(part.as_bytes()).or_default();
        }
        at.file = file.map_or(Edit::Delete, |(mode, id)| Edit::Write(mode, id));
    }
}

/// Rebuilds trees in one object database.
pub(super) struct Rebuild<'a> {
    pub(super) odb: &'a Odb<'a>,
    pub(super) place: &'a Place,
    pub(super) written: &'a mut Written,
}

/// An entry to be written: its mode's digits and its object.
type Entry = (Vec<u8>, Oid);

impl Rebuild<'_> {
    /// Writes `tree` (nothing for `None`) with the edits below it; `None` if nothing is left.
    pub(super) fn apply(
        &mut self,
        tree: Option<Oid>,
        edits: &Edits<'_>,
        prefix: &str,
    ) -> Result<Option<Oid>, RepositoryError> {
        let mut entries = self.read(tree)?;
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
    pub(super) fn write(&mut self, kind: ObjectType, data: &[u8]) -> Result<Oid, RepositoryError> {
        let id = (self.odb)
            .write(kind, data)
            .map_err(self.place.fault(format!("could not write a {kind}")))?;
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
                (Edit::Write(mode, id), old) => Ok(Some((digits(mode, old), id))),
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
            (None, Edit::Write(mode, id)) => Ok(Some((digits(mode, None), id))),
            (None, _) => Ok(None),
        }
    }

    fn read(&self, tree: Option<Oid>) -> Result<BTreeMap<Vec<u8>, Entry>, RepositoryError> {
        let Some(id) = tree else {
            return Ok(BTreeMap::new());
        };
        let doing = format!("could not read tree `{id}`");
        let object = self.odb.read(id).map_err(self.place.fault(doing.clone()))?;
        parse_tree(object.data(), id.as_bytes().len())
            .map(|entry| {
                let entry = entry?;
                let id = Oid::from_bytes(entry.id).ok()?;
                Some((entry.name.to_vec(), (entry.mode.to_vec(), id)))
            })
            .collect::<Option<_>>()
            .ok_or_else(|| Place::found(doing, "it is damaged"))
    }
}

/// The digits of a mode; those of the old entry if it is of the same kind.
fn digits(mode: FileMode, old: Option<Entry>) -> Vec<u8> {
    if let Some((digits, _)) = old {
        let entry = RawEntry {
            mode: &digits,
            name: b"",
            id: b"",
        };
        if entry.kind() == mode {
            return digits;
        }
    }
    match mode {
        FileMode::Directory => &b"40000"[..],
        FileMode::Regular => b"100644",
        FileMode::Executable => b"100755",
        FileMode::Symlink => b"120000",
        FileMode::Submodule => b"160000",
    }
    .to_vec()
}

/// Git's order: a directory sorts as if its name ended in `/`.
fn serialize(entries: BTreeMap<Vec<u8>, Entry>) -> Vec<u8> {
    let mut sorted: Vec<_> = entries.into_iter().collect();
    sorted.sort_by_cached_key(|(name, (mode, _))| {
        let mut key = name.clone();
        if mode == b"40000" {
            key.push(b'/');
        }
        key
    });
    let mut data = Vec::new();
    for (name, (mode, id)) in sorted {
        data.extend_from_slice(&mode);
        data.push(b' ');
        data.extend_from_slice(&name);
        data.push(0);
        data.extend_from_slice(id.as_bytes());
    }
    data
}

fn join(prefix: &str, name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    if prefix.is_empty() {
        name.into_owned()
    } else {
        format!("{prefix}/{name}")
    }
}
