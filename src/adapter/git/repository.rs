//! The port's methods, each handed to the file that does it.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::runtime::Handle;

use super::address::Address;
use super::borrowed::{self, Borrowed};
use super::fault::Place;
use super::helper::Helper;
use super::inherited;
use super::network::{self, NetworkSettings};
use super::snapshot::{GitSnapshot, Store};
use super::transport::{self, Purpose};
use super::{advance, choose, commit, fetch, history, look, open, proposed, push};
use crate::domain::CommitId;
use crate::port::{
    Advance, Branch, BranchChoice, CommitRequest, Expected, Password, ProposedBranch, Publish,
    Repository, RepositoryError, Snapshot,
};

/// A Git repository on this machine, with the remote that it knows.
#[derive(Clone)]
pub struct GitRepository {
    shared: Arc<Shared>,
}

/// What threads share: libgit2's repository may be used by one at a time.
struct Shared {
    repo: Mutex<git2::Repository>,
    store: Arc<Store>,
    network: NetworkSettings,
    name: String,
    /// Set where libgit2 cannot read the clone itself.
    borrowed: Option<Borrowed>,
}

impl Shared {
    fn repo(&self) -> MutexGuard<'_, git2::Repository> {
        self.repo.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl GitRepository {
    /// Opens the repository that `dir` lies in: a working tree, a linked one, or a bare repository.
    ///
    /// # Errors
    /// [`RepositoryError::NotARepository`], [`RepositoryError::NotTrusted`], and
    /// [`RepositoryError::Unsupported`] for reftable and partial clones.
    pub fn discover(dir: &Path, network: NetworkSettings) -> Result<Self, RepositoryError> {
        let (repo, borrowed) = match open::discover(dir) {
            Ok(repo) => (repo, None),
            Err(error) => borrowed(dir, error)?,
        };
        let shared = Shared {
            store: Arc::new(Store::open(&repo)?),
            network,
            borrowed,
            name: name_of(&repo),
            repo: Mutex::new(repo),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// Where the remote's server is and how it is reached; `None` for one on this disk.
    pub fn server(&self) -> Option<RemoteServer> {
        server_of(&self.shared.repo())
    }

    /// What Git's credential helpers have for the remote's server.
    pub fn password(&self) -> Option<Password> {
        let repo = self.shared.repo();
        let name = choose::remote(&repo).ok().flatten()?;
        let Address::Server(server) =
            Address::of(&transport::url(&repo, &name, Purpose::Push).ok()?)
        else {
            return None;
        };
        let (user, secret) = Helper::of(&repo, &server.by_https()).fill()?;
        let origin = "the password of Git's credential helper".to_owned();
        Some(Password {
            user,
            secret,
            origin,
        })
    }

    /// Does what may take long where it holds nobody up.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&git2::Repository, &NetworkSettings) -> Result<T, RepositoryError>
        + Send
        + 'static,
    ) -> Result<T, RepositoryError> {
        let shared = Arc::clone(&self.shared);
        let work = move || work(&shared.repo(), &shared.network);
        match Handle::try_current() {
            Ok(runtime) => match runtime.spawn_blocking(work).await {
                Ok(done) => done,
                Err(e) => Err(Place::found("could not finish", e.to_string())),
            },
            Err(_) => work(),
        }
    }
}

#[async_trait]
impl Repository for GitRepository {
    fn name(&self) -> String {
        self.shared.name.clone()
    }

    async fn branch(&self, choice: &BranchChoice) -> Result<Branch, RepositoryError> {
        let choice = choice.clone();
        let notes: Vec<String> = match &self.shared.borrowed {
            Some(borrowed) if choice.publish == Publish::Local => return Err(borrowed.refusal()),
            Some(borrowed) => vec![borrowed.note()],
            None => Vec::new(),
        };
        let found = self.blocking(move |repo, network| match choice.publish {
            Publish::Local => {
                let remote = choose::remote(repo).unwrap_or(None);
                choose::local(repo, &choice, remote.as_deref())
            }
            Publish::Push => match choose::remote(repo)? {
                None => choose::local(repo, &choice, None),
                Some(remote) => fetch::branch(repo, network, &choice, &remote),
            },
            Publish::Look => match choose::remote(repo)? {
                None => choose::local(repo, &choice, None),
                Some(remote) => look::branch(repo, network, &choice, &remote),
            },
        });
        let mut branch = found.await?;
        branch.notes.extend(notes);
        Ok(branch)
    }

    fn revision(&self, revision: &str) -> Result<CommitId, RepositoryError> {
        let found = history::revision(&self.shared.repo(), revision);
        match (&self.shared.borrowed, found) {
            // It may well be there: only the remote's branch was looked at.
            (
                Some(borrowed),
                Err(
                    RepositoryError::UnknownRevision { .. } | RepositoryError::MissingObject { .. },
                ),
            ) => Err(borrowed.refusal()),
            (_, found) => found,
        }
    }

    fn snapshot(&self, commit: CommitId) -> Result<Arc<dyn Snapshot>, RepositoryError> {
        let store = Arc::clone(&self.shared.store);
        Ok(Arc::new(GitSnapshot::open(store, commit)?))
    }

    async fn write_commit(&self, request: CommitRequest) -> Result<CommitId, RepositoryError> {
        self.blocking(move |repo, _| commit::write(repo, &request))
            .await
    }

    async fn advance(&self, branch: &Branch, commit: CommitId) -> Result<Advance, RepositoryError> {
        let branch = branch.clone();
        self.blocking(move |repo, network| match &branch.remote {
            Some(remote) => push::publish(repo, network, &branch, remote, commit),
            None => advance::local(repo, &branch, commit),
        })
        .await
    }

    async fn catch_up(&self, branch: &Branch) -> Result<Vec<String>, RepositoryError> {
        let branch = branch.clone();
        self.blocking(move |repo, _| push::catch_up(repo, &branch))
            .await
    }

    async fn proposed(
        &self,
        base: &Branch,
        name: &str,
    ) -> Result<Option<ProposedBranch>, RepositoryError> {
        let (base, name) = (base.clone(), name.to_owned());
        self.blocking(move |repo, network| proposed::look(repo, network, &base, &name))
            .await
    }

    async fn replace(
        &self,
        base: &Branch,
        name: &str,
        expected: Expected,
        commit: Option<CommitId>,
    ) -> Result<Advance, RepositoryError> {
        let (base, name) = (base.clone(), name.to_owned());
        self.blocking(move |repo, network| {
            proposed::replace(repo, network, &base, &name, expected, commit)
        })
        .await
    }

    async fn beside(&self, base: &Branch, prefix: &str) -> Result<Vec<String>, RepositoryError> {
        let (base, prefix) = (base.clone(), prefix.to_owned());
        self.blocking(move |repo, network| proposed::beside(repo, network, &base, &prefix))
            .await
    }

    fn branches(&self) -> Result<Vec<String>, RepositoryError> {
        history::branches(&self.shared.repo())
    }
}

/// What a forge behind the remote is reached by.
#[derive(Clone)]
pub struct RemoteServer {
    /// The remote's URL; may hold a password.
    pub url: String,
    /// Files of certificates to trust (`http.sslCAInfo`).
    pub authorities: Vec<std::path::PathBuf>,
    /// `http.proxy`; an empty one means none, whatever the environment says.
    pub proxy: Option<String>,
    /// `promote.githubApi`: where the API of this server is.
    pub api: Option<String>,
    /// `promote.githubRepository`: its name there, where the URL does not tell.
    pub repository: Option<String>,
}

fn server_of(repo: &git2::Repository) -> Option<RemoteServer> {
    let name = choose::remote(repo).ok().flatten()?;
    let url = transport::url(repo, &name, Purpose::Push).ok()?;
    let config = repo.config().ok()?;
    let own = |key: &str| config.get_string(key).ok().filter(|text| !text.is_empty());
    let (api, repository) = (own("promote.githubapi"), own("promote.githubrepository"));
    // The API has a host of its own, but one authority and one proxy serve both.
    let asked = api.as_deref().unwrap_or(&url);
    let (authorities, proxy) = match Address::of(asked) {
        Address::Server(server) => network::reached_by(repo, &server.by_https()),
        Address::Disk(_) => return None,
    };
    Some(RemoteServer {
        url,
        authorities,
        proxy,
        api,
        repository,
    })
}

/// Works around what libgit2 cannot read, where that is possible.
fn borrowed(
    dir: &Path,
    error: RepositoryError,
) -> Result<(git2::Repository, Option<Borrowed>), RepositoryError> {
    let feature = match &error {
        RepositoryError::Unsupported { feature, .. } if borrowed::can_do_without(feature) => {
            feature.clone()
        }
        _ => return Err(error),
    };
    match borrowed::make(dir, feature)? {
        Some((repo, borrowed)) => {
            inherited::heed(&repo)?;
            Ok((repo, Some(borrowed)))
        }
        None => Err(error),
    }
}

/// The last part of the remote's URL, else the folder's name, without `.git`.
fn name_of(repo: &git2::Repository) -> String {
    let remote = choose::remote(repo).ok().flatten();
    let url = remote
        .and_then(|name| repo.find_remote(&name).ok())
        .and_then(|remote| remote.url().ok().map(ToOwned::to_owned))
        // What follows the path may be a secret, and this name is shown to everybody.
        .map(|url| match Address::of(&url) {
            Address::Server(server) => server.shown(),
            Address::Disk(_) => url,
        });
    let main = match repo.commondir().file_name() {
        Some(name) if name == ".git" => repo.commondir().parent(),
        _ => Some(repo.commondir()),
    };
    let folder = main.map(|main| main.display().to_string());
    url.or(folder)
        .and_then(|whole| last_part(&whole))
        .unwrap_or_else(|| "repository".to_owned())
}

fn last_part(whole: &str) -> Option<String> {
    let whole = whole.trim_end_matches('/');
    let whole = whole.strip_suffix("/.git").unwrap_or(whole);
    let last = whole.rsplit(['/', ':', '\\']).next()?;
    let last = last.strip_suffix(".git").unwrap_or(last);
    (!last.is_empty()).then(|| last.to_owned())
}
