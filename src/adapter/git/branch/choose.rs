//! Which remote and which branch are meant.

use super::refs::Head;
use super::refs::of_branch;
use crate::adapter::git::local::Local;
use crate::adapter::git::remote::urls::tracking;
use crate::domain::{CommitId, ObjectId};
use crate::plan::Notice;
use crate::port::{Branch, BranchChoice, RepositoryError};

/// The remote: the upstream of the current branch, else `origin`, else the only one; `None` without
/// remotes.
pub fn remote(local: &Local) -> Result<Option<String>, RepositoryError> {
    let known = local.settings.remotes();
    let head = local.head()?;
    let upstream = head
        .branch()
        .map(|branch| format!("branch.{branch}.remote"));
    let upstream = upstream.as_deref().and_then(|key| local.settings.text(key));
    let usual = [upstream, Some("origin")];
    let is_known = |name: &&str| known.iter().any(|known| known == name);
    match (usual.into_iter().flatten().find(is_known), known.as_slice()) {
        (Some(name), _) => Ok(Some(name.to_owned())),
        (None, []) => Ok(None),
        (None, [only]) => Ok(Some(only.clone())),
        (None, _) => Err(RepositoryError::UnknownRemote { known }),
    }
}

/// The local branch that is meant; `remote` is the one that it must not be behind.
pub fn local_branch(
    local: &Local,
    choice: &BranchChoice,
    remote: Option<&str>,
) -> Result<Branch, RepositoryError> {
    let head = local.head()?;
    let name = match (&choice.branch, &head) {
        (Some(name), _) => name.clone(),
        (None, Head::On(current) | Head::Unborn(current)) => {
            if let Some(remote) = remote
                && let Some(default) = known_default(local, remote)
                && !local.is_bare()
                && !is_meant(local, current, &default)
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
    let Some(tip) = local.target(&of_branch(&name))? else {
        if head.branch() == Some(&name) {
            return Err(RepositoryError::Unborn {
                branch: name,
                remote: None,
            });
        }
        return Err(RepositoryError::UnknownBranch {
            branch: name,
            remote: None,
            known: local.branches()?,
        });
    };
    if let Some(remote) = remote {
        not_behind(local, remote, &name, tip)?;
    }
    Ok(Branch {
        notices: elsewhere(local, &head, &name),
        is_default: default_of(local, remote, &head).as_deref() == Some(&name),
        name,
        remote: None,
        tip: CommitId(tip),
    })
}

/// Whether the current branch is the default one, or has it as its upstream.
pub fn is_meant(local: &Local, current: &str, default: &str) -> bool {
    let upstream = format!("branch.{current}.merge");
    current == default || local.settings.text(&upstream) == Some(&of_branch(default))
}

/// The notice that another branch than the chosen one is checked out.
pub fn elsewhere(local: &Local, head: &Head, name: &str) -> Vec<Notice> {
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

/// The remote's default branch as it was last seen.
pub fn known_default(local: &Local, remote: &str) -> Option<String> {
    let full = (local.symbolic(&format!("refs/remotes/{remote}/HEAD"))).ok()??;
    let branch = full.strip_prefix(&format!("refs/remotes/{remote}/"))?;
    Some(branch.to_owned())
}

/// The default branch, as far as it is known here: it must not depend on what happens to be checked
/// out, as long as there is anything else to tell it by.
fn default_of(local: &Local, remote: Option<&str>, head: &Head) -> Option<String> {
    let usual = || {
        let is_there = |name: &&str| matches!(local.target(&of_branch(name)), Ok(Some(_)));
        ["main", "master"].into_iter().find(is_there)
    };
    (remote.and_then(|remote| known_default(local, remote)))
        .or_else(|| usual().map(ToOwned::to_owned))
        .or_else(|| head.branch().map(ToOwned::to_owned))
}

fn not_behind(
    local: &Local,
    remote: &str,
    branch: &str,
    tip: ObjectId,
) -> Result<(), RepositoryError> {
    let Some(name) = tracking(local, remote, branch) else {
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
