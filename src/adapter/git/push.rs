//! Publishing a commit on a remote's branch.
//!
//! # Why
//!
//! A remote on this disk is written like the repository that it is: objects
//! first, then its branch by compare-and-swap under the reference's lock, so
//! that of several pushes exactly one wins and the others see it. What the
//! remote wants done besides (hooks, shared permissions, checks of its own) only
//! Git itself can do; then the installed `git` pushes, with the same expectation
//! of the old tip.

use git2::{Oid, Repository};

use super::advance::{descends, log_line, with_files};
use super::reference::{Swap, of_branch, of_remote, set, swap, target};
use super::remote::{Purpose, Remote};
use super::snapshot::to_oid;
use super::{installed, server, transfer, worktree};
use crate::domain::CommitId;
use crate::port::{Advance, Branch, RepositoryError};

/// Moves the remote's branch from its tip to `commit`, then what follows it here.
pub(super) fn publish(
    repo: &Repository,
    branch: &Branch,
    remote: &str,
    commit: CommitId,
) -> Result<Advance, RepositoryError> {
    let (old, new) = (to_oid(branch.tip.0)?, to_oid(commit.0)?);
    descends(repo, old, new)?;
    let remote = Remote::open(repo, remote, Purpose::Push)?;
    let swapped = match remote.tip(&branch.name)? {
        Some(now) if now == new => Swap::Done,
        Some(now) if now == old => match server::demands(&remote.repo)? {
            Some(demand) => installed::push(repo, &remote, &branch.name, old, new, &demand)?,
            None => direct(repo, &remote, &branch.name, old, new)?,
        },
        _ => Swap::Overtaken,
    };
    Ok(match swapped {
        Swap::Overtaken => Advance::Overtaken,
        Swap::Done => Advance::Done {
            notes: follow(repo, &branch.name, &remote.name, old, new),
        },
    })
}

fn direct(
    repo: &Repository,
    remote: &Remote,
    branch: &str,
    old: Oid,
    new: Oid,
) -> Result<Swap, RepositoryError> {
    if server::guards_checkouts(&remote.repo)
        && let Some(tree) = worktree::with_branch(&remote.repo, branch)?.first()
    {
        let folder = super::fault::Place::of(tree).name();
        return Err(RepositoryError::Refused {
            remote: remote.name.clone(),
            branch: branch.to_owned(),
            message: format!("the branch is checked out in `{folder}`"),
        });
    }
    transfer::copy(repo, &remote.repo, new)?;
    swap(&remote.repo, &of_branch(branch), old, new, "push")
}

/// Moves what is known of the remote's branch, and the local branch if it was level with it.
///
/// The push is done: whatever goes wrong here is a note and no error.
fn follow(repo: &Repository, branch: &str, remote: &str, old: Oid, new: Oid) -> Vec<String> {
    let mut notes = Vec::new();
    if let Err(error) = set(repo, &of_remote(remote, branch), new, "promote: push") {
        notes.push(format!("`{remote}/{branch}` was not updated here: {error}"));
    }
    let left = match target(repo, &of_branch(branch)) {
        Ok(None) => None,
        Ok(Some(local)) if local == new => None,
        Ok(Some(local)) if local == old => log_line(repo, new)
            .and_then(|log| with_files(repo, branch, old, new, &log))
            .map_or_else(|error| Some(error.to_string()), |_| None),
        Ok(Some(_)) => Some(format!("it was not level with `{remote}/{branch}`")),
        Err(error) => Some(error.to_string()),
    };
    notes.extend(
        left.map(|why| format!("local branch `{branch}` was left behind: {why}; run `git pull`")),
    );
    notes
}
