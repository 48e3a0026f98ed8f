//! Writing objects, and flushing them to the disk.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use git2::ObjectType;

use super::database::from_oid;
use super::database::id_of;
use crate::adapter::git::fault::Place;
use crate::adapter::git::local::Local;
use crate::domain::ObjectId;
use crate::port::RepositoryError;

impl Local {
    /// Writes an object; it is on the disk when its commit is.
    pub fn write(&self, kind: ObjectType, bytes: &[u8]) -> Result<ObjectId, RepositoryError> {
        let doing = || format!("could not write a {kind}");
        // libgit2 knows nothing of files that a group shares.
        let is_shared = self.settings.text("core.sharedrepository").is_some();
        let Some(repo) = self.library().filter(|_| !is_shared) else {
            let mut git = (self.git).command(&["hash-object", "-w", "-t", kind.str(), "--stdin"]);
            let id = self.git.output(&doing(), &mut git, bytes.to_vec())?;
            let id = String::from_utf8_lossy(&id);
            return id_of(id.trim()).ok_or_else(|| Place::found(doing(), id.into_owned()));
        };
        let odb = repo.odb().map_err(self.place.fault(doing()))?;
        from_oid(odb.write(kind, bytes).map_err(self.place.fault(doing()))?)
    }

    /// Flushes new objects, then their folders.
    ///
    /// # Why
    ///
    /// libgit2 leaves flushing to the system, and so does Git by default. After a power
    /// failure a branch could then name a commit whose files never arrived.
    pub fn flush(&self, written: &[ObjectId]) -> Result<(), RepositoryError> {
        let objects = self.common.join("objects");
        let mut folders = BTreeSet::new();
        let fault = || self.place.io_fault("could not flush");
        for id in written {
            let hex = id.to_string();
            let folder = objects.join(&hex[..2]);
            // One that is not there was in a pack before.
            if flush(&folder.join(&hex[2..])).map_err(fault())? {
                folders.insert(folder);
            }
        }
        folders.insert(objects);
        folders
            .iter()
            .try_for_each(|folder: &PathBuf| flush(folder).map(drop))
            .map_err(fault())
    }
}

/// Flushes one file or folder; `false` if there is none.
fn flush(path: &Path) -> io::Result<bool> {
    match File::open(path).and_then(|file| file.sync_all()) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        // Some file systems cannot flush a folder, and Windows no file opened for reading.
        Err(e) if e.kind() == io::ErrorKind::InvalidInput || cfg!(windows) => Ok(true),
        Err(e) => Err(e),
    }
}
