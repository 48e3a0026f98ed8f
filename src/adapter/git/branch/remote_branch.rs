//! Finding a branch of the remote: fetched, or for a preview as last seen.
//!
//! # Why
//!
//! A preview should work without the right to push and without network access. So
//! an unreachable remote is only a notice in a preview, not an error.

use super::choose::{last_seen_default, local_tip, other_checkout_notices, refuse_other_branch};
use super::refs::{Head, branch_ref};
use crate::adapter::git::local::Local;
use crate::adapter::git::remote::connection::Remote;
use crate::adapter::git::remote::urls::{Purpose, tracking};
use crate::domain::{CommitId, ObjectId};
use crate::plan::Notice;
use crate::port::{Branch, BranchChoice, RepositoryError};

/// Fetches the chosen branch of the remote.
pub fn fetch(
    local: &Local,
    choice: &BranchChoice,
    remote: &str,
) -> Result<Branch, RepositoryError> {
    let mut remote = Remote::open(local, remote, Purpose::Fetch)?;
    let head = local.head()?;
    let name = match &choice.branch {
        Some(name) => name.clone(),
        None => default_branch(local, &mut remote, &head)?,
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
        Some(name) => is_default_branch(&mut remote, name)?,
    };
    let mut notices = other_checkout_notices(local, &head, &name);
    notices.extend(unpushed(local, &remote.name, &name, tip)?);
    Ok(Branch {
        name,
        remote: Some(remote.name.clone()),
        tip: CommitId(tip),
        is_default,
        notices,
    })
}

/// The chosen branch of the remote for a preview: as last seen if it cannot be fetched.
pub fn fetch_or_last_seen(
    local: &Local,
    choice: &BranchChoice,
    remote: &str,
) -> Result<Branch, RepositoryError> {
    let error = match fetch(local, choice, remote) {
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
    let default = last_seen_default(local, remote);
    let name = match choice.branch.as_ref().or(default.as_ref()) {
        Some(name) => name.clone(),
        None => head.current_branch()?.to_owned(),
    };
    let seen = match tracking(local, remote, &name) {
        Some(name) => local.target(&name)?,
        None => None,
    };
    let (tip, seen_remote) = match seen {
        Some(tip) => (tip, Some(remote.to_owned())),
        None => (local_tip(local, &name)?, None),
    };
    let mut notices = vec![Notice::NotFetched {
        error,
        branch: name.clone(),
        remote: seen_remote,
    }];
    notices.extend(other_checkout_notices(local, &head, &name));
    Ok(Branch {
        is_default: choice.branch.is_none() || default.as_ref() == Some(&name),
        name,
        remote: Some(remote.to_owned()),
        tip: CommitId(tip),
        notices,
    })
}

/// The remote's default branch; an error if another one is checked out.
fn default_branch(
    local: &Local,
    remote: &mut Remote<'_>,
    head: &Head,
) -> Result<String, RepositoryError> {
    let default = remote.default_branch()?;
    if let Head::On(current) = head {
        refuse_other_branch(local, current, &remote.name, default.clone())?;
    }
    Ok(default)
}

/// Whether a branch is the remote's default branch; a remote may have none.
fn is_default_branch(remote: &mut Remote<'_>, name: &str) -> Result<bool, RepositoryError> {
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
    let Some(ours) = local.target(&branch_ref(name))? else {
        return Ok(None);
    };
    let count = local.ahead(ours, tip)?;
    Ok((count > 0).then(|| Notice::UnpushedCommits {
        branch: name.to_owned(),
        remote: remote.to_owned(),
        count,
    }))
}
