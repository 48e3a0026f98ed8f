//! Finding a remote's branch and fetching it, and nothing else.

use git2::Repository;

use super::choose::{elsewhere, is_meant};
use super::fault::Place;
use super::network::NetworkSettings;
use super::reference::{of_branch, target};
use super::snapshot::from_oid;
use super::transport::{self, Purpose, Transport};
use super::worktree::Head;
use crate::domain::CommitId;
use crate::port::{Branch, BranchChoice, RepositoryError};

/// The remote's branch that is meant, with its tip here and `refs/remotes/...` moved to it.
pub(super) fn branch(
    repo: &Repository,
    settings: &NetworkSettings,
    choice: &BranchChoice,
    remote: &str,
) -> Result<Branch, RepositoryError> {
    let mut remote = transport::open(repo, settings, remote, Purpose::Fetch)?;
    let head = Head::read(repo)?;
    let name = match &choice.branch {
        Some(name) => name.clone(),
        None => default(repo, remote.as_mut(), &head)?,
    };
    let Some(tip) = remote.fetch(&name)? else {
        return Err(remote.unknown(name)?);
    };
    let is_default = match &choice.branch {
        None => true,
        Some(name) => is_default(remote.as_mut(), name)?,
    };
    let mut notes = elsewhere(repo, &head, &name);
    notes.extend(unpushed(repo, remote.name(), &name, tip)?);
    Ok(Branch {
        name,
        remote: Some(remote.name().to_owned()),
        tip: CommitId(from_oid(tip)?),
        is_default,
        notes,
    })
}

/// The remote's default branch, unless another one is checked out.
fn default(
    repo: &Repository,
    remote: &mut dyn Transport,
    head: &Head,
) -> Result<String, RepositoryError> {
    let default = remote.default_branch()?;
    match head {
        Head::On(current) if !repo.is_bare() && !is_meant(repo, current, &default) => {
            Err(RepositoryError::OtherBranch {
                current: current.clone(),
                remote: remote.name().to_owned(),
                default,
            })
        }
        _ => Ok(default),
    }
}

/// Whether a branch is the remote's default one; there need not be any.
fn is_default(remote: &mut dyn Transport, name: &str) -> Result<bool, RepositoryError> {
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

/// What to say about commits of the local branch that the remote does not have.
fn unpushed(
    repo: &Repository,
    remote: &str,
    name: &str,
    tip: git2::Oid,
) -> Result<Option<String>, RepositoryError> {
    let Some(local) = target(repo, &of_branch(name))? else {
        return Ok(None);
    };
    let (ahead, _) = repo
        .graph_ahead_behind(local, tip)
        .map_err(Place::of(repo).fault(format!("could not compare with `{remote}/{name}`")))?;
    Ok((ahead > 0).then(|| {
        let (commits, they) = match ahead {
            1 => ("commit", "it is"),
            _ => ("commits", "they are"),
        };
        format!("local branch `{name}` has {ahead} {commits} that `{remote}` does not have; {they} not part of this")
    }))
}
