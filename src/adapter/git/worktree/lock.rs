//! The lock that lets one promotion at a time move branches of a repository.
//!
//! # Why
//!
//! Git writes files and index under a lock, but moves the branch after releasing
//! it. A second promotion in between would leave its files behind. This lock is the
//! operating system's, on the repository's folder: it needs no file, and is released
//! whenever the process ends.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long to wait for another promotion.
const LOCK_TIMEOUT: Duration = Duration::from_secs(60);

/// Locks a repository until it is dropped; has no effect on file systems without locks and on Windows,
/// where folders cannot be locked.
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
        let until = Instant::now() + LOCK_TIMEOUT;
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
