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
        match notes(local, pushed, remote.name(), &branch.name, Some(new)) {
            None => Advance::Overtaken,
            Some(mut notes) => {
                notes.extend(follow(local, &branch.name, remote.name(), new));
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
        notes.push(format!(
            "`{name}` could not be updated in this clone; `git remote prune {remote}` removes stale references"
        ));
    }
    Some(notes)
}

/// Moves the local branch if it is only behind.
fn follow(local: &Local, branch: &str, remote: &str, new: ObjectId) -> Option<String> {
    let moved = || {
        let Some(old) = local.target(&of_branch(branch))? else {
            return Ok(Swap::Done);
        };
        if !local.descends(old, new)? {
            let what = format!("it has commits that `{remote}/{branch}` does not have");
            return Err(Place::found("", what));
        }
        worktree::advance(local, branch, old, new)
    };
    let reason = match moved() {
        Ok(Swap::Done) => return None,
        Ok(Swap::Overtaken) => "somebody moved it".to_owned(),
        Err(error) => display_chain(&error),
    };
    Some(format!(
        "local branch `{branch}` was left behind: {reason}; to update it, run `git pull`"
    ))
}

/// Lets the local branch follow where an earlier run was stopped after its push: when it is at the
/// very commit that the remote's last one, a promotion by the same person, was made on, and never
/// was at that one: who sets it back means it.
pub(super) fn catch_up(local: &Local, branch: &Branch) -> Result<Vec<String>, RepositoryError> {
    let (Some(remote), tip) = (&branch.remote, branch.tip.0) else {
        return Ok(Vec::new());
    };
    let name = of_branch(&branch.name);
    let commit = local.commit(tip)?;
    let is_promotion = commit.message.contains("\nPromotion-Id: ");
    if !is_promotion || local.target(&name)?.as_slice() != commit.parents {
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
