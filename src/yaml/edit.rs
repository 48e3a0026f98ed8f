//! Edits of a stream, as plain data.

use super::fragment::Fragment;
use super::node::{Content, Entries, Stream};
use super::place::{Place, Step};

/// One change to a stream. Places refer to the stream before any edit.
#[derive(Debug, Clone)]
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

    /// What the edit writes.
    pub(super) fn fragment(&self) -> Option<&Fragment> {
        match self {
            Self::Set { value: new, .. }
            | Self::AddEntry { entry: new, .. }
            | Self::AddItem { item: new, .. }
            | Self::AddDocument { document: new, .. } => Some(new),
            Self::Remove { .. } | Self::RemoveDocument { .. } => None,
        }
    }

    /// The same edit with another text for what it writes.
    pub(super) fn with_fragment(&self, fragment: Fragment) -> Self {
        let mut edit = self.clone();
        match &mut edit {
            Self::Set { value: new, .. }
            | Self::AddEntry { entry: new, .. }
            | Self::AddItem { item: new, .. }
            | Self::AddDocument { document: new, .. } => *new = fragment,
            Self::Remove { .. } | Self::RemoveDocument { .. } => {}
        }
        edit
    }

    /// The same edit at another place of the stream, which shares the node that it changes.
    ///
    /// For an addition of an item, the place is that of the other sequence.
    pub fn elsewhere(&self, stream: &Stream, place: &Place) -> Option<Self> {
        let place = place.clone();
        Some(match self {
            Self::Set { value, .. } => Self::Set {
                place,
                value: value.clone(),
            },
            Self::Remove { .. } => Self::Remove { place },
            Self::AddEntry {
                mapping,
                key,
                after,
                entry,
            } => {
                let (other, _) = place.parent()?;
                let after = match after {
                    None => None,
                    Some(index) => {
                        let name = entries(stream, mapping)?.get(*index)?.name();
                        Some(entries(stream, &other)?.position(name)?)
                    }
                };
                Self::AddEntry {
                    mapping: other,
                    key: key.clone(),
                    after,
                    entry: entry.clone(),
                }
            }
            Self::AddItem { after, item, .. } => Self::AddItem {
                sequence: place,
                after: *after,
                item: item.clone(),
            },
            Self::AddDocument { .. } | Self::RemoveDocument { .. } => return None,
        })
    }

    /// Whether two edits of the same kind make the same change.
    pub(super) fn makes_same(&self, other: &Self) -> bool {
        let (key, after, new) = self.change();
        let (other_key, other_after, other_new) = other.change();
        let is_same_value = match (new, other_new) {
            (Some(new), Some(other)) => new.means(other),
            (new, other) => new.is_none() && other.is_none(),
        };
        key == other_key && after == other_after && is_same_value
    }

    /// The key, the position and the value of the edit, as far as it has them.
    fn change(&self) -> (Option<&str>, Option<usize>, Option<&Fragment>) {
        match self {
            Self::Set { value, .. } => (None, None, Some(value)),
            Self::AddEntry {
                key, after, entry, ..
            } => (Some(key), *after, Some(entry)),
            Self::AddItem { after, item, .. } => (None, *after, Some(item)),
            Self::AddDocument {
                after, document, ..
            } => (None, *after, Some(document)),
            Self::Remove { .. } | Self::RemoveDocument { .. } => (None, None, None),
        }
    }
}

/// The entries of the mapping at a place.
fn entries<'s>(stream: &'s Stream, mapping: &Place) -> Option<&'s Entries> {
    match &stream.at(mapping)?.content {
        Content::Mapping { entries, .. } => Some(entries),
        _ => None,
    }
}
