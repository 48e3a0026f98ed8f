//! The files of the layout's explicit pairs.

use std::collections::{BTreeMap, HashSet};

use super::error::InventoryError;
use super::target_names::join;
use super::trees::{Entry, Trees};
use crate::domain::{Naming, ObjectId, PathMapping, Side};
use crate::port::RepositoryError;

/// A file of an explicit pair; one side may lack it.
#[derive(Debug)]
pub(super) struct MappedFile {
    /// What `{app}` matched, if the patterns have it.
    pub application: Option<String>,
    /// The source's file.
    pub source: Option<(String, Entry)>,
    /// The target's path, and its file.
    pub target: (String, Option<Entry>),
}

/// Finds the files of all pairs between two environments; the first pair that matches wins.
pub(super) fn mapped_files(
    trees: &Trees<'_>,
    naming: &Naming,
    mappings: &[PathMapping],
) -> Result<Vec<MappedFile>, InventoryError> {
    let mut found = Vec::new();
    let mut taken = HashSet::new();
    let (source, target) = trees.roots();
    for mapping in mappings.iter().filter(|mapping| mapping.is_between(naming)) {
        let (from, to) = mapping.folders();
        let mut targets = files_in(trees, Side::Target(0), target, to)?;
        for (path, entry) in files_in(trees, Side::Source(0), source, from)? {
            let Some(mapped) = mapping.target(&path) else {
                continue;
            };
            if taken.insert(mapped.path.clone()) {
                let partner = targets.remove(&mapped.path);
                found.push(MappedFile {
                    application: mapped.application,
                    source: Some((path, entry)),
                    target: (mapped.path, partner),
                });
            }
        }
        for (path, entry) in targets {
            if let Some(mapped) = mapping.source(&path)
                && taken.insert(path.clone())
            {
                found.push(MappedFile {
                    application: mapped.application,
                    source: None,
                    target: (path, Some(entry)),
                });
            }
        }
    }
    Ok(found)
}

/// All files below a folder, by path; none if there is no such folder.
fn files_in(
    trees: &Trees<'_>,
    side: Side,
    root: ObjectId,
    folder: &str,
) -> Result<BTreeMap<String, Entry>, RepositoryError> {
    let mut tree = root;
    for part in folder.split('/').filter(|part| !part.is_empty()) {
        let entries = trees.of_side(side, tree)?;
        match entries.iter().find(|e| e.name == part && e.is_directory()) {
            Some(entry) => tree = entry.id,
            None => return Ok(BTreeMap::new()),
        }
    }
    let mut files = BTreeMap::new();
    let mut pending = vec![(folder.to_owned(), tree)];
    while let Some((folder, tree)) = pending.pop() {
        for entry in trees.of_side(side, tree)?.iter() {
            let path = join(&folder, &entry.name);
            if entry.is_directory() {
                pending.push((path, entry.id));
            } else {
                files.insert(path, entry.clone());
            }
        }
    }
    Ok(files)
}
