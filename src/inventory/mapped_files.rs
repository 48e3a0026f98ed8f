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
    let (source, _) = trees.roots();
    for mapping in mappings {
        let mut pairs = used_pairs(trees, mapping.between(naming))?;
        for (pair, targets) in &mut pairs {
            for (path, entry) in files_in(trees, Side::Source(0), source, pair.folders().0)? {
                let Some(mapped) = pair.target(&path) else {
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
        }
        for (pair, targets) in pairs {
            for (path, entry) in targets {
                if let Some(mapped) = pair.source(&path)
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
    }
    Ok(found)
}

/// Files by path.
type Files = BTreeMap<String, Entry>;

/// The pairs whose name of the target some of its files have, with the files of its folder; those of the
/// first name if no file has one.
fn used_pairs(
    trees: &Trees<'_>,
    by_name: Vec<Vec<PathMapping>>,
) -> Result<Vec<(PathMapping, Files)>, RepositoryError> {
    let (_, target) = trees.roots();
    let mut first = Vec::new();
    let mut used = Vec::new();
    for (at, pairs) in by_name.into_iter().enumerate() {
        let mut with_files = Vec::new();
        for pair in pairs {
            let files = files_in(trees, Side::Target(0), target, pair.folders().1)?;
            with_files.push((pair, files));
        }
        let is_used = |(pair, files): &(PathMapping, Files)| {
            files.keys().any(|path| pair.source(path).is_some())
        };
        if with_files.iter().any(is_used) {
            used.append(&mut with_files);
        } else if at == 0 {
            first = with_files;
        }
    }
    Ok(if used.is_empty() { first } else { used })
}

/// All files below a folder, by path; none if there is no such folder.
fn files_in(
    trees: &Trees<'_>,
    side: Side,
    root: ObjectId,
    folder: &str,
) -> Result<Files, RepositoryError> {
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
