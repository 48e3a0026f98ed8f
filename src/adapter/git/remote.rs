//! Remotes on this machine's disk: a path or a `file://` URL.
//!
//! # Why
//!
//! libgit2 has a transport for these, but it downloads every branch of the
//! remote, pushes to bare repositories only, runs no hooks and names no server
//! words. The repository is at hand, so it is opened and used as one.

use std::path::{Path, PathBuf};

use git2::{BranchType, Oid, Repository};

use super::fault::{Finding, Place, shown};
use super::reference::{of_branch, target};
use super::{open, worktree};
use crate::port::RepositoryError;

/// What a remote is opened for; its two URLs may differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Reading its branches.
    Fetch,
    /// Moving one of them.
    Push,
}

/// A remote's repository.
pub(super) struct Remote {
    pub(super) name: String,
    pub(super) repo: Repository,
}

impl Remote {
    /// Opens the remote `name` of `repo`.
    pub(super) fn open(
        repo: &Repository,
        name: &str,
        purpose: Purpose,
    ) -> Result<Self, RepositoryError> {
        let fault = || Place::of(repo).fault(format!("could not read the URL of remote `{name}`"));
        let remote = repo.find_remote(name).map_err(fault())?;
        let url = match (purpose, remote.pushurl().map_err(fault())?) {
            (Purpose::Push, Some(url)) => url.to_owned(),
            _ => remote.url().map_err(fault())?.to_owned(),
        };
        let path = local_path(&url).map_err(|scheme| RepositoryError::UnsupportedRemote {
            remote: name.to_owned(),
            scheme,
        })?;
        // A relative path counts from the working tree's root, as for Git.
        let base = repo.workdir().unwrap_or_else(|| repo.path());
        let repo = open_near(&base.join(path)).map_err(|error| match error {
            RepositoryError::NotARepository { path } => RepositoryError::Unreachable {
                remote: name.to_owned(),
                source: Box::new(Finding(format!("`{path}` is not a Git repository"))),
            },
            other => other,
        })?;
        Ok(Self {
            name: name.to_owned(),
            repo,
        })
    }

    /// The branch that its HEAD names.
    pub(super) fn default_branch(&self) -> Result<String, RepositoryError> {
        match worktree::Head::read(&self.repo)? {
            worktree::Head::On(branch) => Ok(branch),
            worktree::Head::Unborn(branch) if self.branches()?.is_empty() => {
                Err(RepositoryError::Unborn { branch })
            }
            worktree::Head::Unborn(branch) => Err(self.unknown(branch)?),
            worktree::Head::Detached(commit) => Err(RepositoryError::DetachedHead { commit }),
        }
    }

    /// Where one of its branches is.
    pub(super) fn tip(&self, branch: &str) -> Result<Option<Oid>, RepositoryError> {
        target(&self.repo, &of_branch(branch))
    }

    /// That it has no such branch, with those that it has.
    pub(super) fn unknown(&self, branch: String) -> Result<RepositoryError, RepositoryError> {
        Ok(RepositoryError::UnknownBranch {
            branch,
            remote: Some(self.name.clone()),
            known: self.branches()?,
        })
    }

    fn branches(&self) -> Result<Vec<String>, RepositoryError> {
        branches(&self.repo)
    }
}

/// The names of a repository's own branches, in order.
pub(super) fn branches(repo: &Repository) -> Result<Vec<String>, RepositoryError> {
    let fault = || Place::of(repo).fault("could not list the branches");
    let branches = repo.branches(Some(BranchType::Local)).map_err(fault())?;
    let mut names = Vec::new();
    for branch in branches {
        let (branch, _) = branch.map_err(fault())?;
        let name = branch.name_bytes().map_err(fault())?;
        names.push(String::from_utf8_lossy(name).into_owned());
    }
    names.sort();
    Ok(names)
}

/// Opens `path`, or `path.git` as Git does.
fn open_near(path: &Path) -> Result<Repository, RepositoryError> {
    open::exactly(path).or_else(|error| {
        let mut with_suffix = path.as_os_str().to_owned();
        with_suffix.push(".git");
        match open::exactly(Path::new(&with_suffix)) {
            Err(RepositoryError::NotARepository { .. }) => Err(match error {
                RepositoryError::NotARepository { .. } => {
                    RepositoryError::NotARepository { path: shown(path) }
                }
                other => other,
            }),
            opened => opened,
        }
    })
}

/// The path that a URL names on this machine, or else its scheme.
fn local_path(url: &str) -> Result<PathBuf, String> {
    if let Some((scheme, rest)) = url.split_once("://") {
        if !scheme.eq_ignore_ascii_case("file") {
            return Err(scheme.to_lowercase());
        }
        let path = rest.strip_prefix("localhost").unwrap_or(rest);
        return Ok(super::paths::from_bytes(&unescape(path)));
    }
    // `host:path`, unless a slash comes first or it is a drive letter.
    match url.split_once(':') {
        Some((host, _)) if !(host.contains('/') || cfg!(windows) && host.len() == 1) => {
            Err("ssh".to_owned())
        }
        _ => Ok(PathBuf::from(url)),
    }
}

/// Resolves `%20` and its like.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let escaped = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let (b'%', Some(byte)) = (first, escaped) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_file_urls_are_local_and_others_tell_their_scheme() {
        let local = |url| local_path(url).unwrap();
        assert_eq!(local("../a.git"), Path::new("../a.git"));
        assert_eq!(local("/a:b"), Path::new("/a:b"));
        assert_eq!(local("file:///a%20b"), Path::new("/a b"));
        assert_eq!(local_path("https://x/y"), Err("https".to_owned()));
        assert_eq!(local_path("git@host:a/b.git"), Err("ssh".to_owned()));
    }
}
