//! A repository that libgit2 cannot read, promoted in all the same.
//!
//! # Why
//!
//! The truth is the remote's branch, and a promotion needs nothing of the clone
//! but who commits and where the remote is. So where libgit2 cannot read a
//! partial clone or a reftable, a bare repository is made for the time of the
//! run, with the clone's remotes and settings; it fetches the last commit of the
//! remote's branch and pushes from there. The clone stays as it is.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use git2::{Config, ObjectFormat, Repository, RepositoryInitOptions};
use tempfile::TempDir;

use super::address::Address;
use super::fault::{Place, shown};
use super::process;
use crate::port::{Feature, RepositoryError};

/// The mark in the bare repository's configuration.
const MARK: &str = "promote.borrowed";

/// Settings that speak of people, servers and remotes, and not of how the clone is stored.
const TAKEN: [&str; 11] = [
    "author.",
    "branch.",
    "commit.",
    "committer.",
    "core.sshcommand",
    "credential.",
    "gpg.",
    "http.",
    "promote.",
    "remote.",
    "user.",
];

/// The bare repository; its folder is gone when this is dropped.
pub(super) struct Borrowed {
    _folder: TempDir,
    /// The clone's folder.
    pub(super) of: String,
    /// What libgit2 cannot read there.
    pub(super) feature: Feature,
}

impl Borrowed {
    /// What the user should know about it.
    pub(super) fn note(&self) -> String {
        format!(
            "`{}` uses {}, which libgit2 cannot read: this stands on the remote's branch alone, and \
             your own branches stay as they are",
            self.of, self.feature
        )
    }

    /// That the clone's own branches cannot be promoted on.
    pub(super) fn refusal(&self) -> RepositoryError {
        RepositoryError::Unsupported {
            path: self.of.clone(),
            feature: self.feature.clone(),
        }
    }
}

/// Makes the bare repository for the clone that `dir` lies in; `None` where it has no remote, or
/// where Git is not installed.
pub(super) fn make(
    dir: &Path,
    feature: Feature,
) -> Result<Option<(Repository, Borrowed)>, RepositoryError> {
    let (Some(root), Some(common)) = (asked(dir, &["rev-parse", "--show-toplevel"]), common(dir))
    else {
        return Ok(None);
    };
    let doing = format!("could not work around `{feature}` of `{}`", shown(dir));
    let folder = tempfile::Builder::new()
        .prefix("git-promote-")
        .tempdir()
        .map_err(|error| Place::found(doing.clone(), error.to_string()))?;
    let fault = || {
        let place = Place {
            path: folder.path().to_owned(),
            shallow: false,
        };
        place.fault(doing.clone())
    };
    let theirs = Config::open(&common.join("config")).map_err(fault())?;
    let mut options = RepositoryInitOptions::new();
    options.bare(true);
    if theirs
        .get_string("extensions.objectformat")
        .is_ok_and(|format| format == "sha256")
    {
        options.object_format(ObjectFormat::Sha256);
    }
    let repo = Repository::init_opts(folder.path(), &options).map_err(fault())?;
    let mut ours = repo.config().map_err(fault())?;
    let mut has_remote = false;
    let mut entries = theirs.entries(None).map_err(fault())?;
    while let Some(entry) = entries.next() {
        let entry = entry.map_err(fault())?;
        let (Ok(name), Ok(value)) = (entry.name(), entry.value()) else {
            continue;
        };
        let is_taken = TAKEN.iter().any(|taken| name.starts_with(taken))
            || (name.starts_with("url.") && name.contains("insteadof"));
        if !is_taken || name.ends_with(".promisor") || name.ends_with(".partialclonefilter") {
            continue;
        }
        let is_url = name.starts_with("remote.") && name.ends_with("url");
        has_remote |= is_url;
        match (is_url, Address::of(value)) {
            (true, Address::Disk(path)) => {
                let path = Path::new(&root).join(path);
                ours.set_str(name, &path.to_string_lossy())
            }
            _ => ours.set_multivar(name, "^$", value),
        }
        .map_err(fault())?;
    }
    drop(entries);
    ours.set_bool(MARK, true).map_err(fault())?;
    // Which branch is checked out says which remote is meant.
    if let Some(branch) = asked(dir, &["symbolic-ref", "-q", "--short", "HEAD"]) {
        repo.set_head(&format!("refs/heads/{branch}"))
            .map_err(fault())?;
    }
    let borrowed = Borrowed {
        of: root,
        feature,
        _folder: folder,
    };
    Ok(has_remote.then_some((repo, borrowed)))
}

/// Whether only the clone has what libgit2 cannot read, and the remote not.
pub(super) fn can_do_without(feature: &Feature) -> bool {
    match feature {
        Feature::PartialClone => true,
        Feature::RefStorage(format) => format == "reftable",
        _ => false,
    }
}

/// Whether a repository is one of these, and wants the last commit only.
pub(super) fn is_borrowed(repo: &Repository) -> bool {
    (repo.config()).is_ok_and(|config| config.get_bool(MARK).unwrap_or(false))
}

/// Whether nothing was fetched yet.
pub(super) fn is_empty(repo: &Repository) -> bool {
    repo.references()
        .is_ok_and(|mut references| references.next().is_none())
}

/// Whether a clone holds the last commit of its branch alone, as CI makes them: then a branch that
/// is new to it needs no more either. In a deeper one that would cut off what is there.
pub(super) fn has_one_commit(repo: &Repository) -> bool {
    let head = || repo.head().ok()?.peel_to_commit().ok();
    repo.is_shallow()
        && (is_borrowed(repo) || head().is_some_and(|commit| commit.parent_count() == 0))
}

fn common(dir: &Path) -> Option<PathBuf> {
    let common = asked(dir, &["rev-parse", "--git-common-dir"])?;
    Some(dir.join(common))
}

/// What the installed `git` says in a folder, in one line.
fn asked(dir: &Path, words: &[&str]) -> Option<String> {
    let mut git = Command::new("git");
    git.arg("-C").arg(dir).args(words);
    let ran = process::run(&mut git, b"", Duration::from_secs(30)).ok()?;
    let text = String::from_utf8(ran.stdout).ok()?;
    (ran.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
}
