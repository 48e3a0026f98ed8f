//! Publishing a commit on a branch, and what follows it here.

use super::refs::Swap;
use super::refs::of_branch;
use crate::adapter::git::fault::Place;
use crate::adapter::git::fault::display_chain;
use crate::adapter::git::local::Local;
use crate::adapter::git::remote::connection::Remote;
use crate::adapter::git::remote::push::Pushed;
use crate::adapter::git::remote::push::Update;
use crate::adapter::git::remote::urls::Purpose;
use crate::adapter::git::remote::urls::tracking;
use crate::adapter::git::worktree::advance;
use crate::domain::{CommitId, ObjectId};
use crate::plan::{Notice, Obstacle};
use crate::port::{Advance, Branch, RepositoryError};

/// Moves the branch from its tip to `commit`.
pub fn publish(
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
        return Ok(match advance::advance(local, &branch.name, old, new)? {
            Swap::Done => Advance::Done {
                notices: Vec::new(),
            },
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
        match notices(local, pushed, &remote.name, &branch.name, Some(new)) {
            None => Advance::Overtaken,
            Some(mut notices) => {
                notices.extend(follow(local, &branch.name, &remote.name, new));
                Advance::Done { notices }
            }
        },
    )
}

/// What the user should know of a push that is done; `None` where somebody was faster.
///
/// A branch that could not follow here is a notice and no error.
pub fn notices(
    local: &Local,
    pushed: Pushed,
    remote: &str,
    branch: &str,
    new: Option<ObjectId>,
) -> Option<Vec<Notice>> {
    let Pushed::Done { message } = pushed else {
        return None;
    };
    let mut notices: Vec<Notice> = message
        .map(|message| Notice::RemoteMessage {
            remote: remote.to_owned(),
            message,
        })
        .into_iter()
        .collect();
    let is_behind = |name: &String| local.target(name).ok() != Some(new);
    if let Some(name) = tracking(local, remote, branch).filter(is_behind) {
        let lock = local.common.join(format!("{name}.lock"));
        notices.push(Notice::TrackingBranchNotUpdated {
            reference: name,
            remote: remote.to_owned(),
            lock: lock.exists().then(|| lock.display().to_string()),
        });
    }
    Some(notices)
}

/// Moves the local branch if it is only behind.
fn follow(local: &Local, branch: &str, remote: &str, new: ObjectId) -> Option<Notice> {
    let stopped = |obstacle| {
        Some(Notice::LocalBranchNotUpdated {
            branch: branch.to_owned(),
            obstacle,
        })
    };
    let failed = |error| {
        stopped(Obstacle::Failed {
            error: display_chain(error),
        })
    };
    let old = match local.target(&of_branch(branch)) {
        Ok(None) => return None,
        Ok(Some(old)) => old,
        Err(error) => return failed(&error),
    };
    if !local.descends(old, new).unwrap_or(false) {
        return stopped(Obstacle::UnpushedCommits {
            remote: remote.to_owned(),
        });
    }
    match advance::advance(local, branch, old, new) {
        Ok(Swap::Done) => None,
        Ok(Swap::Overtaken) => stopped(Obstacle::Moved),
        Err(RepositoryError::Dirty { paths, .. }) => stopped(Obstacle::LocalChanges { paths }),
        Err(error) => failed(&error),
    }
}

/// Lets the local branch follow where an earlier run was stopped after its push: when the remote's last
/// commit is a promotion by the same person, the branch is only behind it, and never was at it. A
/// branch that was reset on purpose stays.
pub fn catch_up(local: &Local, branch: &Branch) -> Result<Vec<Notice>, RepositoryError> {
    let (Some(remote), tip) = (&branch.remote, branch.tip.0) else {
        return Ok(Vec::new());
    };
    let name = of_branch(&branch.name);
    let commit = local.objects.commit(tip)?;
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
