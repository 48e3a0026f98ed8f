//! Files of a working tree, replaced one by one.
//!
//! # Why
//!
//! libgit2 writes a file in place: killed in between, half of it is there, which
//! is neither what was nor what shall be, and looks like somebody's work. So the
//! files are checked out elsewhere, with all that attributes do to them, and
//! renamed to their places: each is the old one or the new one at any time.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use git2::build::CheckoutBuilder;
use git2::{Repository, Tree};
use tempfile::{TempDir, TempPath};

use super::compare::entry;
use super::fault::Place;
use super::paths::from_bytes;
use crate::port::RepositoryError;

/// What the folders with such files begin with; a killed run leaves one behind.
const PREFIX: &str = "promote-checkout-";

/// The files that were put where they belong, as they were then.
pub(super) type Put = BTreeMap<Vec<u8>, Metadata>;

/// Files that are written, and not yet where they belong.
pub(super) struct Ready<'r> {
    repo: &'r Repository,
    /// Beside the repository's own files, so most often on the working tree's disk.
    folder: TempDir,
    written: Vec<Vec<u8>>,
    removed: Vec<Vec<u8>>,
}

impl<'r> Ready<'r> {
    /// Writes the files of `tree` at these paths.
    pub(super) fn make(
        repo: &'r Repository,
        tree: &Tree<'_>,
        paths: &[Vec<u8>],
    ) -> Result<Self, RepositoryError> {
        let fault = || Place::of(repo).io_fault("could not write the checked-out files");
        let made = tempfile::Builder::new()
            .prefix(PREFIX)
            .tempdir_in(repo.path());
        let folder = made.map_err(fault())?;
        let is_there = |path: &Vec<u8>| entry(tree, path).is_some();
        let (written, removed): (Vec<_>, Vec<_>) = paths.iter().cloned().partition(is_there);
        if !written.is_empty() {
            let fault = || Place::of(repo).fault("could not write the checked-out files");
            let mut options = CheckoutBuilder::new();
            options
                .force()
                .update_index(false)
                .disable_pathspec_match(true)
                .target_dir(folder.path());
            for path in paths {
                options.path(path.as_slice());
            }
            let head = repo.head().and_then(|head| head.peel_to_tree());
            let head = head.map_err(fault())?;
            // libgit2 makes a link of a file, or a file of a folder, only where it finds that.
            if written.iter().any(|path| is_other_kind(&head, tree, path)) {
                repo.checkout_tree(head.as_object(), Some(&mut options))
                    .map_err(fault())?;
            }
            repo.checkout_tree(tree.as_object(), Some(&mut options))
                .map_err(fault())?;
        }
        Ok(Self {
            repo,
            folder,
            written,
            removed,
        })
    }

    /// Removes those that are not to be, for a folder may stand where a file belongs, or the other way
    /// round; then puts the others where they belong.
    pub(super) fn put(self) -> Result<Put, RepositoryError> {
        let top = top(self.repo)?;
        let place = Place::of(self.repo);
        let doing = |file: &Path| format!("could not write `{}`", file.display());
        for path in &self.removed {
            let file = from_bytes(path);
            remove(top, &file).map_err(place.io_fault(&doing(&file)))?;
        }
        let mut put = Put::new();
        for path in self.written {
            let file = from_bytes(&path);
            let done = replace(&self.folder.path().join(&file), &top.join(&file));
            put.insert(path, done.map_err(place.io_fault(&doing(&file)))?);
        }
        Ok(put)
    }
}

/// Whether a path is a file in one tree, and a link or folder in the other.
fn is_other_kind(old: &Tree<'_>, new: &Tree<'_>, path: &[u8]) -> bool {
    let path = from_bytes(path);
    let kind = |tree: &Tree<'_>| Some(tree.get_path(&path).ok()?.filemode() & 0o170_000);
    matches!((kind(old), kind(new)), (Some(old), Some(new)) if old != new)
}

/// The working tree's folder.
pub(super) fn top(repo: &Repository) -> Result<&Path, RepositoryError> {
    repo.workdir()
        .ok_or_else(|| Place::found("could not read the checked-out files", "there are none"))
}

/// What stands where a file's folders have to be: a file, or a link that leads elsewhere.
pub(super) fn bar(top: &Path, file: &Path) -> Option<PathBuf> {
    let mut folders: Vec<&Path> = file.ancestors().skip(1).collect();
    folders.pop();
    let is_bar = |folder: &&&Path| {
        let found = top.join(folder).symlink_metadata();
        found.is_ok_and(|found| !found.is_dir())
    };
    folders
        .iter()
        .rev()
        .find(is_bar)
        .map(|bar| bar.to_path_buf())
}

/// Puts a file where it belongs; gives it as it was just before.
fn replace(ready: &Path, place: &Path) -> io::Result<Metadata> {
    let folder = place.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)?;
    // Git's folders are those with files: an empty one is in nobody's way.
    if place.symlink_metadata().is_ok_and(|found| found.is_dir()) {
        fs::remove_dir(place)?;
    }
    let file = ready.symlink_metadata()?;
    match fs::rename(ready, place) {
        // The working tree may be on another disk than its repository.
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            let near = copy(ready, folder)?;
            let file = near.symlink_metadata()?;
            near.persist(place).map_err(|error| error.error)?;
            Ok(file)
        }
        done => done.map(|()| file),
    }
}

/// A copy of a file or link in a folder, under a name that tells whose it is.
fn copy(file: &Path, folder: &Path) -> io::Result<TempPath> {
    let mut near = tempfile::Builder::new();
    near.prefix(".git-promote-");
    #[cfg(unix)]
    if let Ok(target) = fs::read_link(file) {
        let link = near.make_in(folder, |path| std::os::unix::fs::symlink(&target, path))?;
        return Ok(link.into_temp_path());
    }
    let near = near.tempfile_in(folder)?.into_temp_path();
    fs::copy(file, &near)?;
    Ok(near)
}

/// Removes a file, and the folders that are empty then, as Git does.
fn remove(top: &Path, file: &Path) -> io::Result<()> {
    match fs::remove_file(top.join(file)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let folders = file.ancestors().skip(1);
    for folder in folders.filter(|folder| !folder.as_os_str().is_empty()) {
        // The first one that is not empty ends it.
        if fs::remove_dir(top.join(folder)).is_err() {
            break;
        }
    }
    Ok(())
}

/// Removes what killed runs left in a folder that nobody else is in.
pub(super) fn sweep(folder: &Path) {
    for found in fs::read_dir(folder).into_iter().flatten().flatten() {
        if found.file_name().to_string_lossy().starts_with(PREFIX) {
            // What stays is in nobody's way.
            let _ = fs::remove_dir_all(found.path());
        }
    }
}
