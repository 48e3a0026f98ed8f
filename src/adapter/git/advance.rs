//! Moving a branch of this repository together with its checked-out files.
//!
//! # Why
//!
//! Files first, then the index, then the branch. Killed in between, the files
//! (and perhaps the index) have the new content while the branch is old: that
//! is a change like any other that is not committed yet, and what it replaced
//! was clean, so it is still in the branch. The same promotion run again finds
//! files that already are what it wants, takes them as clean, and moves the
//! branch. The other way round the branch would say "promoted" over old files,
//! the next run would find nothing to do, and the user's next commit would
//! undo the promotion.
//!
//! The branch's lock file is not held meanwhile: it would stay after a kill and
//! block every later run. If somebody else moves the branch while the files are
//! written, they are set back to what the branch holds then.

use git2::{Oid, Repository};

use super::checkout::Checkout;
use super::fault::Place;
use super::reference::{Swap, of_branch, swap, target};
use super::snapshot::to_oid;
use super::worktree;
use crate::domain::CommitId;
use crate::port::{Advance, Branch, RepositoryError};

/// Moves the local branch from its tip to `commit`.
pub(super) fn local(
    repo: &Repository,
    branch: &Branch,
    commit: CommitId,
) -> Result<Advance, RepositoryError> {
    let (old, new) = (to_oid(branch.tip.0)?, to_oid(commit.0)?);
    descends(repo, old, new)?;
    let log = log_line(repo, new)?;
    match with_files(repo, &branch.name, old, new, &log)? {
        Swap::Done => Ok(Advance::Done { notes: Vec::new() }),
        Swap::Overtaken => Ok(Advance::Overtaken),
    }
}

/// Moves a branch and, where it is checked out, its files.
pub(super) fn with_files(
    repo: &Repository,
    branch: &str,
    old: Oid,
    new: Oid,
    log: &str,
) -> Result<Swap, RepositoryError> {
    let name = of_branch(branch);
    let lock = worktree::lock(repo)?;
    match target(repo, &name)? {
        Some(now) if now == new => return Ok(Swap::Done),
        Some(now) if now == old => {}
        _ => return Ok(Swap::Overtaken),
    }
    let checkouts = worktree::with_branch(repo, branch)?
        .into_iter()
        .map(|tree| Checkout::prepare(tree, branch, old, new))
        .collect::<Result<Vec<_>, _>>()?;
    if lock.is_some() {
        checkouts.iter().for_each(Checkout::sweep);
    }
    let moved = checkouts
        .iter()
        .try_for_each(Checkout::apply)
        .and_then(|()| swap(repo, &name, old, new, log));
    match moved {
        Ok(Swap::Done) => Ok(Swap::Done),
        Ok(Swap::Overtaken) => {
            checkouts.iter().try_for_each(Checkout::undo)?;
            Ok(Swap::Overtaken)
        }
        Err(error) => {
            // What went wrong first is what the user must know; files that stay are the next run's.
            let _ = checkouts.iter().try_for_each(Checkout::undo);
            Err(error)
        }
    }
}

/// The line of the reflog: what the commit is about.
pub(super) fn log_line(repo: &Repository, commit: Oid) -> Result<String, RepositoryError> {
    let commit = repo
        .find_commit(commit)
        .map_err(Place::of(repo).fault(format!("could not read commit `{commit}`")))?;
    let subject = commit.summary_bytes().unwrap_or_default();
    Ok(format!("promote: {}", String::from_utf8_lossy(subject)))
}

/// Makes sure that moving from `old` to `new` takes nothing away.
pub(super) fn descends(repo: &Repository, old: Oid, new: Oid) -> Result<(), RepositoryError> {
    let doing = format!("could not move a branch to `{new}`");
    let place = Place::of(repo);
    let commit = repo.find_commit(new).map_err(place.fault(doing.clone()))?;
    let child = commit.parent_ids().any(|parent| parent == old);
    if child
        || repo
            .graph_descendant_of(new, old)
            .map_err(place.fault(doing.clone()))?
    {
        return Ok(());
    }
    Err(Place::found(
        doing,
        format!("it does not descend from `{old}`"),
    ))
}
