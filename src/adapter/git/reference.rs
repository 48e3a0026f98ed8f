//! Moving a branch by compare-and-swap.
//!
//! # Why
//!
//! libgit2 compares the old value while it holds the reference's lock file, as
//! Git does, so that of several writers exactly one wins; but where Git waits a
//! moment for the lock, libgit2 gives up at once. So the waiting is done here.

use std::thread::sleep;
use std::time::{Duration, Instant};

use git2::{ErrorCode, Oid, Repository};

use super::durable::sync_file;
use super::fault::Place;
use crate::port::RepositoryError;

/// How long a held lock is waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// What became of a compare-and-swap.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Swap {
    /// The reference has the new value.
    Done,
    /// It did not have the old value any more.
    Overtaken,
}

/// The full name of a branch.
pub(super) fn of_branch(branch: &str) -> String {
    format!("refs/heads/{branch}")
}

/// The full name of what is known of a remote's branch.
pub(super) fn of_remote(remote: &str, branch: &str) -> String {
    format!("refs/remotes/{remote}/{branch}")
}

/// Where a reference points, if it is there.
pub(super) fn target(repo: &Repository, name: &str) -> Result<Option<Oid>, RepositoryError> {
    match repo.refname_to_id(name) {
        Ok(id) => Ok(Some(id)),
        Err(e) if e.code() == ErrorCode::NotFound => Ok(None),
        Err(e) => Err(Place::of(repo).fault(format!("could not read `{name}`"))(e)),
    }
}

/// Moves a reference from `old` to `new` unless somebody else moved it.
pub(super) fn swap(
    repo: &Repository,
    name: &str,
    old: Oid,
    new: Oid,
    log: &str,
) -> Result<Swap, RepositoryError> {
    patiently(repo, name, || {
        match repo.reference_matching(name, new, true, old, log) {
            Ok(_) => Ok(Swap::Done),
            Err(e) if matches!(e.code(), ErrorCode::Modified | ErrorCode::NotFound) => {
                Ok(Swap::Overtaken)
            }
            Err(e) => Err(e),
        }
    })
}

/// Makes a reference where there must be none, or deletes it from where it must be, or swaps it.
pub(super) fn change(
    repo: &Repository,
    name: &str,
    old: Option<Oid>,
    new: Option<Oid>,
    log: &str,
) -> Result<Swap, RepositoryError> {
    match (old, new) {
        (Some(old), Some(new)) => swap(repo, name, old, new, log),
        (None, Some(new)) => {
            patiently(repo, name, || match repo.reference(name, new, false, log) {
                Ok(_) => Ok(Swap::Done),
                Err(e) if e.code() == ErrorCode::Exists => Ok(Swap::Overtaken),
                Err(e) => Err(e),
            })
        }
        (Some(old), None) => patiently(repo, name, || {
            let mut reference = match repo.find_reference(name) {
                Ok(reference) => reference,
                Err(e) if e.code() == ErrorCode::NotFound => return Ok(Swap::Overtaken),
                Err(e) => return Err(e),
            };
            if reference.target() != Some(old) {
                return Ok(Swap::Overtaken);
            }
            // libgit2 deletes only what is still as it was found.
            match reference.delete() {
                Ok(()) => Ok(Swap::Done),
                Err(e) if matches!(e.code(), ErrorCode::Modified | ErrorCode::NotFound) => {
                    Ok(Swap::Overtaken)
                }
                Err(e) => Err(e),
            }
        }),
        (None, None) => Ok(Swap::Done),
    }
}

/// Sets a reference, whatever it was.
pub(super) fn set(
    repo: &Repository,
    name: &str,
    new: Oid,
    log: &str,
) -> Result<(), RepositoryError> {
    patiently(repo, name, || {
        repo.reference(name, new, true, log).map(|_| ())
    })
}

fn patiently<T>(
    repo: &Repository,
    name: &str,
    mut attempt: impl FnMut() -> Result<T, git2::Error>,
) -> Result<T, RepositoryError> {
    let place = Place::of(repo);
    let until = Instant::now() + PATIENCE;
    loop {
        match attempt() {
            Ok(done) => {
                let file = repo.commondir().join(name);
                sync_file(&file).map_err(place.io_fault(format!("could not flush `{name}`")))?;
                return Ok(done);
            }
            Err(e) if e.code() == ErrorCode::Locked && Instant::now() < until => {
                sleep(Duration::from_millis(10));
            }
            Err(e) => return Err(place.fault(format!("could not move `{name}`"))(e)),
        }
    }
}
