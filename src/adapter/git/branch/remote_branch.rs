//! Finding a branch of the remote: fetched, or for a preview as last seen.
//!
//! # Why
//!
//! A preview should work without the right to push and without network access. So
//! an unreachable remote is only a notice in a preview, not an error.

use super::choose::{last_seen_default, local_tip, other_checkout_notices, refuse_other_branch};
use super::refs::{Head, branch_ref};
use crate::adapter::git::local::Local;
use crate::adapter::git::remote::choice::RemoteChoice;
use crate::adapter::git::remote::connection::Remote;
use crate::adapter::git::remote::urls::{Purpose, tracking};
use crate::domain::CommitId;
use crate::plan::Notice;
use crate::port::{Branch, BranchChoice, RepositoryError};

/// Fetches the chosen branch of the remote.
pub fn fetch(
    local: &Local,
    choice: &BranchChoice,
    remote: &str,
) -> Result<Branch, RepositoryError> {
    let remote = RemoteChoice::Named(remote.to_owned());
    let mut remote = Remote::open(local, &remote, Purpose::Fetch)?;
    let head = local.head()?;
    let mut branch = fetched(&mut remote, choice.branch.as_deref(), |remote| {
        default_branch(local, remote, &head)
    })?;
    branch.notices = other_checkout_notices(local, &head, &branch.name);
    let unpushed = unpushed(local, &remote.name, &branch.name, branch.tip)?;
    branch.notices.extend(unpushed);
    Ok(branch)
}

/// Fetches a branch of a remote, or the default one that `default` finds.
pub fn fetched<'l>(
    remote: &mut Remote<'l>,
    branch: Option<&str>,
    default: impl FnOnce(&mut Remote<'l>) -> Result<String, RepositoryError>,
) -> Result<Branch, RepositoryError> {
    let name = match branch {
        Some(name) => name.to_owned(),
        None => default(remote)?,
    };
    let Some(tip) = remote.fetch(&name)? else {
        return Err(RepositoryError::UnknownBranch {
            branch: name,
            remote: Some(remote.name.clone()),
            known: remote.branches()?,
        });
    };
    let is_default = match branch {
        None => true,
        Some(name) => is_default_branch(remote, name)?,
    };
    Ok(Branch {
        name,
        repository: None,
        remote: Some(remote.name.clone()),
        url: Some(remote.address().url()),
        tip: CommitId(tip),
        is_default,
        notices: Vec::new(),
    })
}

/// The URL of a remote, without user and password, where it can be read.
pub fn url_of(local: &Local, remote: &RemoteChoice) -> Option<String> {
    let address = Remote::address_of(local, remote, Purpose::Fetch).ok()?;
    Some(address.url())
}

/// Whether an error means that the remote could not be fetched from, so that a preview shows what was
/// fetched last.
pub fn is_unavailable(error: &RepositoryError) -> bool {
    matches!(
        error,
        RepositoryError::Unreachable { .. }
            | RepositoryError::Credentials { .. }
            | RepositoryError::UntrustedServer { .. }
            | RepositoryError::Denied { .. }
            | RepositoryError::ReadOnly { .. }
    )
}

/// The chosen branch of the remote for a preview: as last seen if it cannot be fetched.
pub fn fetch_or_last_seen(
    local: &Local,
    choice: &BranchChoice,
    remote: &str,
) -> Result<Branch, RepositoryError> {
    let error = match fetch(local, choice, remote) {
        Err(error) if is_unavailable(&error) => error.to_string(),
        other => return other,
    };
    let head = local.head()?;
    let default = last_seen_default(local, remote);
    let name = match choice.branch.as_ref().or(default.as_ref()) {
        Some(name) => name.clone(),
        None => head.current_branch()?.to_owned(),
    };
    let seen = match tracking(local, &RemoteChoice::Named(remote.to_owned()), &name) {
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
        repository: None,
        url: url_of(local, &RemoteChoice::Named(remote.to_owned())),
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
    tip: CommitId,
) -> Result<Option<Notice>, RepositoryError> {
    let Some(ours) = local.target(&branch_ref(name))? else {
        return Ok(None);
    };
    let count = local.ahead(ours, tip.0)?;
    Ok((count > 0).then(|| Notice::UnpushedCommits {
        branch: name.to_owned(),
        remote: remote.to_owned(),
        count,
    }))
}
