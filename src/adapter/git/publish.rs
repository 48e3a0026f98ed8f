//! Publishing a commit on a branch, and what follows it here.

use super::fault::{Place, display_chain};
use super::local::Local;
use super::push::{Pushed, Update};
use super::refs::{Swap, of_branch};
use super::remote::Remote;
use super::urls::{Purpose, tracking};
use super::worktree;
use crate::domain::{CommitId, ObjectId};
use crate::port::{Advance, Branch, RepositoryError};

/// Moves the branch from its tip to `commit`.
pub(super) fn publish(
    local: &Local,
    branch: &Branch,
    commit: CommitId,
) -> Result<Advance, RepositoryError> {
    let (old, new) = (branch.tip.0, commit.0);
    if !local.descends(old, new)? {
        return Err(Place::found(
            format!("could not move a branch to `{new}`"),
            format!("it does not descend from `{old}`"),
        ));
    }
    let Some(remote) = &branch.remote else {
        return Ok(match worktree::advance(local, &branch.name, old, new)? {
            Swap::Done => Advance::Done { notes: Vec::new() },
            Swap::Overtaken => Advance::Overtaken,
        });
    };
    let mut remote = Remote::open(local, remote, Purpose::Push)?;
    let pushed = remote.push(&Update {
        branch: &branch.name,
        old: Some(old),
        new: Some(new),
    })?;
    Ok(
        match notes(local, pushed, &remote.name, &branch.name, Some(new)) {
            None => Advance::Overtaken,
            Some(mut notes) => {
                notes.extend(follow(local, &branch.name, &remote.name, new));
                Advance::Done { notes }
            }
        },
    )
}

/// What the user should know of a push that is done; `None` where somebody was faster.
///
/// What could not follow here is a note and no error.
pub(super) fn notes(
    local: &Local,
    pushed: Pushed,
    remote: &str,
    branch: &str,
    new: Option<ObjectId>,
) -> Option<Vec<String>> {
    let Pushed::Done { message } = pushed else {
        return None;
    };
    let mut notes: Vec<String> = message
        .map(|message| format!("`{remote}`: {message}"))
        .into_iter()
        .collect();
    let is_behind = |name: &String| local.target(name).ok() != Some(new);
    if let Some(name) = tracking(local, remote, branch).filter(is_behind) {
        let lock = local.common.join(format!("{name}.lock"));
        let reason = if lock.exists() {
            format!("`{}` is in the way", lock.display())
        } else {
            format!("`git remote prune {remote}` removes stale references")
        };
        notes.push(format!(
            "`{name}` could not be updated in this clone: {reason}"
        ));
    }
    Some(notes)
}

/// Moves the local branch if it is only behind.
fn follow(local: &Local, branch: &str, remote: &str, new: ObjectId) -> Option<String> {
    let left = |reason: &str, advice: &str| {
        Some(format!(
            "local branch `{branch}` was left behind: {reason}; {advice}"
        ))
    };
    let old = match local.target(&of_branch(branch)) {
        Ok(None) => return None,
        Ok(Some(old)) => old,
        Err(error) => return left(&display_chain(&error), "run `git pull` afterwards"),
    };
    if !local.descends(old, new).unwrap_or(false) {
        let reason = format!("it has commits that `{remote}/{branch}` does not have");
        return left(&reason, "`git pull --rebase` puts them on top");
    }
    match worktree::advance(local, branch, old, new) {
        Ok(Swap::Done) => None,
        Ok(Swap::Overtaken) => left("it was moved meanwhile", "run `git pull`"),
        Err(error @ RepositoryError::Dirty { .. }) => left(
            &error.to_string(),
            "commit, stash or move them away first, then run `git pull`",
        ),
        Err(error) => left(&display_chain(&error), "run `git pull` afterwards"),
    }
}

/// Lets the local branch follow where an earlier run was stopped after its push: when the remote's last
/// commit is a promotion by the same person, the branch is only behind it, and never was at it. A
/// branch that was reset on purpose stays.
pub(super) fn catch_up(local: &Local, branch: &Branch) -> Result<Vec<String>, RepositoryError> {
    let (Some(remote), tip) = (&branch.remote, branch.tip.0) else {
        return Ok(Vec::new());
    };
    let name = of_branch(&branch.name);
    let commit = local.commit(tip)?;
    let is_promotion = commit.message.contains("\nPromotion-Id: ");
    let Some(old) = local
        .target(&name)?
        .filter(|old| is_promotion && *old != tip)
    else {
        return Ok(Vec::new());
    };
    if !local.descends(old, tip)? {
        return Ok(Vec::new());
    }
    // Who has no name here has promoted nothing.
    let person = local.git.ask(&["var", "GIT_COMMITTER_IDENT"])?.text();
    let log = local
        .git
        .ask(&["rev-list", "--walk-reflogs", &name, "--"])?
        .text();
    // The newest entries are those of runs that were stopped before the branch itself moved.
    let is_tip = |line: &&str| *line == tip.to_string();
    let was_there = log.lines().skip_while(is_tip).any(|line| is_tip(&line));
    if was_there || !person.contains(&format!("<{}>", commit.email)) {
        return Ok(Vec::new());
    }
    Ok(follow(local, &branch.name, remote, tip)
        .into_iter()
        .collect())
}
