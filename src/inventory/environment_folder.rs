//! The folders of environments that have all their files in one.
//!
//! # Why
//!
//! In a branch or a folder of its own, an environment needs no name in its paths. Then the files of two
//! environments form pairs by their paths from there, and what is outside belongs to neither.

use super::error::InventoryError;
use super::root::{Candidate, Root};
use super::target_names::join;
use super::trees::{Entry, Trees, read_entries};
use crate::domain::{Environment, EnvironmentFolder, FileMode, NameIndex, Naming, ObjectId};
use crate::port::{RepositoryError, Snapshot};

/// Most folders that are read to find an environment's name.
const MOST_FOLDERS: usize = 2_000;

/// The environment with its folder. On a branch of its own, that is the whole tree if no path has the
/// environment's name.
pub(super) fn with_folder(
    environment: &Environment,
    snapshot: &dyn Snapshot,
) -> Result<Environment, RepositoryError> {
    let mut environment = environment.clone();
    let location = &environment.location;
    if location.folder.is_none() && location.is_elsewhere() && !is_in_paths(&environment, snapshot)?
    {
        environment.location.folder = Some(EnvironmentFolder::ROOT);
    }
    Ok(environment)
}

/// Gives both environments a folder if one of them has it: the other one's is the only folder with its
/// name. Where there is none or several, it stays without.
pub(super) fn with_both_folders(
    environments: &mut [Environment; 2],
    snapshots: [&dyn Snapshot; 2],
) -> Result<(), RepositoryError> {
    let has_folder = |environment: &Environment| environment.folder().is_some();
    if !environments.iter().any(has_folder) {
        return Ok(());
    }
    for (environment, snapshot) in environments.iter_mut().zip(snapshots) {
        if !has_folder(environment)
            && let [only] = folders_named(environment, snapshot)?.as_slice()
        {
            environment.location.folder = EnvironmentFolder::parse(only).ok();
        }
    }
    Ok(())
}

/// Checks that both environments have a folder, or neither.
///
/// # Errors
/// [`InventoryError::FolderNeeded`].
pub(super) fn check(naming: &Naming) -> Result<(), InventoryError> {
    let (without, other) = match (naming.source().folder(), naming.target().folder()) {
        (None, Some(_)) => (naming.source(), naming.target()),
        (Some(_), None) => (naming.target(), naming.source()),
        _ => return Ok(()),
    };
    Err(InventoryError::FolderNeeded {
        environment: without.name.clone(),
        other: other.name.clone(),
    })
}

/// The root of two environments with folders; `None` if they have none.
pub(super) fn root_of_folders(
    trees: &Trees<'_>,
    naming: &Naming,
) -> Result<Option<Root>, RepositoryError> {
    let folders = naming.source().folder().zip(naming.target().folder());
    let Some((source, target)) = folders else {
        return Ok(None);
    };
    let (source_tree, target_tree) = trees.roots();
    let read_source = |tree| trees.source(tree).map(|entries| entries.to_vec());
    let read_target = |tree| trees.target(tree).map(|entries| entries.to_vec());
    Ok(Some(Root {
        parent: String::new(),
        source: folder_entry(source, source_tree, &read_source)?,
        targets: vec![Candidate {
            path: target.as_str().to_owned(),
            entry: folder_entry(target, target_tree, &read_target)?,
            is_positional: true,
            renames: Vec::new(),
        }],
    }))
}

/// The folder in a commit, named by its whole path; `None` if there is none.
pub(super) fn entry_in(
    folder: &EnvironmentFolder,
    snapshot: &dyn Snapshot,
) -> Result<Option<Entry>, RepositoryError> {
    let read = |tree| read_entries(snapshot, tree, &mut |_| {});
    folder_entry(folder, snapshot.root(), &read)
}

fn folder_entry(
    folder: &EnvironmentFolder,
    root: ObjectId,
    read: &dyn Fn(ObjectId) -> Result<Vec<Entry>, RepositoryError>,
) -> Result<Option<Entry>, RepositoryError> {
    let mut tree = root;
    let parts = folder.as_str().split('/').filter(|part| !part.is_empty());
    for part in parts {
        let entries = read(tree)?;
        match entries.iter().find(|e| e.name == part && e.is_directory()) {
            Some(entry) => tree = entry.id,
            None => return Ok(None),
        }
    }
    Ok(Some(Entry {
        name: folder.as_str().to_owned(),
        id: tree,
        mode: FileMode::Directory,
    }))
}

/// Whether a folder or a file has the environment's name or an alias in its own.
fn is_in_paths(
    environment: &Environment,
    snapshot: &dyn Snapshot,
) -> Result<bool, RepositoryError> {
    let names = NameIndex::new(environment.names().map(|name| (name, true)), false);
    let mut is_found = false;
    walk(snapshot, &mut |_, entry| {
        is_found = is_found || names.in_path(&entry.name).iter().any(|name| name.side);
        !is_found
    })?;
    Ok(is_found)
}

/// The outermost folders that have the environment's name or an alias.
fn folders_named(
    environment: &Environment,
    snapshot: &dyn Snapshot,
) -> Result<Vec<String>, RepositoryError> {
    let mut found = Vec::new();
    walk(snapshot, &mut |path, entry| {
        let is_named = entry.is_directory() && environment.has_name(&entry.name);
        if is_named {
            found.push(path.to_owned());
        }
        !is_named
    })?;
    Ok(found)
}

/// Visits the entries of a commit level by level, except for those below `.github` and the like, and those
/// below an entry for which `visit` returns false.
fn walk(
    snapshot: &dyn Snapshot,
    visit: &mut dyn FnMut(&str, &Entry) -> bool,
) -> Result<(), RepositoryError> {
    let mut level = vec![(String::new(), snapshot.root())];
    let mut folders = 0;
    while !level.is_empty() {
        for (parent, tree) in std::mem::take(&mut level) {
            folders += 1;
            if folders > MOST_FOLDERS {
                return Ok(());
            }
            for entry in read_entries(snapshot, tree, &mut |_| {})? {
                let path = join(&parent, &entry.name);
                let is_hidden = entry.name.starts_with('.');
                if !is_hidden && visit(&path, &entry) && entry.is_directory() {
                    level.push((path, entry.id));
                }
            }
        }
    }
    Ok(())
}
