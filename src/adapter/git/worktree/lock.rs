//! One promotion at a time moves branches of a repository.
//!
//! # Why
//!
//! Git writes files and index under a lock, but moves the branch after that lock
//! is gone. A second promotion in between would leave its files behind. This lock
//! is the system's own, on the repository's folder: it leaves no file behind and
//! ends with the process, however that ends.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long another promotion may take for that.
const LONGEST: Duration = Duration::from_secs(60);

/// Held until it is dropped; nothing where the file system has no locks, and on Windows, where a folder
/// has none.
pub struct Lock(#[allow(dead_code, reason = "held, not read")] Option<File>);

impl Lock {
    /// Waits for the lock of a repository.
    ///
    /// # Errors
    /// When another promotion holds it for too long.
    pub fn of(common: &Path) -> io::Result<Self> {
        if cfg!(windows) {
            return Ok(Self(None));
        }
        let folder = File::open(common)?;
        let until = Instant::now() + LONGEST;
        loop {
            match folder.try_lock() {
                Ok(()) => return Ok(Self(Some(folder))),
                Err(TryLockError::Error(_)) => return Ok(Self(None)),
                Err(TryLockError::WouldBlock) if Instant::now() > until => {
                    let text = "another git-promote has been moving a branch of this repository for a minute";
                    return Err(io::Error::new(io::ErrorKind::TimedOut, text));
                }
                Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(10)),
            }
        }
    }
}
