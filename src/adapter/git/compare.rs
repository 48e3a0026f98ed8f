//! Comparing the files of a working tree with commits, at a few paths only.

use std::collections::BTreeSet;

use git2::{AttrCheckFlags, DiffOptions, Oid, Repository, Tree};

use super::fault::Place;
use super::paths::{from_bytes, show};
use crate::port::{Feature, RepositoryError};

/// A file as an index or a tree has it: its blob and mode.
pub(super) type Entry = Option<(Oid, u32)>;

/// The paths of the files that two trees have differently.
pub(super) fn changed(
    repo: &Repository,
    old: &Tree<'_>,
    new: &Tree<'_>,
) -> Result<BTreeSet<Vec<u8>>, RepositoryError> {
    let diff = repo
        .diff_tree_to_tree(Some(old), Some(new), None)
        .map_err(Place::of(repo).fault("could not compare two commits"))?;
    Ok(diff
        .deltas()
        .flat_map(|d| [d.old_file().path_bytes(), d.new_file().path_bytes()])
        .flatten()
        .map(<[u8]>::to_vec)
        .collect())
}

/// Those of `paths` where the disk does not hold what `tree` has.
pub(super) fn unlike(
    repo: &Repository,
    tree: &Tree<'_>,
    paths: &BTreeSet<Vec<u8>>,
) -> Result<BTreeSet<Vec<u8>>, RepositoryError> {
    if paths.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut options = DiffOptions::new();
    options
        .disable_pathspec_match(true)
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .include_ignored(true)
        .recurse_ignored_dirs(true)
        .include_typechange(true);
    for path in paths {
        options.pathspec(path.as_slice());
    }
    let diff = repo
        .diff_tree_to_workdir(Some(tree), Some(&mut options))
        .map_err(Place::of(repo).fault("could not read the checked-out files"))?;
    let found: Vec<_> = diff
        .deltas()
        .flat_map(|d| [d.old_file().path_bytes(), d.new_file().path_bytes()])
        .flatten()
        .map(<[u8]>::to_vec)
        .collect();
    // A directory with files stands in the way of a file of its name.
    let at_or_below = |path: &[u8], found: &[u8]| {
        found
            .strip_prefix(path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
    };
    Ok(paths
        .iter()
        .filter(|path| found.iter().any(|found| at_or_below(path, found)))
        .cloned()
        .collect())
}

/// Refuses files that a filter program would have to write.
pub(super) fn filters_known(
    repo: &Repository,
    paths: &BTreeSet<Vec<u8>>,
) -> Result<(), RepositoryError> {
    let place = Place::of(repo);
    let config = (repo.config()).map_err(place.fault("could not read the configuration"))?;
    for path in paths {
        let filter = repo
            .get_attr_bytes(&from_bytes(path), "filter", AttrCheckFlags::FILE_THEN_INDEX)
            .map_err(place.fault("could not read the attributes"))?
            .map(String::from_utf8_lossy);
        let Some(filter) = filter else { continue };
        let set = |what: &str| config.get_entry(&format!("filter.{filter}.{what}")).is_ok();
        if set("smudge") || set("clean") || set("process") {
            return Err(RepositoryError::Unsupported {
                path: place.name(),
                feature: Feature::Filter {
                    program: filter.into_owned(),
                    file: show(path),
                },
            });
        }
    }
    Ok(())
}

/// The tree of a commit.
pub(super) fn tree(repo: &Repository, commit: Oid) -> Result<Tree<'_>, RepositoryError> {
    repo.find_commit(commit)
        .and_then(|commit| commit.tree())
        .map_err(Place::of(repo).fault(format!("could not read commit `{commit}`")))
}

/// What a tree has at a path, if it is a file.
pub(super) fn entry(tree: &Tree<'_>, path: &[u8]) -> Entry {
    let found = tree.get_path(&from_bytes(path)).ok()?;
    let mode = u32::try_from(found.filemode()).ok()?;
    (mode != 0o40_000).then(|| (found.id(), mode))
}
