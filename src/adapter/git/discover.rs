//! Finding the folders of a repository.

use std::path::{Path, PathBuf};
use std::sync::Once;

use git2::ErrorCode;

use super::command::process::Ran;
use super::command::program::Git;
use crate::port::RepositoryError;

/// The folders of a repository.
pub(super) struct Found {
    pub(super) git_dir: PathBuf,
    pub(super) common: PathBuf,
    pub(super) top: Option<PathBuf>,
    pub(super) is_bare: bool,
}

/// Sets libgit2 up, once and for all repositories alike.
///
/// # Why
///
/// libgit2 hashes every object again that it reads, which costs more than all
/// the rest of reading. Git itself does not; `git fsck` is there for it.
pub(super) fn set_up() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| git2::opts::strict_hash_verification(false));
}

/// A repository as most are found: in the folder or one above it.
pub(super) struct Usual {
    /// Taken for bare where the folder lies within the repository's own.
    pub(super) found: Found,
    /// What is wrong where it cannot be opened, Git will say.
    pub(super) library: Option<git2::Repository>,
}

impl Usual {
    pub(super) fn open(dir: &Path) -> Option<Self> {
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
pub(super) fn by_asking(git: &Git) -> Result<Found, RepositoryError> {
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
