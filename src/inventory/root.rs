//! The root of an environment: the first place on a path that has its name.

use super::target_names::join;
use super::trees::Entry;
use crate::domain::Side;

/// The first place on a path that has a name of source or target.
#[derive(Clone, Debug)]
pub(super) struct Root {
    /// The folder that contains it; empty for the repository's root.
    pub parent: String,
    /// The source's entry.
    pub source: Option<Entry>,
    /// The target's entries that could belong to it; without a source, the target's only entry.
    pub targets: Vec<Candidate>,
}

impl Root {
    /// The entries of both sides, each with its path and the side whose name the path has.
    pub(super) fn entries(&self) -> impl Iterator<Item = (String, Entry, Side)> {
        let source = self.source.iter().map(|entry| {
            let path = join(&self.parent, &entry.name);
            (path, entry.clone(), Side::Source(0))
        });
        let targets = self.targets.iter().filter_map(|target| {
            let entry = target.entry.clone()?;
            Some((target.path.clone(), entry, Side::Target(0)))
        });
        source.chain(targets)
    }
}

/// A folder (or file) of the target that could belong to a source's.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Its path from the repository's root.
    pub path: String,
    /// The entry; `None` for one that would be new.
    pub entry: Option<Entry>,
    /// Whether each replacement has the same position among its environment's names as the original.
    pub is_positional: bool,
    /// The replaced names, each with its replacement.
    pub renames: Vec<(String, String)>,
}
