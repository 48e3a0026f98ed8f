//! Edits of a stream, as plain data.

use super::fragment::Fragment;
use super::place::{Place, Step};

/// One change to a stream. Places refer to the stream before any edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Replaces a value; its key, anchor and the comments around it stay.
    Set {
        /// The place of the value.
        place: Place,
        /// The new value.
        value: Fragment,
    },
    /// Adds an entry to a mapping or to a null.
    AddEntry {
        /// The mapping.
        mapping: Place,
        /// The key of the entry.
        key: String,
        /// The index of the entry that it follows; `None` adds it at the start.
        after: Option<usize>,
        /// The entry, or its value.
        entry: Fragment,
    },
    /// Adds an item to a sequence or to a null.
    AddItem {
        /// The sequence.
        sequence: Place,
        /// The index of the item that it follows; `None` adds it at the start.
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
        /// The index of the document that it follows; `None` adds it at the start.
        after: Option<usize>,
        /// The document.
        document: Fragment,
    },
    /// Removes a document.
    RemoveDocument {
        /// The index of the document.
        document: usize,
    },
}

impl Edit {
    /// The place that the edit changes; for an addition, the new place.
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
