//! Keeps the entries of large trees by name.
//!
//! # Why
//!
//! A tree is a list. Who looks up a file in each of thousands of folders would read the list of these folders
//! as often, and so spend a time that grows with their square.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::{FileMode, ObjectId};

/// How many entries a tree has at least that is kept.
const LARGE: usize = 200;

/// How many trees are kept.
const MOST: usize = 8;

/// The entries of a tree by name.
pub type EntriesByName = HashMap<Vec<u8>, (FileMode, ObjectId)>;

type Tree = (ObjectId, Arc<EntriesByName>);

/// The large trees that were used last, the newest at the end.
#[derive(Default)]
pub struct LargeTrees(Mutex<VecDeque<Tree>>);

impl LargeTrees {
    /// The entries of a tree that is kept.
    pub fn find(&self, tree: ObjectId) -> Option<Arc<EntriesByName>> {
        let mut kept = self.lock();
        let at = kept.iter().position(|(id, _)| *id == tree)?;
        let found = kept.remove(at)?;
        let entries = Arc::clone(&found.1);
        kept.push_back(found);
        Some(entries)
    }

    /// Keeps the entries of a tree, if they are many.
    pub fn keep(&self, tree: ObjectId, entries: EntriesByName) {
        if entries.len() < LARGE {
            return;
        }
        let mut kept = self.lock();
        if kept.len() == MOST {
            kept.pop_front();
        }
        kept.push_back((tree, Arc::new(entries)));
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Tree>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trees_that_were_used_last_are_kept_if_they_are_large() {
        let trees = LargeTrees::default();
        let id = |n: u8| ObjectId::from_bytes(&[n; 20]).unwrap();
        let entries = |count: usize| {
            let names = (0..count).map(|n| n.to_string().into_bytes());
            let entries = names.map(|name| (name, (FileMode::Regular, id(7))));
            entries.collect::<EntriesByName>()
        };
        trees.keep(id(0), entries(199));
        assert!(trees.find(id(0)).is_none());
        for n in 0..8 {
            trees.keep(id(n), entries(200));
        }
        assert_eq!(*trees.find(id(0)).unwrap(), entries(200));
        trees.keep(id(8), entries(300));
        assert!(trees.find(id(0)).is_some());
        assert!(trees.find(id(1)).is_none(), "it was not used for longest");
        assert_eq!(trees.find(id(8)).unwrap().len(), 300);
    }
}
