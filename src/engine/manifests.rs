//! Finds Codefresh's manifests in a commit.
//!
//! # Why
//!
//! They are part of the configuration. Codefresh keeps them in a folder of their own, and only the trees of
//! this folder are read: a commit without it costs nothing.

use super::compare::read;
use super::error::EngineError;
use crate::domain::{
    CODEFRESH_FOLDERS, FileMode, MOST_MANIFESTS, ObjectId, is_manifest_name, is_manifest_text,
};
use crate::inventory::FileObject;
use crate::port::{SettingsError, Snapshot};

/// Reads the manifests of a commit, each with its path, in the order of the paths.
pub(super) fn read_manifests(target: &dyn Snapshot) -> Result<Vec<(String, String)>, EngineError> {
    let mut files = Vec::new();
    for folder in CODEFRESH_FOLDERS {
        if let Some((FileMode::Directory, tree)) = target.entry_at(folder)? {
            collect(target, folder, tree, &mut files)?;
        }
    }
    files.sort();
    let mut manifests = Vec::new();
    for (path, id) in files {
        let file = FileObject {
            id,
            mode: FileMode::Regular,
        };
        let refuse = |why: &str| SettingsError::of_file(&path, why);
        let bytes = read(target, file)?.map_err(|unreadable| refuse(&unreadable.message))?;
        if let Ok(text) = String::from_utf8(bytes)
            && is_manifest_text(&text)
        {
            manifests.push((path, text));
        }
    }
    Ok(manifests)
}

/// Adds the YAML files of a folder and of those in it.
fn collect(
    target: &dyn Snapshot,
    folder: &str,
    tree: ObjectId,
    files: &mut Vec<(String, ObjectId)>,
) -> Result<(), EngineError> {
    let mut open = vec![(folder.to_owned(), tree)];
    let mut link = None;
    while let Some((folder, tree)) = open.pop() {
        target.read_tree(tree, &mut |entry| {
            let Ok(name) = std::str::from_utf8(entry.name) else {
                return;
            };
            let path = format!("{folder}/{name}");
            if entry.mode == FileMode::Directory {
                open.push((path, entry.id));
            } else if !is_manifest_name(name) {
                // A README, or a script.
            } else if entry.mode.is_file() {
                files.push((path, entry.id));
            } else {
                link = Some(path);
            }
        })?;
        // To treat it as absent would silently drop its policies.
        if let Some(link) = &link {
            return Err(SettingsError::of_file(link, SettingsError::LINK).into());
        }
        if files.len() > MOST_MANIFESTS {
            return Err(SettingsError::too_many_manifests(&folder).into());
        }
    }
    Ok(())
}
