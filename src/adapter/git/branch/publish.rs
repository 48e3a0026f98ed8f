//! Publishing a commit on a branch, and updating the local branch afterwards.

use super::elsewhere::remote_of;
use super::refs::branch_ref;
use crate::adapter::git::fault::ErrorContext;
use crate::adapter::git::local::Local;
use crate::adapter::git::remote::choice::RemoteChoice;
use crate::adapter::git::remote::connection::Remote;
use crate::adapter::git::remote::push::{PushOutcome, Update};
use crate::adapter::git::remote::urls::{Purpose, tracking};
use crate::adapter::git::worktree::advance::advance;
use crate::domain::{CommitId, ObjectId};
use crate::plan::{Notice, Obstacle, is_promotion};
use crate::port::{Advance, Branch, RepositoryError, display_chain};

/// Moves the branch from its tip to `commit`: on its remote first, if it has one, then locally.
pub fn publish(
    local: &Local,
    branch: &Branch,
    commit: CommitId,
) -> Result<Advance, RepositoryError> {
    let (old, new) = (branch.tip.0, commit.0);
    if !local.descends(old, new)? {
        return Err(ErrorContext::error(
            format!("could not move a branch to `{new}`"),
            format!("it does not descend from `{old}`"),
        ));
    }
    let Some(choice) = remote_of(local, branch)? else {
        return advance(local, &branch.name, old, new);
    };
    let mut remote = Remote::open(local, &choice, Purpose::Push)?;
    let pushed = remote.push(&Update {
        reference: &branch_ref(&branch.name),
        old: Some(old),
        new: Some(new),
    })?;
    Ok(
        match notices(local, pushed, &choice, &branch.name, Some(new)) {
            None => Advance::Overtaken,
            Some(mut notices) => {
                if let RemoteChoice::Named(remote) = &choice {
                    notices.extend(follow_locally(local, &branch.name, remote, new));
                }
                Advance::Done { notices }
            }
        },
    )
}

/// What the user should know about a finished push; `None` if another push was faster.
///
/// References that could not be updated here are a notice, not an error.
pub fn notices(
    local: &Local,
    pushed: PushOutcome,
    remote: &RemoteChoice,
    branch: &str,
    new: Option<ObjectId>,
) -> Option<Vec<Notice>> {
    let PushOutcome::Done { message } = pushed else {
        return None;
    };
    let mut notices: Vec<Notice> = message
        .map(|message| Notice::RemoteMessage {
            remote: remote.name().to_owned(),
            message,
        })
        .into_iter()
        .collect();
    let is_behind = |name: &String| local.target(name).ok() != Some(new);
    // What tracks another repository is of no use to anybody else, and the next fetch needs no reference.
    if let RemoteChoice::Named(remote_name) = remote
        && let Some(name) = tracking(local, remote, branch).filter(is_behind)
    {
        let lock = local.common.join(format!("{name}.lock"));
        notices.push(Notice::TrackingBranchNotUpdated {
            reference: name,
            remote: remote_name.clone(),
            lock: lock.exists().then(|| lock.display().to_string()),
        });
    }
    Some(notices)
}

/// Moves the local branch forward if it is only behind.
fn follow_locally(local: &Local, branch: &str, remote: &str, new: ObjectId) -> Option<Notice> {
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
    let old = match local.target(&branch_ref(branch)) {
        Ok(None) => return None,
        Ok(Some(old)) => old,
        Err(error) => return failed(&error),
    };
    if !local.descends(old, new).unwrap_or(false) {
        return stopped(Obstacle::UnpushedCommits {
            remote: remote.to_owned(),
        });
    }
    match advance(local, branch, old, new) {
        Ok(Advance::Done { .. }) => None,
        Ok(Advance::Overtaken) => stopped(Obstacle::Moved),
        Err(RepositoryError::Dirty { paths, .. }) => stopped(Obstacle::LocalChanges { paths }),
        Err(error) => failed(&error),
    }
}

/// Moves the local branch forward where an earlier run was stopped after its push.
///
/// That is assumed if the remote's last commit is a promotion by the same person, and the local branch
/// is only behind it and has never been at it. A branch that was reset on purpose stays.
pub fn catch_up(local: &Local, branch: &Branch) -> Result<Vec<Notice>, RepositoryError> {
    let Some(RemoteChoice::Named(remote)) = remote_of(local, branch)? else {
        return Ok(Vec::new());
    };
    let tip = branch.tip.0;
    let name = branch_ref(&branch.name);
    let commit = local.objects.commit(tip)?;
    let is_promoted = is_promotion(&commit.message);
    let Some(old) = local
        .target(&name)?
        .filter(|old| is_promoted && *old != tip)
    else {
        return Ok(Vec::new());
    };
    if !local.descends(old, tip)? {
        return Ok(Vec::new());
    }
    // Without a configured identity, this person has not promoted anything here.
    let person = local.git.run(&["var", "GIT_COMMITTER_IDENT"])?.text();
    let log = local
        .git
        .run(&["rev-list", "--walk-reflogs", &name, "--"])?
        .text();
    // The reflog's newest entries come from runs that were stopped before the branch itself moved.
    let is_tip = |line: &&str| *line == tip.to_string();
    let was_there = log.lines().skip_while(is_tip).any(|line| is_tip(&line));
    if was_there || !person.contains(&format!("<{}>", commit.email)) {
        return Ok(Vec::new());
    }
    Ok(follow_locally(local, &branch.name, &remote, tip)
        .into_iter()
        .collect())
}
