//! Files of a working tree, replaced one by one.
//!
//! # Why
//!
//! libgit2 writes a file in place: killed in between, half of it is there, which
//! is neither what was nor what shall be, and looks like somebody's work. So the
//! files are checked out elsewhere, with all that attributes do to them, and
//! renamed to their places: each is the old one or the new one at any time.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use git2::build::CheckoutBuilder;
use git2::{Repository, Tree};
use tempfile::{NamedTempFile, TempDir};

use super::compare::entry;
use super::fault::Place;
use super::paths::from_bytes;
use crate::port::RepositoryError;

/// What the folders with such files begin with; a killed run leaves one behind.
const PREFIX: &str = "promote-checkout-";

/// Files that are written, and not yet where they belong.
pub(super) struct Ready<'r> {
    repo: &'r Repository,
    /// Beside the repository's own files, so most often on the working tree's disk.
    folder: TempDir,
    /// The files, and whether there is to be one.
    files: Vec<(PathBuf, bool)>,
}

impl<'r> Ready<'r> {
    /// Writes the files of `tree` at these paths.
    pub(super) fn make(
        repo: &'r Repository,
        tree: &Tree<'_>,
        paths: &[Vec<u8>],
    ) -> Result<Self, RepositoryError> {
        let fault = || Place::of(repo).io_fault("could not write the checked-out files");
        sweep(repo.path());
        let made = tempfile::Builder::new()
            .prefix(PREFIX)
            .tempdir_in(repo.path());
        let folder = made.map_err(fault())?;
        let files: Vec<_> = (paths.iter())
            .map(|path| (from_bytes(path), entry(tree, path).is_some()))
            .collect();
        if files.iter().any(|(_, is_there)| *is_there) {
            let mut options = CheckoutBuilder::new();
            options
                .force()
                .update_index(false)
                .disable_pathspec_match(true)
                .target_dir(folder.path());
            for path in paths {
                options.path(path.as_slice());
            }
            repo.checkout_tree(tree.as_object(), Some(&mut options))
                .map_err(Place::of(repo).fault("could not write the checked-out files"))?;
        }
        Ok(Self {
            repo,
            folder,
            files,
        })
    }

    /// Puts them where they belong, and removes those that are not to be.
    pub(super) fn put(self) -> Result<(), RepositoryError> {
        let top = top(self.repo)?;
        for (file, is_there) in &self.files {
            let done = if *is_there {
                replace(&self.folder.path().join(file), &top.join(file))
            } else {
                remove(top, file)
            };
            let doing = format!("could not write `{}`", file.display());
            done.map_err(Place::of(self.repo).io_fault(&doing))?;
        }
        Ok(())
    }
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

fn replace(ready: &Path, place: &Path) -> io::Result<()> {
    let folder = place.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)?;
    match fs::rename(ready, place) {
        // The working tree may be on another disk than its repository.
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            let near = NamedTempFile::new_in(folder)?;
            fs::copy(ready, near.path())?;
            near.persist(place).map(|_| ()).map_err(|error| error.error)
        }
        done => done,
    }
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

/// Removes what killed runs left; nobody else is here, for whoever moves files has a lock.
fn sweep(folder: &Path) {
    for found in fs::read_dir(folder).into_iter().flatten().flatten() {
        if found.file_name().to_string_lossy().starts_with(PREFIX) {
            // What stays is in nobody's way.
            let _ = fs::remove_dir_all(found.path());
        }
    }
}
