//! Finding the folders of a repository, with libgit2 or with `git rev-parse`.

use std::path::{Path, PathBuf};
use std::sync::Once;

use git2::ErrorCode;

use super::command::process::Output;
use super::command::program::Git;
use crate::port::RepositoryError;

/// The folders of a repository.
pub(super) struct Folders {
    /// The folder with the state of one working tree.
    pub(super) git_dir: PathBuf,
    /// The folder that all working trees share.
    pub(super) common: PathBuf,
    pub(super) work_tree: Option<PathBuf>,
    pub(super) is_bare: bool,
}

/// Sets libgit2's global options, once.
///
/// # Why
///
/// libgit2 verifies the hash of each object that it reads, which costs more than
/// reading it. Git does not do so either; that is what `git fsck` is for.
pub(super) fn configure_libgit2() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| git2::opts::strict_hash_verification(false));
}

/// A repository that libgit2 found in a folder or above it.
pub(super) struct LibraryDiscovery {
    /// Assumed to be bare if the start is inside the repository's own folder.
    pub(super) folders: Folders,
    /// `None` where libgit2 cannot open it.
    pub(super) library: Option<git2::Repository>,
}

impl LibraryDiscovery {
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
            folders: Folders {
                git_dir,
                common,
                is_bare: is_inside,
                work_tree: folder_with_git(&start)
                    .filter(|_| !is_inside)
                    .map(Path::to_owned),
            },
        })
    }
}

/// The nearest folder with a `.git`, from `start` upwards.
fn folder_with_git(start: &Path) -> Option<&Path> {
    let has_git = |folder: &&Path| folder.join(".git").symlink_metadata().is_ok();
    start.ancestors().find(has_git)
}

/// The folders according to Git, which follows its environment, its settings and its trust in owners.
pub(super) fn folders_by_git(git: &Git) -> Result<Folders, RepositoryError> {
    git.check_version()?;
    let words = [
        "rev-parse",
        "--absolute-git-dir",
        "--git-common-dir",
        "--is-bare-repository",
    ];
    let output = git.run(&words)?;
    let text = output.text();
    let lines: Vec<&str> = text.lines().collect();
    let [git_dir, common, is_bare] = lines[..] else {
        return Err(not_found(git, &output));
    };
    let git_dir = PathBuf::from(git_dir);
    let common = git.dir.join(common);
    let is_bare = is_bare == "true";
    let work_tree = git.run(&["rev-parse", "--show-toplevel"])?;
    let work_tree = Some(PathBuf::from(work_tree.text().trim_end_matches('\n')))
        .filter(|top| !top.as_os_str().is_empty() && !top.starts_with(&git_dir))
        // Inside `.git`, Git reports no working tree.
        .or_else(|| work_tree_of(&git_dir))
        .filter(|_| !is_bare);
    Ok(Folders {
        is_bare,
        common: common.canonicalize().unwrap_or(common),
        git_dir,
        work_tree,
    })
}

/// The working tree whose `.git` is, or points to, `git_dir`.
fn work_tree_of(git_dir: &Path) -> Option<PathBuf> {
    let dot = match std::fs::read_to_string(git_dir.join("gitdir")) {
        Ok(linked) => PathBuf::from(linked.trim_end()),
        Err(_) => git_dir.to_owned(),
    };
    let is_dot = dot.file_name().is_some_and(|name| name == ".git");
    dot.parent().filter(|_| is_dot).map(Path::to_owned)
}

/// Why Git finds no repository: there is none, another user owns it, or what Git reports.
fn not_found(git: &Git, output: &Output) -> RepositoryError {
    let is_named = std::env::var_os("GIT_DIR").is_some();
    let opened = git2::Repository::open_ext(
        &git.dir,
        git2::RepositoryOpenFlags::empty(),
        std::iter::empty::<&Path>(),
    );
    let real = git.dir.canonicalize().unwrap_or_else(|_| git.dir.clone());
    let top = folder_with_git(&real).unwrap_or(&real);
    let shown = |path: &Path| path.display().to_string();
    match opened.err().map(|error| error.code()) {
        Some(ErrorCode::NotFound) if !is_named => RepositoryError::NotARepository {
            path: shown(&git.dir.components().collect::<PathBuf>()),
        },
        Some(ErrorCode::Owner) => RepositoryError::NotTrusted { path: shown(top) },
        _ => git.fault("could not open the repository", output),
    }
}
