//! Finding a repository, and what is known of it once it is found.
//!
//! # Why
//!
//! Most repositories are found and read by libgit2, at the cost of one command
//! of Git's that reads the settings, which also tells whether Git itself trusts
//! the repository. Git is asked for the rest where its environment names places,
//! where a setting says where the files are, and where libgit2 cannot open what
//! is there: a reftable, a partial clone, SHA-256 ids. Then Git reads for us too.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use super::command::network::RemoteAccess;
use super::command::program::Git;
use super::command::program::PLACES;
use super::command::settings::Settings;
use super::discover::Usual;
use super::discover::by_asking;
use super::discover::set_up;
use super::fault::Place;
use super::objects::database::Objects;
use crate::port::RepositoryError;

/// A repository on this machine.
pub(super) struct Local {
    pub(super) git: Git,
    pub(super) settings: Settings,
    pub(super) place: Place,
    /// The folder of this working tree's own state, such as HEAD.
    git_dir: PathBuf,
    /// The folder of what all working trees share.
    pub(super) common: PathBuf,
    /// The folder of the checked-out files; `None` for a bare repository, and where it is not known.
    pub(super) top: Option<PathBuf>,
    is_bare: bool,
    library: Option<Mutex<git2::Repository>>,
    pub(super) objects: Objects,
}

impl Local {
    /// Opens the repository that `dir` lies in, or that Git's environment names.
    pub(super) fn discover(dir: &Path, network: RemoteAccess) -> Result<Self, RepositoryError> {
        set_up();
        let git = Git::find(dir, network)?;
        let is_set = |name: &&str| std::env::var_os(name).is_some();
        let is_by_git = PLACES.iter().any(is_set);
        // Git reads its settings meanwhile.
        let (settings, usual) = thread::scope(|scope| {
            let settings = scope.spawn(|| Settings::read(&git));
            let usual = (!is_by_git).then(|| Usual::open(dir)).flatten();
            (settings.join(), usual)
        });
        let settings = settings.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        let is_usual = |usual: &Usual| {
            settings.has_own
                && settings.text("core.worktree").is_none()
                && (!usual.found.is_bare || settings.is_on("core.bare"))
        };
        let (found, library) = if let Some(usual) = usual.filter(is_usual) {
            (usual.found, usual.library)
        } else {
            let found = by_asking(&git)?;
            let library = git2::Repository::open_bare(&found.git_dir).ok();
            (found, library)
        };
        let place = Place {
            path: found.top.as_ref().unwrap_or(&found.git_dir).clone(),
            shallow: found.common.join("shallow").exists(),
        };
        let objects_elsewhere = ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"];
        let is_partial = settings.has("extensions.partialclone")
            || (settings.remotes().iter())
                .any(|remote| settings.is_on(&format!("remote.{remote}.promisor")));
        let is_readable = !is_partial && !objects_elsewhere.iter().any(is_set);
        let library = library.filter(|_| is_readable);
        let objects = match &library {
            Some(_) => Objects::library(&found.common.join("objects"), place.clone())?,
            None => Objects::git(git.clone(), place.clone()),
        };
        Ok(Self {
            git,
            settings,
            place,
            git_dir: found.git_dir,
            common: found.common,
            top: found.top,
            is_bare: found.is_bare,
            library: library.map(Mutex::new),
            objects,
        })
    }

    /// libgit2's handle, where it can read the repository; one thread at a time may use it.
    pub(super) fn library(&self) -> Option<MutexGuard<'_, git2::Repository>> {
        let library = self.library.as_ref()?;
        Some(library.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether it has no files checked out.
    pub(super) fn is_bare(&self) -> bool {
        self.is_bare
    }

    /// How many bytes an object's id has.
    pub(super) fn id_length(&self) -> usize {
        let sha256 = self.settings.text("extensions.objectformat") == Some("sha256");
        if sha256 { 32 } else { 20 }
    }

    /// Whether this working tree's own state is in this folder.
    pub(super) fn is_at(&self, git_dir: &Path) -> bool {
        let real = |path: &Path| path.canonicalize().ok();
        real(&self.git_dir) == real(git_dir)
    }
}
