//! Trees as bytes: reading them, comparing them, rebuilding them along the changed paths.
//!
//! # Why
//!
//! A promotion must leave every entry that it does not change as it is, with
//! odd modes (`100664`) and names that are not UTF-8. Git's tree format is a
//! list of `mode name\0id`; keeping the entries' bytes is simpler and more
//! exact than going through libgit2's builder, which normalises modes.

use std::collections::{BTreeMap, BTreeSet};

use git2::ObjectType;

use super::fault::Place;
use super::local::Local;
use super::path::GitPath;
use crate::domain::{FileMode, ObjectId, RepoPath};
use crate::port::RepositoryError;

/// One entry as it stands in a tree.
#[derive(Clone, Copy)]
pub(super) struct RawEntry<'a> {
    pub(super) mode: &'a [u8],
    pub(super) name: &'a [u8],
    pub(super) id: &'a [u8],
}

impl RawEntry<'_> {
    /// The object.
    pub(super) fn id(&self) -> Option<ObjectId> {
        ObjectId::from_bytes(self.id)
    }

    /// What the entry is.
    pub(super) fn kind(&self) -> FileMode {
        kind(self.mode)
    }
}

/// What an entry with a mode of these digits is.
fn kind(mode: &[u8]) -> FileMode {
    match mode {
        b"40000" => FileMode::Directory,
        b"120000" => FileMode::Symlink,
        b"160000" => FileMode::Submodule,
        [.., a, _, _] if mode.len() == 6 && a & 1 == 1 => FileMode::Executable,
        _ => FileMode::Regular,
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
    Write(FileMode, ObjectId),
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
    pub(super) fn insert(&mut self, path: &'a RepoPath, file: Option<(FileMode, ObjectId)>) {
        let mut at = self;
        for part in path.parts() {
            at = at.below.entry(part.as_bytes()).or_default();
        }
        at.file = file.map_or(Edit::Delete, |(mode, id)| Edit::Write(mode, id));
    }
}

/// Rebuilds trees of one repository.
pub(super) struct Rebuild<'a> {
    pub(super) local: &'a Local,
    /// Every object that was written.
    pub(super) written: Vec<ObjectId>,
}

/// An entry: its mode's digits and its object.
type Entry = (Vec<u8>, ObjectId);

/// The entries of a tree by name.
type Entries = BTreeMap<Vec<u8>, Entry>;

impl Rebuild<'_> {
    /// Writes `tree` (nothing for `None`) with the edits below it; `None` if nothing is left.
    pub(super) fn apply(
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
    pub(super) fn write(
        &mut self,
        kind: ObjectType,
        data: &[u8],
    ) -> Result<ObjectId, RepositoryError> {
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

/// The entries of a tree; none for `None`.
fn entries(local: &Local, tree: Option<ObjectId>) -> Result<Entries, RepositoryError> {
    let Some(id) = tree else {
        return Ok(Entries::new());
    };
    let read = |bytes: &[u8]| {
        parse_tree(bytes, id.as_bytes().len())
            .map(|entry| {
                let entry = entry?;
                Some((entry.name.to_vec(), (entry.mode.to_vec(), entry.id()?)))
            })
            .collect::<Option<Entries>>()
    };
    let found = local.objects.read(id, ObjectType::Tree, read)?;
    found.ok_or_else(|| Place::found(format!("could not read tree `{id}`"), "it is damaged"))
}

/// A file's mode and object.
type File = (FileMode, ObjectId);

/// A path whose file differs between two trees.
pub(super) struct Changed {
    pub(super) path: GitPath,
    pub(super) before: Option<File>,
    pub(super) after: Option<File>,
}

/// The files that differ between two trees, in order; what is equal by id is not read.
pub(super) fn changed(
    local: &Local,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
) -> Result<Vec<Changed>, RepositoryError> {
    let mut found = Vec::new();
    compare(local, old, new, &[], &mut found)?;
    Ok(found)
}

fn compare(
    local: &Local,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
    prefix: &[u8],
    found: &mut Vec<Changed>,
) -> Result<(), RepositoryError> {
    let (old, new) = (entries(local, old)?, entries(local, new)?);
    let names: BTreeSet<&Vec<u8>> = old.keys().chain(new.keys()).collect();
    for name in names {
        let (before, after) = (old.get(name), new.get(name));
        if before == after {
            continue;
        }
        let mut path = prefix.to_vec();
        path.extend_from_slice(name);
        let folder = |entry: Option<&Entry>| {
            entry
                .filter(|e| kind(&e.0) == FileMode::Directory)
                .map(|e| e.1)
        };
        let file = |entry: Option<&Entry>| {
            let entry = entry.map(|(mode, id)| (kind(mode), *id));
            entry.filter(|(mode, _)| *mode != FileMode::Directory)
        };
        if file(before) != file(after) {
            found.push(Changed {
                path: GitPath(path.clone()),
                before: file(before),
                after: file(after),
            });
        }
        if folder(before) != folder(after) {
            path.push(b'/');
            compare(local, folder(before), folder(after), &path, found)?;
        }
    }
    Ok(())
}

/// The digits of a mode; those of the old entry if it is of the same kind.
fn digits_like(mode: FileMode, old: Option<Entry>) -> Vec<u8> {
    match old {
        Some((old, _)) if kind(&old) == mode => old,
        _ => digits(mode).to_vec(),
    }
}

/// The digits of a mode.
pub(super) fn digits(mode: FileMode) -> &'static [u8] {
    match mode {
        FileMode::Directory => b"40000",
        FileMode::Regular => b"100644",
        FileMode::Executable => b"100755",
        FileMode::Symlink => b"120000",
        FileMode::Submodule => b"160000",
    }
}

/// Git's order: a directory sorts as if its name ended in `/`.
fn serialize(entries: Entries) -> Vec<u8> {
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
