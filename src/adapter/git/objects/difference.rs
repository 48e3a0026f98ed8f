//! Comparing two trees.

use std::collections::BTreeSet;

use super::path::GitPath;
use super::tree::{ModeAndId, entries, kind};
use crate::adapter::git::local::Local;
use crate::domain::{FileMode, ObjectId};
use crate::port::RepositoryError;

/// A file's mode and object.
type ModeAndBlob = (FileMode, ObjectId);

/// A path whose file differs between two trees.
pub struct FileDifference {
    pub path: GitPath,
    pub before: Option<ModeAndBlob>,
    pub after: Option<ModeAndBlob>,
}

/// The files that differ between two trees, in order; subtrees with equal ids are not read.
pub fn changed_files(
    local: &Local,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
) -> Result<Vec<FileDifference>, RepositoryError> {
    let mut found = Vec::new();
    compare(local, old, new, &[], &mut found)?;
    Ok(found)
}

fn compare(
    local: &Local,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
    prefix: &[u8],
    found: &mut Vec<FileDifference>,
) -> Result<(), RepositoryError> {
    let (old, new) = (entries(local, old)?, entries(local, new)?);
    let names: BTreeSet<&Vec<u8>> = old.keys().chain(new.keys()).collect();
    for name in names {
        let (before, after) = (old.get(name), new.get(name));
        if before == after {
            continue;
        }
        let mut path = prefix.to_vec();
        path.extend_from_slice(name);
        let folder = |entry: Option<&ModeAndId>| {
            entry
                .filter(|e| kind(&e.0) == FileMode::Directory)
                .map(|e| e.1)
        };
        let file = |entry: Option<&ModeAndId>| {
            let entry = entry.map(|(mode, id)| (kind(mode), *id));
            entry.filter(|(mode, _)| *mode != FileMode::Directory)
        };
        if file(before) != file(after) {
            found.push(FileDifference {
                path: GitPath(path.clone()),
                before: file(before),
                after: file(after),
            });
        }
        if folder(before) != folder(after) {
            path.push(b'/');
            compare(local, folder(before), folder(after), &path, found)?;
        }
    }
    Ok(())
}
