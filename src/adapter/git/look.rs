//! A remote's branch for a preview: fetched where that is possible, else as it was last seen.
//!
//! # Why
//!
//! A preview writes nothing and must not need what a push needs. So a remote
//! that cannot be reached is a note on the preview, not an error.

use git2::Repository;

use super::choose::{elsewhere, known_default};
use super::disk::branches;
use super::fetch;
use super::network::NetworkSettings;
use super::reference::{of_branch, of_remote, target};
use super::snapshot::from_oid;
use super::worktree::Head;
use crate::domain::CommitId;
use crate::port::{Branch, BranchChoice, RepositoryError};

/// The remote's branch that is meant.
pub(super) fn branch(
    repo: &Repository,
    settings: &NetworkSettings,
    choice: &BranchChoice,
    remote: &str,
) -> Result<Branch, RepositoryError> {
    let reason = match fetch::branch(repo, settings, choice, remote) {
        Err(
            error @ (RepositoryError::UnsupportedRemote { .. }
            | RepositoryError::Unreachable { .. }
            | RepositoryError::Credentials { .. }
            | RepositoryError::UntrustedServer { .. }
            | RepositoryError::Denied { .. }
            | RepositoryError::ReadOnly { .. }),
        ) => error.to_string(),
        other => return other,
    };
    let head = Head::read(repo)?;
    let default = known_default(repo, remote);
    let name = match (choice.branch.clone().or(default.clone()), &head) {
        (Some(name), _) => name,
        (None, Head::On(current) | Head::Unborn(current)) => current.clone(),
        (None, Head::Detached(commit)) => {
            return Err(RepositoryError::DetachedHead {
                commit: commit.clone(),
            });
        }
    };
    let seen = target(repo, &of_remote(remote, &name))?;
    let (tip, what) = match seen {
        Some(tip) => (Some(tip), format!("`{remote}/{name}` as it was last seen")),
        None => (
            target(repo, &of_branch(&name))?,
            format!("local branch `{name}`"),
        ),
    };
    let Some(tip) = tip else {
        return Err(RepositoryError::UnknownBranch {
            branch: name,
            remote: None,
            known: branches(repo)?,
        });
    };
    let mut notes = vec![format!("{reason}; this is {what}")];
    notes.extend(elsewhere(repo, &head, &name));
    Ok(Branch {
        is_default: choice.branch.is_none() || default.as_ref() == Some(&name),
        name,
        remote: Some(remote.to_owned()),
        tip: CommitId(from_oid(tip)?),
        notes,
    })
}
