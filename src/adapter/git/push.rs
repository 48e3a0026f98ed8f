//! Publishing a commit on a remote's branch.

use git2::{Oid, Repository};

use super::advance::{descends, log_line, with_files};
use super::fault::{Place, told};
use super::identity::Identity;
use super::network::NetworkSettings;
use super::reference::{of_branch, of_remote, set, target};
use super::snapshot::to_oid;
use super::transport::{self, Purpose, Update};
use crate::domain::CommitId;
use crate::port::{Advance, Branch, RepositoryError};

/// Moves the remote's branch from its tip to `commit`, then what follows it here.
pub(super) fn publish(
    repo: &Repository,
    settings: &NetworkSettings,
    branch: &Branch,
    remote: &str,
    commit: CommitId,
) -> Result<Advance, RepositoryError> {
    let (old, new) = (to_oid(branch.tip.0)?, to_oid(commit.0)?);
    descends(repo, old, new)?;
    let mut remote = transport::open(repo, settings, remote, Purpose::Push)?;
    let pushed = remote.push(&Update {
        branch: &branch.name,
        old: Some(old),
        new: Some(new),
    })?;
    Ok(match pushed.notes(remote.name()) {
        None => Advance::Overtaken,
        Some(mut notes) => {
            notes.extend(follow(repo, &branch.name, remote.name(), old, new));
            Advance::Done { notes }
        }
    })
}

/// Lets the local branch follow where an earlier run was stopped after its push: when it stands on the
/// very commit that the remote's last one, a promotion by the same person, was made on, and never
/// stood on that one: who sets it back means it.
pub(super) fn catch_up(repo: &Repository, branch: &Branch) -> Result<Vec<String>, RepositoryError> {
    let tip = to_oid(branch.tip.0)?;
    Ok(match (&branch.remote, left_at(repo, &branch.name, tip)?) {
        (Some(remote), Some(old)) => follow(repo, &branch.name, remote, old, tip),
        _ => Vec::new(),
    })
}

fn left_at(repo: &Repository, branch: &str, tip: Oid) -> Result<Option<Oid>, RepositoryError> {
    let name = of_branch(branch);
    let fault = || Place::of(repo).fault(format!("could not look where `{branch}` was"));
    let Some(local) = target(repo, &name)? else {
        return Ok(None);
    };
    let commit = repo.find_commit(tip).map_err(fault())?;
    let message = String::from_utf8_lossy(commit.message_bytes());
    if !commit.parent_ids().eq([local]) || !message.contains("\nPromotion-Id: ") {
        return Ok(None);
    }
    // Whoever has no name here has promoted nothing.
    let is_own = Identity::read(repo)
        .is_ok_and(|here| commit.committer().email_bytes() == here.committer.email_bytes());
    let log = repo.reflog(&name).map_err(fault())?;
    // The newest lines are those of runs that were stopped before the branch itself moved.
    let is_tip = |entry: &git2::ReflogEntry<'_>| entry.id_new() == tip;
    let was_there = log.iter().skip_while(is_tip).any(|entry| is_tip(&entry));
    Ok((is_own && !was_there).then_some(local))
}

/// Moves what is known of the remote's branch, and the local branch if it was level with it.
///
/// The push is done: whatever goes wrong here is a note and no error.
fn follow(repo: &Repository, branch: &str, remote: &str, old: Oid, new: Oid) -> Vec<String> {
    let mut notes = Vec::new();
    if let Err(error) = set(repo, &of_remote(remote, branch), new, "promote: push") {
        notes.push(format!(
            "`{remote}/{branch}` was not updated here: {}",
            told(&error)
        ));
    }
    let left = match target(repo, &of_branch(branch)) {
        Ok(None) => None,
        Ok(Some(local)) if local == new => None,
        Ok(Some(local)) if local == old => log_line(repo, new)
            .and_then(|log| with_files(repo, branch, old, new, &log))
            .map_or_else(|error| Some(told(&error)), |_| None),
        Ok(Some(_)) => Some(format!("it was not level with `{remote}/{branch}`")),
        Err(error) => Some(told(&error)),
    };
    notes.extend(left.map(|why| {
        format!(
            "local branch `{branch}` was left behind: {why}; when that is mended, run `git pull`"
        )
    }));
    notes
}
