//! The anchors of a document.

use std::collections::BTreeMap;

/// The anchors of a document by name; a name can be used more than once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Anchors {
    /// The starts of the nodes that have the anchor, in text order.
    starts: BTreeMap<String, Vec<usize>>,
}

impl Anchors {
    /// Records an anchor; nodes are recorded in text order.
    pub(super) fn add(&mut self, name: &str, start: usize) {
        match self.starts.get_mut(name) {
            Some(starts) => starts.push(start),
            None => {
                self.starts.insert(name.to_owned(), vec![start]);
            }
        }
    }

    /// The start of the node that an alias at an offset stands for: the last one before it.
    pub(super) fn before(&self, name: &str, offset: usize) -> Option<usize> {
        let starts = self.starts.get(name)?;
        let before = starts.partition_point(|start| *start < offset);
        starts[..before].last().copied()
    }

    /// The names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.starts.keys().map(String::as_str)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.starts.contains_key(name)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }
}
