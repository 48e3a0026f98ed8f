//! An open repository.
//!
//! # Why
//!
//! libgit2 finds and reads most repositories; the only Git command they cost reads
//! the configuration, which also shows whether Git trusts the repository. Git
//! itself finds the repository where its environment names folders or a setting
//! moves the working tree. It reads the objects where libgit2 cannot: with a
//! reftable, in a partial clone, with SHA-256 ids.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::runtime::Handle;

use super::command::config::GitConfig;
use super::command::network::RemoteAccess;
use super::command::program::{Git, LOCATION_VARIABLES};
use super::discover::{LibraryDiscovery, configure_libgit2, folders_by_git};
use super::fault::ErrorContext;
use super::objects::database::Objects;
use super::objects::recent_trees::RecentTrees;
use crate::port::RepositoryError;

/// A repository on this machine.
pub(super) struct Local {
    pub(super) git: Git,
    pub(super) config: GitConfig,
    pub(super) context: ErrorContext,
    /// The folder with the state of this working tree, such as HEAD.
    git_dir: PathBuf,
    /// The folder that all working trees share.
    pub(super) common: PathBuf,
    /// The folder of the checked-out files; `None` in a bare repository or where it is unknown.
    pub(super) work_tree: Option<PathBuf>,
    is_bare: bool,
    library: Option<Mutex<git2::Repository>>,
    pub(super) objects: Objects,
    pub(super) recent_trees: RecentTrees,
}

impl Local {
    /// Opens the repository that contains `dir`, or that Git's environment variables name.
    pub(super) fn discover(dir: &Path, network: RemoteAccess) -> Result<Self, RepositoryError> {
        configure_libgit2();
        let git = Git::find(dir, network)?;
        let is_set = |name: &&str| std::env::var_os(name).is_some();
        let has_location = LOCATION_VARIABLES.iter().any(is_set);
        // Both take a while, so they run at the same time.
        let (config, discovery) = thread::scope(|scope| {
            let config = scope.spawn(|| GitConfig::read(&git));
            let discovery = (!has_location)
                .then(|| LibraryDiscovery::open(dir))
                .flatten();
            (config.join(), discovery)
        });
        let config = config.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        let is_reliable = |discovery: &LibraryDiscovery| {
            config.has_local
                && config.text("core.worktree").is_none()
                && (!discovery.folders.is_bare || config.is_on("core.bare"))
        };
        let (folders, library) = if let Some(discovery) = discovery.filter(is_reliable) {
            (discovery.folders, discovery.library)
        } else {
            let folders = folders_by_git(&git)?;
            let library = git2::Repository::open_bare(&folders.git_dir).ok();
            (folders, library)
        };
        let context = ErrorContext {
            path: folders
                .work_tree
                .as_ref()
                .unwrap_or(&folders.git_dir)
                .clone(),
            shallow: folders.common.join("shallow").exists(),
        };
        let object_variables = ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"];
        let is_partial = config.has_prefix("extensions.partialclone")
            || (config.remotes().iter())
                .any(|remote| config.is_on(&format!("remote.{remote}.promisor")));
        let is_readable = !is_partial && !object_variables.iter().any(is_set);
        let library = library.filter(|_| is_readable);
        let objects = match &library {
            Some(_) => Objects::library(&folders.common.join("objects"), context.clone())?,
            None => Objects::git(git.clone(), context.clone()),
        };
        Ok(Self {
            git,
            config,
            context,
            git_dir: folders.git_dir,
            common: folders.common,
            work_tree: folders.work_tree,
            is_bare: folders.is_bare,
            library: library.map(Mutex::new),
            objects,
            recent_trees: RecentTrees::default(),
        })
    }

    /// Runs blocking work on Tokio's blocking pool, if there is a runtime.
    pub(super) async fn blocking<T: Send + 'static, E: From<RepositoryError> + Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let local = Arc::clone(self);
        let work = move || work(&local);
        match Handle::try_current() {
            Ok(runtime) => match runtime.spawn_blocking(work).await {
                Ok(done) => done,
                Err(e) => Err(ErrorContext::error("could not finish", e.to_string()).into()),
            },
            Err(_) => work(),
        }
    }

    /// libgit2's handle, where it can read the repository; only one thread may use it at a time.
    pub(super) fn library(&self) -> Option<MutexGuard<'_, git2::Repository>> {
        let library = self.library.as_ref()?;
        Some(library.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the repository has no working tree.
    pub(super) fn is_bare(&self) -> bool {
        self.is_bare
    }

    /// The length of an object id in bytes.
    pub(super) fn id_length(&self) -> usize {
        let sha256 = self.config.text("extensions.objectformat") == Some("sha256");
        if sha256 { 32 } else { 20 }
    }

    /// Whether `git_dir` holds the state of this working tree.
    pub(super) fn is_at(&self, git_dir: &Path) -> bool {
        let real = |path: &Path| path.canonicalize().ok();
        real(&self.git_dir) == real(git_dir)
    }
}
