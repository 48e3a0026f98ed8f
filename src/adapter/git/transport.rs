//! What is asked of a remote, whatever way leads to it.
//!
//! # Why
//!
//! A remote may be a folder, a server that libgit2 speaks to, or one that only
//! the installed `git` reaches. Finding, planning and pushing are the same for
//! all: the truth is what the remote's branch is now, and it moves only from
//! where it was seen. So a push is one update of one branch with the value that
//! it must have before, and its outcome is told from the refs and the server's
//! report, never from its words.

use git2::{ObjectFormat, Oid, Repository};

use super::address::{Address, Server};
use super::disk::Disk;
use super::fault::Place;
use super::installed::Installed;
use super::network::{Network, NetworkSettings, Way};
use super::reference::Swap;
use super::ssh;
use crate::port::{Feature, RepositoryError};

/// What a remote is opened for; its two URLs may differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Reading its branches.
    Fetch,
    /// Moving one of them.
    Push,
}

/// One branch of a remote, from where it must be to where it shall be.
#[derive(Clone, Copy)]
pub(super) struct Update<'a> {
    /// The branch's short name.
    pub(super) branch: &'a str,
    /// Where it must be; `None`: there must be none.
    pub(super) old: Option<Oid>,
    /// Where it shall be; `None` deletes it.
    pub(super) new: Option<Oid>,
}

/// What became of an update.
pub(super) enum Pushed {
    /// The branch is where it shall be.
    Done {
        /// What the remote and its hooks said to that.
        said: Option<String>,
    },
    /// It was not where it must be.
    Overtaken,
}

impl Pushed {
    /// What the user should know where it is done; `None` where it is not.
    pub(super) fn notes(self, remote: &str) -> Option<Vec<String>> {
        match self {
            Self::Done { said } => Some(
                said.iter()
                    .map(|said| format!("`{remote}` says: {said}"))
                    .collect(),
            ),
            Self::Overtaken => None,
        }
    }
}

impl From<Swap> for Pushed {
    fn from(swap: Swap) -> Self {
        match swap {
            Swap::Done => Self::Done { said: None },
            Swap::Overtaken => Self::Overtaken,
        }
    }
}

/// A remote.
pub(super) trait Transport {
    /// Its name in this repository.
    fn name(&self) -> &str;

    /// The branch that its HEAD names.
    fn default_branch(&mut self) -> Result<String, RepositoryError>;

    /// The short names of its branches, in order.
    fn branches(&mut self) -> Result<Vec<String>, RepositoryError>;

    /// Where one of its branches is.
    fn tip(&mut self, branch: &str) -> Result<Option<Oid>, RepositoryError>;

    /// Brings a branch's commit and what it needs here, moves what is known of the branch here, and
    /// gives the commit; `None` when there is no such branch.
    fn fetch(&mut self, branch: &str) -> Result<Option<Oid>, RepositoryError>;

    /// Moves a branch, unless it is not where it must be.
    fn push(&mut self, update: &Update<'_>) -> Result<Pushed, RepositoryError>;

    /// That it has no such branch, with those that it has.
    fn unknown(&mut self, branch: String) -> Result<RepositoryError, RepositoryError> {
        Ok(RepositoryError::UnknownBranch {
            branch,
            remote: Some(self.name().to_owned()),
            known: self.branches()?,
        })
    }
}

/// Opens the remote `name`, on the way that leads there.
pub(super) fn open<'r>(
    repo: &'r Repository,
    settings: &'r NetworkSettings,
    name: &str,
    purpose: Purpose,
) -> Result<Box<dyn Transport + 'r>, RepositoryError> {
    let server = match Address::of(&url(repo, name, purpose)?) {
        Address::Disk(path) => return Ok(Box::new(Disk::open(repo, name, &path)?)),
        Address::Server(server) => server,
    };
    let way = way(repo, settings, &server);
    if way == Way::Libgit2 && repo.object_format() == ObjectFormat::Sha256 {
        return Err(RepositoryError::Unsupported {
            path: Place::of(repo).name(),
            feature: Feature::Sha256OnServer,
        });
    }
    Ok(match way {
        Way::Git => Box::new(Installed::open(repo, name, server, settings)),
        Way::Any | Way::Libgit2 => Box::new(Network::open(repo, name, server, settings)?),
    })
}

/// Which way leads to a server: the one that was asked for, else what it needs.
fn way(repo: &Repository, settings: &NetworkSettings, server: &Server) -> Way {
    let by_libgit2 = match server.scheme.as_str() {
        "http" | "https" | "git" => true,
        "ssh" => !ssh::is_configured(repo),
        _ => false,
    } && repo.object_format() == ObjectFormat::Sha1;
    match settings.way {
        Way::Any if by_libgit2 => Way::Libgit2,
        Way::Any => Way::Git,
        asked => asked,
    }
}

/// The remote's URL for a purpose, as Git's configuration rewrites it.
pub(super) fn url(
    repo: &Repository,
    name: &str,
    purpose: Purpose,
) -> Result<String, RepositoryError> {
    let fault = || Place::of(repo).fault(format!("could not read the URL of remote `{name}`"));
    let remote = repo.find_remote(name).map_err(fault())?;
    Ok(match (purpose, remote.pushurl().map_err(fault())?) {
        (Purpose::Push, Some(url)) => url.to_owned(),
        _ => remote.url().map_err(fault())?.to_owned(),
    })
}
