//! Caches the entries of trees by name.
//!
//! # Why
//!
//! A tree is a list. Looking up a file in each of thousands of sibling folders would read their parent
//! thousands of times.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::{FileMode, ObjectId};

/// How many trees are cached.
const MOST: usize = 16;

/// The entries of a tree by name.
pub type EntriesByName = HashMap<Vec<u8>, (FileMode, ObjectId)>;

type Tree = (ObjectId, Arc<EntriesByName>);

/// The trees that were used last, the newest at the end.
#[derive(Default)]
pub struct RecentTrees(Mutex<VecDeque<Tree>>);

impl RecentTrees {
    /// The entries of a cached tree.
    pub fn find(&self, tree: ObjectId) -> Option<Arc<EntriesByName>> {
        let mut cached = self.lock();
        let at = cached.iter().rposition(|(id, _)| *id == tree)?;
        let found = cached.remove(at)?;
        let entries = Arc::clone(&found.1);
        cached.push_back(found);
        Some(entries)
    }

    /// Caches the entries of a tree.
    pub fn add(&self, tree: ObjectId, entries: EntriesByName) {
        let mut cached = self.lock();
        if cached.len() == MOST {
            cached.pop_front();
        }
        cached.push_back((tree, Arc::new(entries)));
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Tree>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trees_that_were_used_last_are_cached() {
        let trees = RecentTrees::default();
        let id = |n: u8| ObjectId::from_bytes(&[n; 20]).unwrap();
        let entries = |name: &str| {
            let entry = (name.as_bytes().to_vec(), (FileMode::Regular, id(7)));
            EntriesByName::from([entry])
        };
        assert!(trees.find(id(0)).is_none());
        for n in 0..16 {
            trees.add(id(n), entries(&n.to_string()));
        }
        assert_eq!(*trees.find(id(0)).unwrap(), entries("0"));
        trees.add(id(16), entries("16"));
        assert!(trees.find(id(0)).is_some());
        assert!(trees.find(id(1)).is_none(), "it was not used for longest");
        assert_eq!(*trees.find(id(16)).unwrap(), entries("16"));
    }
}
