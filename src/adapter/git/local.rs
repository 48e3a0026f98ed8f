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
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;

use git2::ErrorCode;

use super::NetworkOptions;
use super::fault::Place;
use super::objects::Objects;
use super::process::Ran;
use super::program::{Git, PLACES};
use super::settings::Settings;
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

/// The folders of a repository.
struct Found {
    git_dir: PathBuf,
    common: PathBuf,
    top: Option<PathBuf>,
    is_bare: bool,
}

impl Local {
    /// Opens the repository that `dir` lies in, or that Git's environment names.
    pub(super) fn discover(dir: &Path, network: NetworkOptions) -> Result<Self, RepositoryError> {
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

    /// Whether a clone holds the last commit of its branch alone, as CI makes them: then a branch that
    /// is new to it needs no more either. In a deeper one that would cut off what is there.
    pub(super) fn has_one_commit(&self) -> Result<bool, RepositoryError> {
        if !self.place.shallow {
            return Ok(false);
        }
        let Some(head) = self.target("HEAD")? else {
            return Ok(false);
        };
        let cut = std::fs::read_to_string(self.common.join("shallow")).unwrap_or_default();
        Ok(cut.lines().any(|line| line == head.to_string()))
    }

    /// Whether this working tree's own state is in this folder.
    pub(super) fn is_at(&self, git_dir: &Path) -> bool {
        let real = |path: &Path| path.canonicalize().ok();
        real(&self.git_dir) == real(git_dir)
    }
}

/// Sets libgit2 up, once and for all repositories alike.
///
/// # Why
///
/// libgit2 hashes every object again that it reads, which costs more than all
/// the rest of reading. Git itself does not; `git fsck` is there for it.
fn set_up() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| git2::opts::strict_hash_verification(false));
}

/// A repository as most are found: in the folder or one above it.
struct Usual {
    /// Taken for bare where the folder lies within the repository's own.
    found: Found,
    /// What is wrong where it cannot be opened, Git will say.
    library: Option<git2::Repository>,
}

impl Usual {
    fn open(dir: &Path) -> Option<Self> {
        let ceilings = std::env::var_os("GIT_CEILING_DIRECTORIES").unwrap_or_default();
        let ceilings: Vec<_> = std::env::split_paths(&ceilings).collect();
        let found = git2::Repository::discover_path(dir, &ceilings).ok()?;
        let git_dir: PathBuf = found.components().collect();
        let common = match std::fs::read_to_string(git_dir.join("commondir")) {
            Ok(common) => git_dir.join(common.trim_end()).canonicalize().ok()?,
            Err(_) => git_dir.clone(),
        };
        let start = dir.canonicalize().ok()?;
        let is_inside = start.starts_with(&git_dir);
        Some(Self {
            library: git2::Repository::open_bare(&git_dir).ok(),
            found: Found {
                git_dir,
                common,
                is_bare: is_inside,
                top: with_git(&start).filter(|_| !is_inside).map(Path::to_owned),
            },
        })
    }
}

/// The first folder that has a `.git`, from this one upwards.
fn with_git(start: &Path) -> Option<&Path> {
    let has_git = |folder: &&Path| folder.join(".git").symlink_metadata().is_ok();
    start.ancestors().find(has_git)
}

/// Asks Git, which knows its environment, its settings and whom it trusts.
fn by_asking(git: &Git) -> Result<Found, RepositoryError> {
    git.check_version()?;
    let words = [
        "rev-parse",
        "--absolute-git-dir",
        "--git-common-dir",
        "--is-bare-repository",
    ];
    let ran = git.ask(&words)?;
    let text = ran.text();
    let lines: Vec<&str> = text.lines().collect();
    let [git_dir, common, is_bare] = lines[..] else {
        return Err(not_found(git, &ran));
    };
    let git_dir = PathBuf::from(git_dir);
    let common = git.dir.join(common);
    let is_bare = is_bare == "true";
    let top = git.ask(&["rev-parse", "--show-toplevel"])?;
    let top = Some(PathBuf::from(top.text().trim_end_matches('\n')))
        .filter(|top| !top.as_os_str().is_empty() && !top.starts_with(&git_dir))
        // From within `.git`, Git knows no files; they are beside it.
        .or_else(|| beside(&git_dir))
        .filter(|_| !is_bare);
    Ok(Found {
        is_bare,
        common: common.canonicalize().unwrap_or(common),
        git_dir,
        top,
    })
}

/// The folder whose `.git` this is, or names this.
fn beside(git_dir: &Path) -> Option<PathBuf> {
    let dot = match std::fs::read_to_string(git_dir.join("gitdir")) {
        Ok(linked) => PathBuf::from(linked.trim_end()),
        Err(_) => git_dir.to_owned(),
    };
    let is_dot = dot.file_name().is_some_and(|name| name == ".git");
    dot.parent().filter(|_| is_dot).map(Path::to_owned)
}

/// Why Git finds no repository: there is none, it belongs to somebody else, or what Git prints.
fn not_found(git: &Git, ran: &Ran) -> RepositoryError {
    let is_named = std::env::var_os("GIT_DIR").is_some();
    let opened = git2::Repository::open_ext(
        &git.dir,
        git2::RepositoryOpenFlags::empty(),
        std::iter::empty::<&Path>(),
    );
    let real = git.dir.canonicalize().unwrap_or_else(|_| git.dir.clone());
    let top = with_git(&real).unwrap_or(&real);
    let shown = |path: &Path| path.display().to_string();
    match opened.err().map(|error| error.code()) {
        Some(ErrorCode::NotFound) if !is_named => RepositoryError::NotARepository {
            path: shown(&git.dir.components().collect::<PathBuf>()),
        },
        Some(ErrorCode::Owner) => RepositoryError::NotTrusted { path: shown(top) },
        _ => git.fault("could not open the repository", ran),
    }
}
