//! The order of a mapping's keys.
//!
//! # Why
//!
//! Long mappings, such as those of environment variables, are often sorted. A new key goes where people
//! look for it, wherever the source has it. Single keys out of order do not make a mapping unsorted.

use std::collections::BTreeMap;

use crate::yaml::Entry;

/// The least keys that show an order.
const FEWEST: usize = 8;

/// How many keys there are for each one that may be out of order.
const KEYS_PER_STRAY: usize = 8;

/// The keys of a mapping that is sorted by them.
pub(super) struct KeyOrder<'a>(BTreeMap<&'a str, usize>);

impl<'a> KeyOrder<'a> {
    /// The order of the entries, if they have one.
    pub(super) fn of(entries: &'a [Entry]) -> Option<Self> {
        let strays = (entries.windows(2)).filter(|pair| pair[0].name() > pair[1].name());
        let is_sorted = entries.len() >= FEWEST && strays.count() * KEYS_PER_STRAY <= entries.len();
        let names = (entries.iter().enumerate()).map(|(at, entry)| (entry.name(), at));
        is_sorted.then(|| Self(names.collect()))
    }

    /// The entry after which a new key goes.
    pub(super) fn after(&self, key: &str) -> Option<usize> {
        self.0.range(..key).next_back().map(|(_, at)| *at)
    }
}
