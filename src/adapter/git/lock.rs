//! One promotion at a time moves branches of a repository.
//!
//! # Why
//!
//! Git writes files and index under a lock, but moves the branch after that lock
//! is gone. A second promotion in between would leave its files behind. This lock
//! is the system's own, on the repository's folder: it leaves no file behind and
//! ends with the process, however that ends.

use std::fs::File;
use std::io;
use std::path::Path;

/// Held until it is dropped; nothing where the file system has no locks, and on Windows, where a folder
/// has none.
pub(super) struct Lock(#[allow(dead_code, reason = "held, not read")] Option<File>);

impl Lock {
    /// Waits for the lock of a repository.
    pub(super) fn of(common: &Path) -> io::Result<Self> {
        if cfg!(windows) {
            return Ok(Self(None));
        }
        let folder = File::open(common)?;
        Ok(Self(folder.lock().is_ok().then_some(folder)))
    }
}
