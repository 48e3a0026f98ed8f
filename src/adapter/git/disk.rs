//! Remotes on this machine's disk: a path or a `file://` URL.
//!
//! # Why
//!
//! libgit2 has a transport for these, but it downloads every branch of the
//! remote, pushes to bare repositories only, runs no hooks and names no server
//! words. The repository is at hand, so it is opened and used as one: objects
//! first, then its branch by compare-and-swap under the reference's lock, so
//! that of several pushes exactly one wins and the others see it. What the
//! remote wants done besides (hooks, shared permissions, checks of its own) only
//! Git itself can do; then the installed `git` pushes, with the same expectation.

use std::path::Path;

use git2::{BranchType, Oid, Repository};

use super::fault::{Finding, Place, shown};
use super::reference::{change, of_branch, of_remote, set, target};
use super::transport::{Pushed, Transport, Update};
use super::{installed, open, server, transfer, worktree};
use crate::port::{Feature, RepositoryError};

/// A remote's repository, opened.
pub(super) struct Disk<'r> {
    name: String,
    here: &'r Repository,
    there: Repository,
}

impl<'r> Disk<'r> {
    /// Opens the remote `name` of `here`, which is at `path`.
    pub(super) fn open(
        here: &'r Repository,
        name: &str,
        path: &Path,
    ) -> Result<Self, RepositoryError> {
        // A relative path counts from the working tree's root, as for Git.
        let base = here.workdir().unwrap_or_else(|| here.path());
        let there = open_near(&base.join(path)).map_err(|error| match error {
            RepositoryError::NotARepository { path } => RepositoryError::Denied {
                remote: name.to_owned(),
                source: Box::new(Finding(format!("`{path}` is not a Git repository"))),
            },
            other => other,
        })?;
        if there.object_format() != here.object_format() {
            return Err(RepositoryError::Unsupported {
                path: Place::of(&there).name(),
                feature: Feature::OtherIds,
            });
        }
        Ok(Self {
            name: name.to_owned(),
            here,
            there,
        })
    }

    /// Moves the branch itself, where nothing else is wanted.
    fn direct(&self, update: &Update<'_>) -> Result<Pushed, RepositoryError> {
        if server::guards_checkouts(&self.there)
            && let Some(tree) = worktree::with_branch(&self.there, update.branch)?.first()
        {
            return Err(RepositoryError::CheckedOut {
                branch: update.branch.to_owned(),
                folder: Place::of(tree).name(),
            });
        }
        if let Some(new) = update.new {
            transfer::copy(self.here, &self.there, new)?;
        }
        let name = of_branch(update.branch);
        change(&self.there, &name, update.old, update.new, "push").map(Pushed::from)
    }
}

impl Transport for Disk<'_> {
    fn name(&self) -> &str {
        &self.name
    }

    fn default_branch(&mut self) -> Result<String, RepositoryError> {
        match worktree::Head::read(&self.there)? {
            worktree::Head::On(branch) => Ok(branch),
            worktree::Head::Unborn(branch) if self.branches()?.is_empty() => {
                Err(RepositoryError::Unborn {
                    branch,
                    remote: Some(self.name.clone()),
                })
            }
            worktree::Head::Unborn(branch) => Err(self.unknown(branch)?),
            worktree::Head::Detached(commit) => Err(RepositoryError::DetachedHead { commit }),
        }
    }

    fn branches(&mut self) -> Result<Vec<String>, RepositoryError> {
        branches(&self.there)
    }

    fn tip(&mut self, branch: &str) -> Result<Option<Oid>, RepositoryError> {
        target(&self.there, &of_branch(branch))
    }

    fn fetch(&mut self, branch: &str) -> Result<Option<Oid>, RepositoryError> {
        let Some(tip) = self.tip(branch)? else {
            return Ok(None);
        };
        let tracking = of_remote(&self.name, branch);
        let is_known = target(self.here, &tracking)? == Some(tip);
        if is_known && self.here.find_commit(tip).is_ok() {
            return Ok(Some(tip));
        }
        transfer::copy(&self.there, self.here, tip)?;
        if !is_known {
            set(self.here, &tracking, tip, "promote: fetch")?;
        }
        Ok(Some(tip))
    }

    fn push(&mut self, update: &Update<'_>) -> Result<Pushed, RepositoryError> {
        let now = self.tip(update.branch)?;
        if now == update.new {
            return Ok(Pushed::Done { said: None });
        }
        if now != update.old {
            return Ok(Pushed::Overtaken);
        }
        match server::demands(&self.there)? {
            Some(demand) => installed::push_because(self.here, self, update, &demand),
            None => self.direct(update),
        }
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
