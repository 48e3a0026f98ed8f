//! Finding a repository, and refusing by name what libgit2 cannot read.

use std::path::Path;
use std::sync::Once;

use git2::{Config, ErrorCode, Repository, RepositoryOpenFlags};

use super::fault::{Place, shown};
use super::inherited;
use crate::port::{Feature, RepositoryError};

/// Opens the repository that `dir` lies in.
pub(super) fn discover(dir: &Path) -> Result<Repository, RepositoryError> {
    let ceilings = std::env::var_os("GIT_CEILING_DIRECTORIES").unwrap_or_default();
    let ceilings: Vec<_> = std::env::split_paths(&ceilings).collect();
    let repo = open_with(dir, RepositoryOpenFlags::empty(), &ceilings)?;
    inherited::heed(&repo)?;
    // `git --git-dir=… promote` means another repository than the folder's.
    let meant = std::env::var_os("GIT_DIR").map(std::path::PathBuf::from);
    let is_same = |meant: &Path| {
        let real = |path: &Path| path.canonicalize().ok();
        real(meant) == real(repo.path()) || real(meant) == real(repo.commondir())
    };
    if meant.is_some_and(|meant| !is_same(&meant)) {
        return Err(RepositoryError::Unsupported {
            path: Place::of(&repo).name(),
            feature: Feature::OtherRepository,
        });
    }
    Ok(repo)
}

/// Opens the repository at `dir` itself: a bare one, or the parent of `.git`.
pub(super) fn exactly(dir: &Path) -> Result<Repository, RepositoryError> {
    open_with(dir, RepositoryOpenFlags::NO_SEARCH, &[])
}

fn open_with(
    dir: &Path,
    flags: RepositoryOpenFlags,
    ceilings: &[std::path::PathBuf],
) -> Result<Repository, RepositoryError> {
    set_up();
    let repo = match Repository::open_ext(dir, flags, ceilings) {
        Ok(repo) => repo,
        Err(error) => return Err(refused(dir, ceilings, error)),
    };
    match unsupported(repo.commondir()) {
        Some(feature) => Err(RepositoryError::Unsupported {
            path: Place::of(&repo).name(),
            feature,
        }),
        None => Ok(repo),
    }
}

/// Sets libgit2 up, once.
///
/// # Why
///
/// libgit2 hashes every object again that it reads, which costs more than all
/// the rest of reading. Git itself does not; `git fsck` is there for it.
fn set_up() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| git2::opts::strict_hash_verification(false));
}

/// Why libgit2 did not open it: something that it cannot read is named.
fn refused(dir: &Path, ceilings: &[std::path::PathBuf], error: git2::Error) -> RepositoryError {
    let place = Place {
        path: dir.to_owned(),
        shallow: false,
    };
    if error.code() == ErrorCode::NotFound {
        return RepositoryError::NotARepository { path: shown(dir) };
    }
    let git_dir = Repository::discover_path(dir, ceilings).ok();
    if error.code() == ErrorCode::Owner {
        let path = shown(&folder_of(git_dir.as_deref().unwrap_or(dir)));
        return RepositoryError::NotTrusted { path };
    }
    let common = git_dir.as_deref().map(common_dir);
    if let Some(feature) = common.as_deref().and_then(unsupported) {
        return RepositoryError::Unsupported {
            path: shown(dir),
            feature,
        };
    }
    place.fault(format!("could not open the repository `{}`", shown(dir)))(error)
}

/// The folder that `safe.directory` has to name: the working tree's, or a bare repository's own.
fn folder_of(git_dir: &Path) -> std::path::PathBuf {
    let whole = git_dir
        .canonicalize()
        .unwrap_or_else(|_| git_dir.to_owned());
    // A linked working tree says in its own folder where it is.
    let linked = std::fs::read_to_string(whole.join("gitdir"));
    let inside = linked.map_or(whole, |file| file.trim_end().into());
    match (inside.file_name(), inside.parent()) {
        (Some(name), Some(tree)) if name == ".git" => tree.to_owned(),
        _ => inside,
    }
}

/// The main repository's folder, which a linked worktree names in `commondir`.
fn common_dir(git_dir: &Path) -> std::path::PathBuf {
    match std::fs::read_to_string(git_dir.join("commondir")) {
        Ok(common) => git_dir.join(common.trim_end()),
        Err(_) => git_dir.to_owned(),
    }
}

/// The first feature in a repository's own configuration that libgit2 lacks.
///
/// Only its own file is read: a promisor or an extension elsewhere has no effect.
fn unsupported(common: &Path) -> Option<Feature> {
    let config = Config::open(&common.join("config")).ok()?;
    let text = |key: &str| config.get_string(key).ok();
    if let Some(format) = text("extensions.refstorage")
        && format != "files"
    {
        return Some(Feature::RefStorage(format));
    }
    let mut promisors = config.entries(Some("^remote\\..*\\.promisor$")).ok()?;
    let mut partial = text("extensions.partialclone").is_some();
    while let Some(Ok(entry)) = promisors.next() {
        partial |= entry.value().is_ok_and(|value| value != "false");
    }
    partial.then_some(Feature::PartialClone)
}
