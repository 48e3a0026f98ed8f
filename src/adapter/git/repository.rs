//! The port's methods, each delegated to the file that implements it.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;

use super::branch::{choose, elsewhere, proposed, publish, remote_branch};
use super::command::credentials;
use super::command::network::RemoteAccess;
use super::local::Local;
use super::log;
use super::merged;
use super::message_search;
use super::objects::commit;
use super::objects::snapshot::GitSnapshot;
use super::releases::GitReleases;
use super::remote::choice::RemoteChoice;
use super::remote::connection::Remote;
use super::remote::urls::{self, Purpose};
use super::revision;
use super::worktree::files::WorkingTree;
use crate::domain::{CommitId, RemoteAddress, RepositoryUrl, ServerUrl};
use crate::plan::Notice;
use crate::port::{
    Advance, Branch, BranchChoice, CommitRequest, Expected, FoundCommit, History, MessageSearch,
    Password, PastCommit, ProposedBranch, Publish, ReleasesError, Rename, Repository,
    RepositoryError, Snapshot, Walk,
};

/// A Git repository on this machine, with its remote.
#[derive(Clone)]
pub struct GitRepository {
    local: Arc<Local>,
}

impl GitRepository {
    /// Opens the repository that contains `dir` (a main or linked working tree, or a bare repository),
    /// or the one that Git's environment variables name.
    ///
    /// # Errors
    /// [`RepositoryError::GitMissing`], [`RepositoryError::GitTooOld`],
    /// [`RepositoryError::NotARepository`] and [`RepositoryError::NotTrusted`].
    pub fn discover(dir: &Path, network: RemoteAccess) -> Result<Self, RepositoryError> {
        let local = Arc::new(Local::discover(dir, network)?);
        Ok(Self { local })
    }

    /// Where another repository is, or the remote; `None` if it is not clear.
    pub fn address(&self, repository: Option<&RepositoryUrl>) -> Option<RemoteAddress> {
        address(&self.local, repository)
    }

    /// The URL of another repository's server, or of the remote's; `None` for one on disk.
    pub fn server(&self, repository: Option<&RepositoryUrl>) -> Option<ServerUrl> {
        server(&self.local, repository)
    }

    /// The value of the setting `section.key`, unless it is empty.
    pub fn setting(&self, key: &str) -> Option<String> {
        let key = key.to_ascii_lowercase();
        self.local.config.text(&key).map(ToOwned::to_owned)
    }

    /// Git's settings for HTTPS requests to `url`.
    pub fn https_settings(&self, url: &str) -> HttpsSettings {
        let local = &self.local;
        let mut https = HttpsSettings {
            ca_file: std::env::var_os("GIT_SSL_CAINFO").map(PathBuf::from),
            proxy: None,
        };
        if !local.config.has_prefix("http.") {
            return https;
        }
        let of = |words: &[&str]| {
            let output = local.git.run(&[&["config"], words, &[url]].concat()).ok()?;
            let text = output.text().trim_end_matches('\n').to_owned();
            output.status.success().then_some(text)
        };
        if https.ca_file.is_none() {
            let file = of(&["--type=path", "--get-urlmatch", "http.sslCAInfo"]);
            https.ca_file = file.filter(|file| !file.is_empty()).map(PathBuf::from);
        }
        https.proxy = of(&["--get-urlmatch", "http.proxy"]);
        https
    }

    /// The password that Git's credential helpers have for that server.
    pub fn password(&self, repository: Option<&RepositoryUrl>) -> Option<Password> {
        credentials::helper_password(&self.local.git, &server(&self.local, repository)?)
    }

    /// The records of releases below `prefix`, on the remote unless `publish` is [`Publish::Local`].
    ///
    /// # Errors
    /// [`ReleasesError::BadPrefix`], and when the remote is not clear.
    pub fn releases(&self, prefix: &str, publish: Publish) -> Result<GitReleases, ReleasesError> {
        let remote = match publish {
            Publish::Local => None,
            Publish::Push | Publish::Look => choose::remote(&self.local)?,
        };
        GitReleases::new(Arc::clone(&self.local), remote, prefix)
    }
}

#[async_trait]
impl Repository for GitRepository {
    async fn branch(&self, choice: &BranchChoice) -> Result<Branch, RepositoryError> {
        let choice = choice.clone();
        self.local
            .blocking(move |local| {
                if let Some(repository) = &choice.repository
                    && let RemoteChoice::Elsewhere(elsewhere) =
                        elsewhere::remote(local, repository)?
                {
                    return elsewhere::find(local, &choice, &elsewhere);
                }
                let remote = match choice.publish {
                    Publish::Local => choose::remote(local).unwrap_or(None),
                    Publish::Push | Publish::Look => choose::remote(local)?,
                };
                if let (Some(remote), Publish::Push) = (&remote, choice.publish) {
                    urls::refuse_several_push_urls(local, &RemoteChoice::Named(remote.clone()))?;
                }
                match (remote, choice.publish) {
                    (Some(remote), Publish::Push) => remote_branch::fetch(local, &choice, &remote),
                    (Some(remote), Publish::Look) => {
                        remote_branch::fetch_or_last_seen(local, &choice, &remote)
                    }
                    (remote, _) => choose::local_branch(local, &choice, remote.as_deref()),
                }
            })
            .await
    }

    fn revision(
        &self,
        revision: &str,
        repository: Option<&RepositoryUrl>,
    ) -> Result<CommitId, RepositoryError> {
        revision::find(&self.local, revision, repository)
    }

    fn is_this(&self, repository: &RepositoryUrl) -> Result<bool, RepositoryError> {
        let remote = elsewhere::remote(&self.local, repository)?;
        Ok(matches!(remote, RemoteChoice::Named(_)))
    }

    fn snapshot(&self, commit: CommitId) -> Result<Arc<dyn Snapshot>, RepositoryError> {
        Ok(Arc::new(GitSnapshot::open(
            Arc::clone(&self.local),
            commit,
        )?))
    }

    async fn write_commit(&self, request: CommitRequest) -> Result<CommitId, RepositoryError> {
        self.local
            .blocking(move |local| {
                commit::write(
                    local,
                    Some(request.parent),
                    &request.changes,
                    &request.message,
                )
            })
            .await
    }

    async fn advance(&self, branch: &Branch, commit: CommitId) -> Result<Advance, RepositoryError> {
        let branch = branch.clone();
        self.local
            .blocking(move |local| publish::publish(local, &branch, commit))
            .await
    }

    async fn catch_up(&self, branch: &Branch) -> Result<Vec<Notice>, RepositoryError> {
        let branch = branch.clone();
        self.local
            .blocking(move |local| publish::catch_up(local, &branch))
            .await
    }

    async fn proposed(
        &self,
        base: &Branch,
        name: &str,
    ) -> Result<Option<ProposedBranch>, RepositoryError> {
        let (base, name) = (base.clone(), name.to_owned());
        self.local
            .blocking(move |local| proposed::find(local, &base, &name))
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
        self.local
            .blocking(move |local| proposed::replace(local, &base, &name, expected, commit))
            .await
    }

    async fn branches_with_prefix(
        &self,
        base: &Branch,
        prefix: &str,
    ) -> Result<Vec<String>, RepositoryError> {
        let (base, prefix) = (base.clone(), prefix.to_owned());
        self.local
            .blocking(move |local| proposed::branches_with_prefix(local, &base, &prefix))
            .await
    }

    fn uncommitted(&self, paths: &[String]) -> Result<Vec<String>, RepositoryError> {
        let local = &self.local;
        match &local.work_tree {
            Some(folder) if !local.is_bare() => WorkingTree { local, folder }.uncommitted(paths),
            _ => Ok(Vec::new()),
        }
    }

    fn identity(&self) -> Result<String, RepositoryError> {
        commit::identity(&self.local)
    }

    fn branches(&self) -> Result<Vec<String>, RepositoryError> {
        let names = self
            .local
            .reference_names(&["refs/heads/", "refs/remotes/"])?;
        let mut names: Vec<String> = names
            .iter()
            .filter_map(|name| match name.strip_prefix("refs/heads/") {
                Some(name) => Some(name),
                None => name
                    .strip_prefix("refs/remotes/")?
                    .split_once('/')
                    .map(|(_, name)| name),
            })
            .map(ToOwned::to_owned)
            .collect();
        names.sort();
        names.dedup();
        Ok(names)
    }
}

impl History for GitRepository {
    fn walk(
        &self,
        walk: &Walk<'_>,
        visit: &mut dyn FnMut(PastCommit) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        log::walk(&self.local, walk, visit)
    }

    fn since(
        &self,
        from: CommitId,
        except: Option<CommitId>,
    ) -> Result<Vec<PastCommit>, RepositoryError> {
        log::since(&self.local, from, except)
    }

    fn commit(&self, id: CommitId) -> Result<PastCommit, RepositoryError> {
        log::commit(&self.local, id)
    }

    fn is_ancestor(&self, older: CommitId, newer: CommitId) -> Result<bool, RepositoryError> {
        self.local.descends(older.0, newer.0)
    }

    fn is_shallow(&self) -> bool {
        self.local.context.shallow
    }

    fn renames(&self, commit: &PastCommit) -> Result<Vec<Rename>, RepositoryError> {
        log::renames(&self.local, commit)
    }

    fn merged(&self, merge: &PastCommit) -> Result<Vec<FoundCommit>, RepositoryError> {
        merged::merged(&self.local, merge)
    }

    fn ancestry(
        &self,
        from: CommitId,
        oldest: CommitId,
    ) -> Result<Vec<(CommitId, Vec<CommitId>)>, RepositoryError> {
        log::ancestry(&self.local, from, oldest)
    }

    fn search(
        &self,
        search: &MessageSearch<'_>,
        visit: &mut dyn FnMut(FoundCommit) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        message_search::search(&self.local, search, visit)
    }
}

/// Git's settings for HTTPS requests.
#[derive(Clone, Debug)]
pub struct HttpsSettings {
    /// A file of certificates to trust (`http.sslCAInfo`).
    pub ca_file: Option<PathBuf>,
    /// `http.proxy`; an empty one means no proxy, even if the environment names one.
    pub proxy: Option<String>,
}

/// The server of another repository, or of the remote to use, if it has one.
fn server(local: &Local, repository: Option<&RepositoryUrl>) -> Option<ServerUrl> {
    match address(local, repository)? {
        RemoteAddress::Server(server) => Some(server),
        RemoteAddress::Disk(_) => None,
    }
}

/// Where another repository is, or the remote to use.
fn address(local: &Local, repository: Option<&RepositoryUrl>) -> Option<RemoteAddress> {
    let remote = match repository {
        Some(repository) => elsewhere::remote(local, repository).ok()?,
        None => RemoteChoice::Named(choose::remote(local).ok().flatten()?),
    };
    Remote::address_of(local, &remote, Purpose::Push).ok()
}
