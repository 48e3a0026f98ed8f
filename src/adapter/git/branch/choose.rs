//! Choosing the remote and the local branch to use.

use super::refs::{Head, branch_ref};
use crate::adapter::git::local::Local;
use crate::adapter::git::remote::choice::RemoteChoice;
use crate::adapter::git::remote::urls::tracking;
use crate::domain::{CommitId, ObjectId};
use crate::plan::Notice;
use crate::port::{Branch, BranchChoice, RepositoryError};

/// The remote to use: the upstream of the current branch, else `origin`, else the only one; `None`
/// without remotes.
pub fn remote(local: &Local) -> Result<Option<String>, RepositoryError> {
    let known = local.config.remotes();
    let head = local.head()?;
    let upstream = head
        .branch()
        .map(|branch| format!("branch.{branch}.remote"));
    let upstream = upstream.as_deref().and_then(|key| local.config.text(key));
    let preferred = [upstream, Some("origin")];
    let is_known = |name: &&str| known.iter().any(|known| known == name);
    match (
        preferred.into_iter().flatten().find(is_known),
        known.as_slice(),
    ) {
        (Some(name), _) => Ok(Some(name.to_owned())),
        (None, []) => Ok(None),
        (None, [only]) => Ok(Some(only.clone())),
        (None, _) => Err(RepositoryError::UnknownRemote { known }),
    }
}

/// The local branch to use; it must not be behind its branch on `remote`.
pub fn local_branch(
    local: &Local,
    choice: &BranchChoice,
    remote: Option<&str>,
) -> Result<Branch, RepositoryError> {
    let head = local.head()?;
    let name = if let Some(name) = &choice.branch {
        name.clone()
    } else {
        let current = head.current_branch()?;
        if let Some(remote) = remote
            && let Some(default) = last_seen_default(local, remote)
        {
            refuse_other_branch(local, current, remote, default)?;
        }
        current.to_owned()
    };
    let is_unborn = matches!(&head, Head::Unborn(current) if *current == name);
    if is_unborn {
        return Err(RepositoryError::Unborn {
            branch: name,
            remote: None,
        });
    }
    let tip = local_tip(local, &name)?;
    if let Some(remote) = remote {
        refuse_behind(local, remote, &name, tip)?;
    }
    Ok(Branch {
        notices: other_checkout_notices(local, &head, &name),
        is_default: default_branch(local, remote, &head).as_deref() == Some(&name),
        name,
        repository: None,
        remote: None,
        url: None,
        tip: CommitId(tip),
    })
}

/// Fails unless the current branch is the default one, or has it as its upstream.
pub fn refuse_other_branch(
    local: &Local,
    current: &str,
    remote: &str,
    default: String,
) -> Result<(), RepositoryError> {
    let upstream = local.config.text(&format!("branch.{current}.merge"));
    let is_default = current == default || upstream == Some(&branch_ref(&default));
    if local.is_bare() || is_default {
        return Ok(());
    }
    Err(RepositoryError::OtherBranch {
        current: current.to_owned(),
        remote: remote.to_owned(),
        default,
    })
}

/// The commit of a local branch, which must exist.
pub fn local_tip(local: &Local, name: &str) -> Result<ObjectId, RepositoryError> {
    match local.target(&branch_ref(name))? {
        Some(tip) => Ok(tip),
        None => Err(RepositoryError::UnknownBranch {
            branch: name.to_owned(),
            remote: None,
            known: local.branches()?,
        }),
    }
}

/// The notices for the case that another branch is checked out.
pub fn other_checkout_notices(local: &Local, head: &Head, name: &str) -> Vec<Notice> {
    match head {
        Head::On(current) if current != name && !local.is_bare() => {
            vec![Notice::OtherBranchCheckedOut {
                current: current.clone(),
                branch: name.to_owned(),
            }]
        }
        _ => Vec::new(),
    }
}

/// The remote's default branch, as last fetched.
pub fn last_seen_default(local: &Local, remote: &str) -> Option<String> {
    let full = (local.symbolic(&format!("refs/remotes/{remote}/HEAD"))).ok()??;
    let branch = full.strip_prefix(&format!("refs/remotes/{remote}/"))?;
    Some(branch.to_owned())
}

/// The default branch, as far as this repository knows: the remote's as last fetched, else `main` or
/// `master`, else the checked-out one.
fn default_branch(local: &Local, remote: Option<&str>, head: &Head) -> Option<String> {
    let common = || {
        let exists = |name: &&str| matches!(local.target(&branch_ref(name)), Ok(Some(_)));
        ["main", "master"].into_iter().find(exists)
    };
    (remote.and_then(|remote| last_seen_default(local, remote)))
        .or_else(|| common().map(ToOwned::to_owned))
        .or_else(|| head.branch().map(ToOwned::to_owned))
}

/// Fails if the local branch lacks commits of its tracking branch.
fn refuse_behind(
    local: &Local,
    remote: &str,
    branch: &str,
    tip: ObjectId,
) -> Result<(), RepositoryError> {
    let Some(name) = tracking(local, &RemoteChoice::Named(remote.to_owned()), branch) else {
        return Ok(());
    };
    match local.target(&name)? {
        Some(theirs) if local.ahead(theirs, tip)? > 0 => Err(RepositoryError::BehindRemote {
            branch: branch.to_owned(),
            remote: remote.to_owned(),
        }),
        _ => Ok(()),
    }
}
