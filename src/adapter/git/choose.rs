//! Which remote and which branch are meant.

use git2::{Oid, Repository};

use super::disk::branches;
use super::fault::Place;
use super::reference::{of_branch, of_remote, target};
use super::snapshot::from_oid;
use super::worktree::Head;
use crate::domain::CommitId;
use crate::port::{Branch, BranchChoice, RepositoryError};

/// The remote: the upstream of the current branch, else `origin`; `None` without remotes.
pub(super) fn remote(repo: &Repository) -> Result<Option<String>, RepositoryError> {
    let place = Place::of(repo);
    let remotes = (repo.remotes()).map_err(place.fault("could not list the remotes"))?;
    let known: Vec<String> = remotes
        .iter_bytes()
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .collect();
    if known.is_empty() {
        return Ok(None);
    }
    let config = (repo.config()).map_err(place.fault("could not read the configuration"))?;
    let upstream = match Head::read(repo)?.branch() {
        Some(branch) => config.get_string(&format!("branch.{branch}.remote")).ok(),
        None => None,
    };
    upstream
        .into_iter()
        .chain(["origin".to_owned()])
        .find(|name| known.contains(name))
        .map(Some)
        .ok_or(RepositoryError::UnknownRemote { known })
}

/// The local branch that is meant; `remote` is the one that it must not be behind.
pub(super) fn local(
    repo: &Repository,
    choice: &BranchChoice,
    remote: Option<&str>,
) -> Result<Branch, RepositoryError> {
    let head = Head::read(repo)?;
    let name = match (&choice.branch, &head) {
        (Some(name), _) => name.clone(),
        (None, Head::On(current) | Head::Unborn(current)) => {
            if let Some(remote) = remote
                && let Some(default) = known_default(repo, remote)
                && !repo.is_bare()
                && !is_meant(repo, current, &default)
            {
                return Err(RepositoryError::OtherBranch {
                    current: current.clone(),
                    remote: remote.to_owned(),
                    default,
                });
            }
            current.clone()
        }
        (None, Head::Detached(commit)) => {
            return Err(RepositoryError::DetachedHead {
                commit: commit.clone(),
            });
        }
    };
    let Some(tip) = target(repo, &of_branch(&name))? else {
        if head.branch() == Some(&name) {
            return Err(RepositoryError::Unborn {
                branch: name,
                remote: None,
            });
        }
        return Err(RepositoryError::UnknownBranch {
            branch: name,
            remote: None,
            known: branches(repo)?,
        });
    };
    if let Some(remote) = remote {
        not_behind(repo, remote, &name, tip)?;
    }
    Ok(Branch {
        notes: elsewhere(repo, &head, &name),
        is_default: default_of(repo, remote, &head).as_deref() == Some(&name),
        name,
        remote: None,
        tip: CommitId(from_oid(tip)?),
    })
}

/// Whether the current branch is the default one, or has it as its upstream.
pub(super) fn is_meant(repo: &Repository, current: &str, default: &str) -> bool {
    let upstream = repo
        .config()
        .and_then(|config| config.get_string(&format!("branch.{current}.merge")));
    current == default || upstream.is_ok_and(|name| name == of_branch(default))
}

/// What to say when another branch than the chosen one is checked out.
pub(super) fn elsewhere(repo: &Repository, head: &Head, name: &str) -> Vec<String> {
    match head {
        Head::On(current) if current != name && !repo.is_bare() => {
            vec![format!("`{current}` is checked out, not `{name}`")]
        }
        _ => Vec::new(),
    }
}

/// The remote's default branch as it was last seen.
pub(super) fn known_default(repo: &Repository, remote: &str) -> Option<String> {
    let head = repo.find_reference(&of_remote(remote, "HEAD")).ok()?;
    let full = head.symbolic_target().ok()??;
    full.strip_prefix(&of_remote(remote, ""))
        .map(ToOwned::to_owned)
}

/// The branch that everybody means, as far as that is known here: it must not hang on what happens to
/// be checked out, as long as there is anything else to tell it by.
fn default_of(repo: &Repository, remote: Option<&str>, head: &Head) -> Option<String> {
    let usual = || {
        let is_there = |name: &&str| matches!(target(repo, &of_branch(name)), Ok(Some(_)));
        ["main", "master"].into_iter().find(is_there)
    };
    (remote.and_then(|remote| known_default(repo, remote)))
        .or_else(|| usual().map(ToOwned::to_owned))
        .or_else(|| head.branch().map(ToOwned::to_owned))
}

fn not_behind(
    repo: &Repository,
    remote: &str,
    branch: &str,
    tip: Oid,
) -> Result<(), RepositoryError> {
    let Some(theirs) = target(repo, &of_remote(remote, branch))? else {
        return Ok(());
    };
    let (_, behind) = repo
        .graph_ahead_behind(tip, theirs)
        .map_err(Place::of(repo).fault(format!("could not compare with `{remote}/{branch}`")))?;
    if behind == 0 {
        return Ok(());
    }
    Err(RepositoryError::BehindRemote {
        branch: branch.to_owned(),
        remote: remote.to_owned(),
    })
}
