//! Writing objects, and flushing them to the disk.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use git2::ObjectType;

use super::database::{from_oid, parse_id};
use crate::adapter::git::fault::ErrorContext;
use crate::adapter::git::local::Local;
use crate::domain::ObjectId;
use crate::port::RepositoryError;

impl Local {
    /// Writes an object; [`Local::flush`] makes sure that it is on the disk.
    pub fn write(&self, kind: ObjectType, bytes: &[u8]) -> Result<ObjectId, RepositoryError> {
        let doing = || format!("could not write a {kind}");
        // libgit2 ignores `core.sharedRepository`.
        let is_shared = self.config.text("core.sharedrepository").is_some();
        let Some(repo) = self.library().filter(|_| !is_shared) else {
            let mut git = (self.git).command(&["hash-object", "-w", "-t", kind.str(), "--stdin"]);
            let id = self.git.output(&doing(), &mut git, bytes.to_vec())?;
            let id = String::from_utf8_lossy(&id);
            return parse_id(id.trim())
                .ok_or_else(|| ErrorContext::error(doing(), id.into_owned()));
        };
        let odb = repo.odb().map_err(self.context.fault(doing()))?;
        from_oid(
            odb.write(kind, bytes)
                .map_err(self.context.fault(doing()))?,
        )
    }

    /// Flushes new objects to the disk, then their folders.
    ///
    /// # Why
    ///
    /// libgit2 leaves flushing to the system, and so does Git by default. After a power
    /// failure a branch could point at a commit whose objects were never written.
    pub fn flush(&self, written: &[ObjectId]) -> Result<(), RepositoryError> {
        let objects = self.common.join("objects");
        let mut folders = BTreeSet::new();
        let fault = || self.context.io_fault("could not flush");
        for id in written {
            let hex = id.to_string();
            let folder = objects.join(&hex[..2]);
            // An object without a file of its own was already in a pack.
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

/// Flushes a file or folder; returns `false` if it does not exist.
fn flush(path: &Path) -> io::Result<bool> {
    match File::open(path).and_then(|file| file.sync_all()) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        // Some file systems cannot flush a folder; Windows cannot flush a file opened for reading.
        Err(e) if e.kind() == io::ErrorKind::InvalidInput || cfg!(windows) => Ok(true),
        Err(e) => Err(e),
    }
}
