//! Finding a branch of another repository: fetched, or as last fetched.

use std::path::PathBuf;

use super::choose;
use super::remote_branch::{fetched, is_unavailable, url_of};
use crate::adapter::git::local::Local;
use crate::adapter::git::remote::choice::{Elsewhere, RemoteChoice};
use crate::adapter::git::remote::connection::Remote;
use crate::adapter::git::remote::urls::{self, Purpose, refuse_several_push_urls};
use crate::domain::{CommitId, RemoteAddress, RepositoryUrl, without_user_info};
use crate::plan::Notice;
use crate::port::{Branch, BranchChoice, Publish, RepositoryError};

/// The remote of a repository that the configuration names; one of this repository's remotes if it is
/// that.
pub fn remote(local: &Local, repository: &RepositoryUrl) -> Result<RemoteChoice, RepositoryError> {
    let own = match choose::remote(local) {
        Ok(own) => own.map(RemoteChoice::Named),
        // Only a path depends on it.
        Err(error) if repository.is_relative() => return Err(error),
        Err(_) => None,
    };
    let base = match &own {
        Some(own) => urls::remote_urls(local, own, Purpose::Fetch)?.swap_remove(0),
        None => local.context.path.display().to_string(),
    };
    let url = repository.from(&base);
    let url = url.ok_or_else(|| RepositoryError::NoPlaceBeside {
        repository: repository.to_string(),
        base: without_user_info(&base),
    })?;
    match own {
        Some(own) if is_same(&url, &base) => Ok(own),
        _ => Ok(RemoteChoice::Elsewhere(Elsewhere::new(
            repository.clone(),
            url,
        )?)),
    }
}

/// Whether two URLs surely name the same repository.
fn is_same(a: &str, b: &str) -> bool {
    let path = |path: &str| {
        let path = path.trim_matches('/');
        path.strip_suffix(".git").unwrap_or(path).to_owned()
    };
    match (RemoteAddress::parse(a), RemoteAddress::parse(b)) {
        (Some(RemoteAddress::Server(a)), Some(RemoteAddress::Server(b))) => {
            (a.scheme(), a.host(), path(a.path())) == (b.scheme(), b.host(), path(b.path()))
        }
        (Some(RemoteAddress::Disk(a)), Some(RemoteAddress::Disk(b))) => {
            let real = |path: PathBuf| path.canonicalize().unwrap_or(path);
            real(a) == real(b)
        }
        _ => false,
    }
}

/// The remote of a branch; `None` if the branch is only in this repository.
pub fn remote_of(local: &Local, branch: &Branch) -> Result<Option<RemoteChoice>, RepositoryError> {
    match (&branch.repository, &branch.remote) {
        (Some(repository), _) => Ok(Some(remote(local, repository)?)),
        (None, Some(name)) => Ok(Some(RemoteChoice::Named(name.clone()))),
        (None, None) => Ok(None),
    }
}

/// The chosen branch of another repository, or its default branch.
pub fn find(
    local: &Local,
    choice: &BranchChoice,
    elsewhere: &Elsewhere,
) -> Result<Branch, RepositoryError> {
    if choice.publish == Publish::Local {
        let never = || RepositoryError::NeverFetched {
            repository: elsewhere.repository.to_string(),
        };
        return last_seen(local, choice, elsewhere)?.ok_or_else(never);
    }
    let error = match fetch(local, choice, elsewhere) {
        Err(error) if choice.publish == Publish::Look && is_unavailable(&error) => error,
        other => return other,
    };
    let Some(mut branch) = last_seen(local, choice, elsewhere)? else {
        return Err(error);
    };
    branch.notices.push(Notice::NotFetched {
        error: error.to_string(),
        branch: branch.name.clone(),
        remote: branch.remote.clone(),
    });
    Ok(branch)
}

fn fetch(
    local: &Local,
    choice: &BranchChoice,
    elsewhere: &Elsewhere,
) -> Result<Branch, RepositoryError> {
    let remote = RemoteChoice::Elsewhere(elsewhere.clone());
    if choice.publish == Publish::Push {
        refuse_several_push_urls(local, &remote)?;
    }
    let mut remote = Remote::open(local, &remote, Purpose::Fetch)?;
    let branch = choice.branch.as_deref();
    let found = fetched(&mut remote, branch, Remote::default_branch)?;
    if found.is_default {
        remember_default(local, elsewhere, &found.name)?;
    }
    Ok(Branch {
        repository: Some(elsewhere.repository.clone()),
        ..found
    })
}

/// Keeps which branch is the default one, for when the repository cannot be reached.
fn remember_default(
    local: &Local,
    elsewhere: &Elsewhere,
    branch: &str,
) -> Result<(), RepositoryError> {
    let (head, branch) = (elsewhere.tracking("HEAD"), elsewhere.tracking(branch));
    if local.symbolic(&head)?.as_ref() != Some(&branch) {
        let doing = format!("could not write `{head}`");
        local
            .git
            .output_text(&doing, &["symbolic-ref", &head, &branch])?;
    }
    Ok(())
}

/// The branch as last fetched; `None` if it never was.
fn last_seen(
    local: &Local,
    choice: &BranchChoice,
    elsewhere: &Elsewhere,
) -> Result<Option<Branch>, RepositoryError> {
    let default = local.symbolic(&elsewhere.tracking("HEAD"))?;
    let default = default.and_then(|full| {
        let name = full.strip_prefix(&elsewhere.tracking(""))?;
        Some(name.to_owned())
    });
    let Some(name) = choice.branch.as_ref().or(default.as_ref()) else {
        return Ok(None);
    };
    let tip = local.target(&elsewhere.tracking(name))?;
    Ok(tip.map(|tip| Branch {
        name: name.clone(),
        repository: Some(elsewhere.repository.clone()),
        remote: Some(elsewhere.repository.to_string()),
        url: url_of(local, &RemoteChoice::Elsewhere(elsewhere.clone())),
        tip: CommitId(tip),
        is_default: default.as_ref() == Some(name),
        notices: Vec::new(),
    }))
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn a_repository_has_several_urls() {
        for (a, b, expected) in [
            ("https://H/a/b.git", "https://me@h/a/b/", true),
            ("git@h:a/b", "ssh://git@h/a/b.git", true),
            ("https://h/a/b", "https://h/a/c", false),
            ("https://h/a/b", "https://h:8443/a/b", false),
            ("https://h/a/b", "git@h:a/b", false),
            ("/no/such/a.git", "file:///no/such/a.git", true),
            ("/no/such/a.git", "https://h/no/such/a.git", false),
        ] {
            assert_eq!(is_same(a, b), expected, "{a} {b}");
        }
    }
}
