//! What must be on the disk before a branch points at it.
//!
//! # Why
//!
//! libgit2 leaves flushing to the system. After a power failure a branch could
//! then name a commit whose bytes never arrived, and the whole repository would
//! be broken. libgit2's own switch for it cannot be reached without `unsafe`,
//! but the files are known: each new object is one file named by its id.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use git2::Oid;

use super::fault::Place;
use crate::port::RepositoryError;

/// The objects that were written and may still be in memory only.
#[derive(Default)]
pub(super) struct Written(Vec<Oid>);

impl Written {
    /// Remembers an object.
    pub(super) fn push(&mut self, id: Oid) {
        self.0.push(id);
    }

    /// Flushes the remembered objects of a repository, then their folders.
    pub(super) fn sync(self, repo: &git2::Repository) -> Result<(), RepositoryError> {
        let place = Place::of(repo);
        let objects = repo.commondir().join("objects");
        let mut folders = BTreeSet::new();
        for id in self.0 {
            let hex = id.to_string();
            let folder = objects.join(&hex[..2]);
            // One that is not there was in a pack before.
            if sync_file(&folder.join(&hex[2..])).map_err(place.io_fault("could not flush"))? {
                folders.insert(folder);
            }
        }
        if !folders.is_empty() {
            folders.insert(objects);
        }
        for folder in folders {
            sync_file(&folder).map_err(place.io_fault("could not flush"))?;
        }
        Ok(())
    }
}

/// Flushes the packs that are not in `before`.
pub(super) fn sync_new_packs(
    repo: &git2::Repository,
    before: &BTreeSet<PathBuf>,
) -> Result<(), RepositoryError> {
    let place = Place::of(repo);
    for path in packs(repo).difference(before) {
        sync_file(path).map_err(place.io_fault("could not flush"))?;
    }
    let folder = repo.commondir().join("objects").join("pack");
    sync_file(&folder).map_err(place.io_fault("could not flush"))?;
    Ok(())
}

/// The files in the pack folder.
pub(super) fn packs(repo: &git2::Repository) -> BTreeSet<PathBuf> {
    let folder = repo.commondir().join("objects").join("pack");
    let files = std::fs::read_dir(folder).into_iter().flatten();
    files.flatten().map(|entry| entry.path()).collect()
}

/// Flushes one file or folder; `false` if there is none.
pub(super) fn sync_file(path: &Path) -> io::Result<bool> {
    match File::open(path).and_then(|file| file.sync_all()) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        // Some file systems cannot flush a folder, and Windows no file opened for reading.
        Err(e) if e.kind() == io::ErrorKind::InvalidInput || cfg!(windows) => Ok(true),
        Err(e) => Err(e),
    }
}
