//! What two list items without a key have in common.

use std::collections::HashMap;

use super::classify::is_software_version;
use super::stem::{scalar_text, stem};
use crate::domain::Naming;
use crate::yaml::{Content, Node};

/// How many leaves of an item are compared: limits the time; real items have fewer.
const LEAVES: usize = 64;

/// An item, as far as it matters for its likeness with others. Versions do not: an image counts by its
/// name, a URL without its revision.
pub(super) struct Likeness {
    /// The sorted numbers of its leaves; equal leaves at equal keys have the same number.
    leaves: Vec<usize>,
    /// The sorted numbers of the keys that lead to versions.
    versions: Vec<usize>,
    /// The numbers of keys and leaves that are images, URLs or paths.
    names: Vec<(usize, usize)>,
}

impl Likeness {
    /// Numbers the leaves of an item; `known` has the numbers of all items of both lists.
    pub(super) fn of(item: &Node, naming: &Naming, known: &mut HashMap<String, usize>) -> Self {
        let mut found = Self {
            leaves: Vec::new(),
            versions: Vec::new(),
            names: Vec::new(),
        };
        found.add(item, &mut String::new(), naming, known);
        found.leaves.sort_unstable();
        found.versions.sort_unstable();
        found
    }

    fn add(
        &mut self,
        node: &Node,
        keys: &mut String,
        naming: &Naming,
        known: &mut HashMap<String, usize>,
    ) {
        if self.leaves.len() + self.versions.len() >= LEAVES {
            return;
        }
        match &node.content {
            Content::Mapping { entries, .. } if !entries.is_empty() => {
                for entry in entries {
                    let length = keys.len();
                    keys.push('\u{1}');
                    keys.push_str(&naming.canonical(entry.name()));
                    self.add(&entry.value, keys, naming, known);
                    keys.truncate(length);
                }
            }
            Content::Sequence { items, .. } if !items.is_empty() => {
                let length = keys.len();
                keys.push('\u{2}');
                for item in items {
                    self.add(item, keys, naming, known);
                }
                keys.truncate(length);
            }
            Content::Scalar(_)
            | Content::Alias(_)
            | Content::Mapping { .. }
            | Content::Sequence { .. } => {
                let text = scalar_text(node);
                let mut number = |leaf: String| {
                    let next = known.len();
                    *known.entry(leaf).or_insert(next)
                };
                if is_software_version(text) {
                    self.versions.push(number(keys.clone()));
                    return;
                }
                let stem = stem(text).map_or_else(|| text.to_owned(), |stem| stem.text);
                let leaf = number(format!("{keys}\u{3}{}", naming.canonical(&stem)));
                self.leaves.push(leaf);
                if text.contains('/') {
                    self.names.push((number(keys.clone()), leaf));
                }
            }
        }
    }

    /// How many leaves are equal in two items; `None` if these are less than half of the smaller one.
    pub(super) fn shared(&self, other: &Self) -> Option<usize> {
        let shared = shared(&self.leaves, &other.leaves);
        let least = self.leaves.len().min(other.leaves.len());
        (shared * 2 >= least).then_some(shared)
    }

    /// Whether both have a version at the same place, and nothing shows that it is of other software.
    pub(super) fn has_version_of(&self, other: &Self) -> bool {
        let is_other = |(keys, leaf): &(usize, usize)| {
            other.names.iter().any(|n| n.0 == *keys && n.1 != *leaf)
        };
        shared(&self.versions, &other.versions) > 0 && !self.names.iter().any(is_other)
    }
}

/// How many numbers two sorted lists share.
fn shared(a: &[usize], b: &[usize]) -> usize {
    let mut others = b.iter().peekable();
    let mut shared = 0;
    for number in a {
        while others.next_if(|other| *other < number).is_some() {}
        shared += usize::from(others.next_if_eq(&number).is_some());
    }
    shared
}
