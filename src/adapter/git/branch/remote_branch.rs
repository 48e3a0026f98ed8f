//! Finding a remote's branch: fetched, or for a preview perhaps as it was last seen.
//!
//! # Why
//!
//! A preview must need neither the right to push nor the network. So for a preview
//! a remote that cannot be reached is a notice, not an error.

use super::choose::elsewhere;
use super::choose::is_meant;
use super::choose::known_default;
use super::refs::Head;
use super::refs::of_branch;
use crate::adapter::git::local::Local;
use crate::adapter::git::remote::connection::Remote;
use crate::adapter::git::remote::urls::Purpose;
use crate::adapter::git::remote::urls::tracking;
use crate::domain::{CommitId, ObjectId};
use crate::plan::Notice;
use crate::port::{Branch, BranchChoice, RepositoryError};

/// The remote's branch that is meant, fetched.
pub fn fetched(
    local: &Local,
    choice: &BranchChoice,
    remote: &str,
) -> Result<Branch, RepositoryError> {
    let mut remote = Remote::open(local, remote, Purpose::Fetch)?;
    let head = local.head()?;
    let name = match &choice.branch {
        Some(name) => name.clone(),
        None => default(local, &mut remote, &head)?,
    };
    let Some(tip) = remote.fetch(&name)? else {
        return Err(RepositoryError::UnknownBranch {
            branch: name,
            remote: Some(remote.name.clone()),
            known: remote.branches()?,
        });
    };
    let is_default = match &choice.branch {
        None => true,
        Some(name) => is_default(&mut remote, name)?,
    };
    let mut notices = elsewhere(local, &head, &name);
    notices.extend(unpushed(local, &remote.name, &name, tip)?);
    Ok(Branch {
        name,
        remote: Some(remote.name.clone()),
        tip: CommitId(tip),
        is_default,
        notices,
    })
}

/// The same for a preview.
pub fn looked_at(
    local: &Local,
    choice: &BranchChoice,
    remote: &str,
) -> Result<Branch, RepositoryError> {
    let error = match fetched(local, choice, remote) {
        Err(
            error @ (RepositoryError::Unreachable { .. }
            | RepositoryError::Credentials { .. }
            | RepositoryError::UntrustedServer { .. }
            | RepositoryError::Denied { .. }
            | RepositoryError::ReadOnly { .. }),
        ) => error.to_string(),
        other => return other,
    };
    let head = local.head()?;
    let default = known_default(local, remote);
    let name = match (choice.branch.clone().or(default.clone()), &head) {
        (Some(name), _) => name,
        (None, Head::On(current) | Head::Unborn(current)) => current.clone(),
        (None, Head::Detached(commit)) => {
            return Err(RepositoryError::DetachedHead {
                commit: commit.clone(),
            });
        }
    };
    let seen = match tracking(local, remote, &name) {
        Some(name) => local.target(&name)?,
        None => None,
    };
    let (tip, seen_remote) = match seen {
        Some(tip) => (Some(tip), Some(remote.to_owned())),
        None => (local.target(&of_branch(&name))?, None),
    };
    let Some(tip) = tip else {
        return Err(RepositoryError::UnknownBranch {
            branch: name,
            remote: None,
            known: local.branches()?,
        });
    };
    let mut notices = vec![Notice::NotFetched {
        error,
        branch: name.clone(),
        remote: seen_remote,
    }];
    notices.extend(elsewhere(local, &head, &name));
    Ok(Branch {
        is_default: choice.branch.is_none() || default.as_ref() == Some(&name),
        name,
        remote: Some(remote.to_owned()),
        tip: CommitId(tip),
        notices,
    })
}

/// The remote's default branch, unless another one is checked out.
fn default(local: &Local, remote: &mut Remote<'_>, head: &Head) -> Result<String, RepositoryError> {
    let default = remote.default_branch()?;
    match head {
        Head::On(current) if !local.is_bare() && !is_meant(local, current, &default) => {
            Err(RepositoryError::OtherBranch {
                current: current.clone(),
                remote: remote.name.clone(),
                default,
            })
        }
        _ => Ok(default),
    }
}

/// Whether a branch is the remote's default one; there need not be any.
fn is_default(remote: &mut Remote<'_>, name: &str) -> Result<bool, RepositoryError> {
    match remote.default_branch() {
        Ok(default) => Ok(default == name),
        Err(
            RepositoryError::Unborn { .. }
            | RepositoryError::UnknownBranch { .. }
            | RepositoryError::DetachedHead { .. },
        ) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The notice about commits of the local branch that the remote does not have.
fn unpushed(
    local: &Local,
    remote: &str,
    name: &str,
    tip: ObjectId,
) -> Result<Option<Notice>, RepositoryError> {
    let Some(ours) = local.target(&of_branch(name))? else {
        return Ok(None);
    };
    let count = local.ahead(ours, tip)?;
    Ok((count > 0).then(|| Notice::UnpushedCommits {
        branch: name.to_owned(),
        remote: remote.to_owned(),
        count,
    }))
}
