//! Trees as bytes: reading and writing their entries.
//!
//! # Why
//!
//! A promotion must leave all other entries as they are, including unusual modes
//! (`100664`) and names that are not UTF-8. A tree is a list of `mode name\0id`;
//! keeping these bytes is simpler and more exact than libgit2's tree builder,
//! which normalizes modes.

use std::collections::BTreeMap;

use git2::ObjectType;

use crate::adapter::git::fault::ErrorContext;
use crate::adapter::git::local::Local;
use crate::domain::{FileMode, ObjectId};
use crate::port::RepositoryError;

/// One entry of a tree, as bytes.
#[derive(Clone, Copy)]
pub struct TreeEntryBytes<'a> {
    pub mode: &'a [u8],
    pub name: &'a [u8],
    pub id: &'a [u8],
}

impl TreeEntryBytes<'_> {
    /// The id of its object.
    pub fn id(&self) -> Option<ObjectId> {
        ObjectId::from_bytes(self.id)
    }

    /// What the entry is.
    pub fn kind(&self) -> FileMode {
        kind(self.mode)
    }
}

/// What an entry with this mode is.
pub fn kind(mode: &[u8]) -> FileMode {
    match mode {
        b"40000" => FileMode::Directory,
        b"120000" => FileMode::Symlink,
        b"160000" => FileMode::Submodule,
        [.., a, _, _] if mode.len() == 6 && a & 1 == 1 => FileMode::Executable,
        _ => FileMode::Regular,
    }
}

/// Parses a tree whose ids have `size` bytes; ends with `None` where it is damaged.
pub fn parse_tree(
    mut data: &[u8],
    size: usize,
) -> impl Iterator<Item = Option<TreeEntryBytes<'_>>> {
    std::iter::from_fn(move || {
        if data.is_empty() {
            return None;
        }
        let entry = split_entry(data, size);
        data = entry.map_or(&[], |(_, rest)| rest);
        Some(entry.map(|(entry, _)| entry))
    })
}

fn split_entry(data: &[u8], size: usize) -> Option<(TreeEntryBytes<'_>, &[u8])> {
    let space = data.iter().take(8).position(|b| *b == b' ')?;
    let (mode, rest) = (&data[..space], &data[space + 1..]);
    let end = rest.iter().position(|b| *b == 0)?;
    let (name, rest) = (&rest[..end], &rest[end + 1..]);
    let (id, rest) = rest.split_at_checked(size)?;
    Some((TreeEntryBytes { mode, name, id }, rest))
}

/// An entry without its name: the digits of its mode, and its object.
pub type ModeAndId = (Vec<u8>, ObjectId);

/// The entries of a tree by name.
pub type Entries = BTreeMap<Vec<u8>, ModeAndId>;

/// Reads the entries of a tree; there are none without a tree.
pub fn entries(local: &Local, tree: Option<ObjectId>) -> Result<Entries, RepositoryError> {
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
    found.ok_or_else(|| damaged(id))
}

/// The error for a tree that cannot be parsed.
pub fn damaged(tree: ObjectId) -> RepositoryError {
    ErrorContext::error(format!("could not read tree `{tree}`"), "it is damaged")
}

/// The digits of a mode; the old entry's digits if it has the same mode.
pub fn digits_like(mode: FileMode, old: Option<ModeAndId>) -> Vec<u8> {
    match old {
        Some((old, _)) if kind(&old) == mode => old,
        _ => mode.digits().into(),
    }
}

/// The bytes of a tree, in Git's order: directories sort as if their name ended in `/`.
pub fn serialize(entries: Entries) -> Vec<u8> {
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
