//! The folders of both commits, with their entries by name.
//!
//! # Why
//!
//! Finding an application and pairing its files read the same folders. Most are small and cheap to
//! read again; a folder with thousands of applications is not, so a few large ones are cached.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::domain::{FileMode, ObjectId, Side};
use crate::port::{RepositoryError, Snapshot};

/// Folders with this many entries are cached.
const LARGE: usize = 256;

/// How many large folders are cached.
const CACHED: usize = 16;

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

    /// Whether it can form a pair with an entry of the other side: both are folders, or neither is.
    ///
    /// A submodule is a folder on disk and a single entry in Git, so it can be either.
    pub(super) fn can_be_partner(&self, other: &Self) -> bool {
        let is_submodule = |entry: &Self| entry.mode == FileMode::Submodule;
        self.is_directory() == other.is_directory() || is_submodule(self) || is_submodule(other)
    }

    /// Whether content and mode are the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.id == other.id && self.mode == other.mode
    }
}

/// Where a name is among entries that are sorted by name.
pub(super) fn position(entries: &[Entry], name: &str) -> Option<usize> {
    entries
        .binary_search_by(|entry| entry.name.as_str().cmp(name))
        .ok()
}

/// Whether a folder has the environment's name with something added, while a sibling folder has the
/// name without it: `prod-eu` beside `prod`. `start` and `end` delimit the environment's name.
pub(super) fn has_plainer_sibling(
    folder: &Entry,
    start: usize,
    end: usize,
    siblings: &[Entry],
) -> bool {
    let name = folder.name.as_str();
    [&name[start..end], &name[..end]]
        .into_iter()
        .any(|plainer| plainer != name && has_folder(siblings, plainer))
}

/// Whether there is a folder with this name.
pub(super) fn has_folder(entries: &[Entry], name: &str) -> bool {
    position(entries, name).is_some_and(|at| entries[at].is_directory())
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

    /// The root trees of source and target.
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

    /// The entries of a folder of one side, by name.
    pub(super) fn of_side(
        &self,
        side: Side,
        tree: ObjectId,
    ) -> Result<Rc<[Entry]>, RepositoryError> {
        match side {
            Side::Source(_) => self.source(tree),
            Side::Target(_) | Side::Other => self.target(tree),
        }
    }

    /// How many entries were skipped because their names are not UTF-8.
    pub(super) fn unreadable_names(&self) -> usize {
        self.unreadable.get()
    }

    fn read(
        &self,
        snapshot: &dyn Snapshot,
        tree: ObjectId,
    ) -> Result<Rc<[Entry]>, RepositoryError> {
        if let Some((_, entries)) = self.large.borrow().iter().find(|(id, _)| *id == tree) {
            return Ok(Rc::clone(entries));
        }
        let unreadable = |_: &[u8]| self.unreadable.set(self.unreadable.get() + 1);
        let entries: Rc<[Entry]> = read_entries(snapshot, tree, &mut { unreadable })?.into();
        let mut cache = self.large.borrow_mut();
        if entries.len() >= LARGE && cache.len() < CACHED {
            cache.push((tree, Rc::clone(&entries)));
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
