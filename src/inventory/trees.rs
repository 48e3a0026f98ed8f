//! The two commits' folders, by name.
//!
//! # Why
//!
//! Finding a service and pairing its files look at the same folders. Most are
//! small and cheap to read again; one that holds thousands of applications is
//! not, so a few of those are remembered.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::domain::{FileMode, ObjectId};
use crate::port::{RepositoryError, Snapshot};

/// How many entries make a folder worth remembering.
const LARGE: usize = 256;

/// How many large folders are remembered.
const REMEMBERED: usize = 16;

/// One entry of a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Entry {
    pub name: String,
    pub id: ObjectId,
    pub mode: FileMode,
}

impl Entry {
    pub(super) fn is_directory(&self) -> bool {
        self.mode == FileMode::Directory
    }

    /// Whether it can be what the other entry is on the other side: both folders, or neither.
    ///
    /// A submodule is a folder to whoever builds, and a single entry to Git: it can be either.
    pub(super) fn can_be_partner(&self, other: &Self) -> bool {
        let is_submodule = |entry: &Self| entry.mode == FileMode::Submodule;
        self.is_directory() == other.is_directory() || is_submodule(self) || is_submodule(other)
    }

    /// Whether it has the same content as the other entry, and is as much of a file.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.id == other.id && self.mode.is_file() == other.mode.is_file()
    }
}

/// The trees of source and target.
pub(super) struct Trees<'a> {
    source: &'a dyn Snapshot,
    target: &'a dyn Snapshot,
    unreadable: Cell<usize>,
    large: RefCell<Vec<(ObjectId, Rc<[Entry]>)>>,
}

impl<'a> Trees<'a> {
    pub(super) fn new(source: &'a dyn Snapshot, target: &'a dyn Snapshot) -> Self {
        Self {
            source,
            target,
            unreadable: Cell::new(0),
            large: RefCell::default(),
        }
    }

    pub(super) fn roots(&self) -> (ObjectId, ObjectId) {
        (self.source.root(), self.target.root())
    }

    /// The entries of a source's folder, by name.
    pub(super) fn source(&self, tree: ObjectId) -> Result<Rc<[Entry]>, RepositoryError> {
        self.read(self.source, tree)
    }

    /// The entries of a target's folder, by name.
    pub(super) fn target(&self, tree: ObjectId) -> Result<Rc<[Entry]>, RepositoryError> {
        self.read(self.target, tree)
    }

    /// How many names were passed over because they are not UTF-8.
    pub(super) fn unreadable_names(&self) -> usize {
        self.unreadable.get()
    }

    fn read(
        &self,
        snapshot: &dyn Snapshot,
        tree: ObjectId,
    ) -> Result<Rc<[Entry]>, RepositoryError> {
        let large =
            |(id, entries): &(ObjectId, Rc<[Entry]>)| (*id == tree).then(|| Rc::clone(entries));
        if let Some(entries) = self.large.borrow().iter().find_map(large) {
            return Ok(entries);
        }
        let unreadable = |_: &[u8]| self.unreadable.set(self.unreadable.get() + 1);
        let entries: Rc<[Entry]> = read_entries(snapshot, tree, &mut { unreadable })?.into();
        let mut remembered = self.large.borrow_mut();
        if entries.len() >= LARGE && remembered.len() < REMEMBERED {
            remembered.push((tree, Rc::clone(&entries)));
        }
        Ok(entries)
    }
}

/// The entries of a folder, by name; calls `unreadable` for each name that is not UTF-8.
pub(super) fn read_entries(
    snapshot: &dyn Snapshot,
    tree: ObjectId,
    unreadable: &mut dyn FnMut(&[u8]),
) -> Result<Vec<Entry>, RepositoryError> {
    let mut entries = Vec::new();
    snapshot.read_tree(tree, &mut |entry| match std::str::from_utf8(entry.name) {
        Ok(name) => entries.push(Entry {
            name: name.to_owned(),
            id: entry.id,
            mode: entry.mode,
        }),
        Err(_) => unreadable(entry.name),
    })?;
    // Git sorts folders as if their names ended in `/`.
    if !entries.is_sorted_by(|a, b| a.name <= b.name) {
        entries.sort_by(|a, b| a.name.cmp(&b.name));
    }
    Ok(entries)
}
