//! Where an environment begins: the first place on a path that carries its name.

use super::target_names::join;
use super::trees::Entry;
use crate::domain::Side;

/// The first place on a path that holds a name of source or target.
#[derive(Clone, Debug)]
pub(super) struct Root {
    /// The folder that holds it; empty for the repository's root.
    pub above: String,
    /// The source's entry.
    pub source: Option<Entry>,
    /// The target's entries that may be its partner; without a source, entries of the target only.
    pub targets: Vec<Candidate>,
}

impl Root {
    /// What is there on both sides: its path, the entry, and whose name the path carries.
    pub(super) fn entries(&self) -> impl Iterator<Item = (String, Entry, Side)> {
        let source = self.source.iter().map(|entry| {
            let path = join(&self.above, &entry.name);
            (path, entry.clone(), Side::Source(0))
        });
        let targets = self.targets.iter().filter_map(|target| {
            let entry = target.entry.clone()?;
            Some((target.path.clone(), entry, Side::Target(0)))
        });
        source.chain(targets)
    }
}

/// A folder (or file) of the target that may be the partner.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Its whole path.
    pub path: String,
    /// What is there; `None` for a folder that would be new.
    pub entry: Option<Entry>,
    /// Whether every name in it has the position of the source's.
    pub is_positional: bool,
    /// What was replaced on the way.
    pub renames: Vec<(String, String)>,
}
