//! Edits as data.

use super::fragment::Fragment;
use super::place::{Place, Step};

/// One change to a stream. Places are those of the stream before all edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Replaces a value; key, anchor and the comments around it stay.
    Set {
        /// The value's place.
        place: Place,
        /// What stands there afterwards.
        value: Fragment,
    },
    /// Adds an entry to a mapping, or to an empty value.
    AddEntry {
        /// The mapping.
        mapping: Place,
        /// The entry's key.
        key: String,
        /// The index of the existing entry it follows; `None` puts it first.
        after: Option<usize>,
        /// The entry, or its value.
        entry: Fragment,
    },
    /// Adds an item to a sequence, or to an empty value.
    AddItem {
        /// The sequence.
        sequence: Place,
        /// The index of the existing item it follows; `None` puts it first.
        after: Option<usize>,
        /// The item, or its value.
        item: Fragment,
    },
    /// Removes an entry or item with the comments directly above it.
    Remove {
        /// The entry or item.
        place: Place,
    },
    /// Adds a document.
    AddDocument {
        /// The index of the existing document it follows; `None` puts it first.
        after: Option<usize>,
        /// The document.
        document: Fragment,
    },
    /// Removes a document.
    RemoveDocument {
        /// Its index.
        document: usize,
    },
}

impl Edit {
    /// The place that the edit changes; for an addition, where the addition goes.
    pub fn place(&self) -> Place {
        match self {
            Self::Set { place, .. } | Self::Remove { place } => place.clone(),
            Self::AddEntry { mapping, key, .. } => mapping.child(Step::Key(key.clone())),
            Self::AddItem {
                sequence, after, ..
            } => sequence.child(Step::Index(after.map_or(0, |after| after + 1))),
            Self::AddDocument { after, .. } => Place::root(after.map_or(0, |after| after + 1)),
            Self::RemoveDocument { document } => Place::root(*document),
        }
    }
}
