//! Branches of the program's own, beside the branch that a promotion is for.
//!
//! # Why
//!
//! The program always rebuilds its branch as one commit on the base's tip. So in
//! a shallow clone, where nobody can tell where the base's history begins, the
//! last commit alone tells whether the branch is still the program's own.

use git2::{Oid, Repository, Sort};

use super::disk::branches;
use super::fault::{Place, told};
use super::network::NetworkSettings;
use super::paths::show;
use super::reference::{change, of_branch, of_remote, target};
use super::snapshot::{from_oid, to_oid};
use super::transport::{self, Purpose, Update};
use super::worktree;
use crate::domain::{CommitId, FileMode, RepoPath};
use crate::port::{
    Advance, Branch, Expected, ProposedBranch, ProposedCommit, ProposedFile, RepositoryError, Sight,
};

/// How many commits of a branch are looked at; nobody reviews more in one pull request.
const LOOKED_AT: usize = 500;

/// The branch `name` beside `base`, with the commits that the base lacks.
pub(super) fn look(
    repo: &Repository,
    settings: &NetworkSettings,
    base: &Branch,
    name: &str,
) -> Result<Option<ProposedBranch>, RepositoryError> {
    let tip = match &base.remote {
        Some(remote) => transport::open(repo, settings, remote, Purpose::Push)?.fetch(name)?,
        None => target(repo, &of_branch(name))?,
    };
    let Some(tip) = tip else {
        if let Some(remote) = &base.remote {
            know(repo, &of_remote(remote, name), None)?;
        }
        return Ok(None);
    };
    Ok(Some(ProposedBranch {
        tip: CommitId(from_oid(tip)?),
        commits: commits(repo, to_oid(base.tip.0)?, tip)?,
        sight: if repo.is_shallow() {
            Sight::LastCommit
        } else {
            Sight::Whole
        },
    }))
}

/// The commits of `tip` that `base` lacks, newest first.
fn commits(repo: &Repository, base: Oid, tip: Oid) -> Result<Vec<ProposedCommit>, RepositoryError> {
    let place = Place::of(repo);
    let fault = || place.fault(format!("could not read the history of `{tip}`"));
    if repo.is_shallow() {
        let commit = repo.find_commit(tip).map_err(fault())?;
        return Ok(vec![proposed(repo, &commit)?]);
    }
    let mut walk = repo.revwalk().map_err(fault())?;
    walk.set_sorting(Sort::TOPOLOGICAL).map_err(fault())?;
    walk.push(tip).map_err(fault())?;
    walk.hide(base).map_err(fault())?;
    walk.take(LOOKED_AT)
        .map(|id| {
            let commit = repo.find_commit(id.map_err(fault())?).map_err(fault())?;
            proposed(repo, &commit)
        })
        .collect()
}

/// A commit with what it changed.
fn proposed(
    repo: &Repository,
    commit: &git2::Commit<'_>,
) -> Result<ProposedCommit, RepositoryError> {
    let parents = commit
        .parent_ids()
        .map(|id| Ok(CommitId(from_oid(id)?)))
        .collect::<Result<_, RepositoryError>>()?;
    Ok(ProposedCommit {
        id: CommitId(from_oid(commit.id())?),
        parents,
        message: String::from_utf8_lossy(commit.message_raw_bytes()).into_owned(),
        changes: changes(repo, commit)?,
    })
}

/// The files that a commit changed; one whose name is no path is an error, for nothing can be said of it.
fn changes(
    repo: &Repository,
    commit: &git2::Commit<'_>,
) -> Result<Vec<ProposedFile>, RepositoryError> {
    let place = Place::of(repo);
    let fault = || place.fault(format!("could not compare commit `{}`", commit.id()));
    let old = match commit.parent(0) {
        Ok(parent) => Some(parent.tree().map_err(fault())?),
        Err(_) => None,
    };
    let new = commit.tree().map_err(fault())?;
    let diff = repo
        .diff_tree_to_tree(old.as_ref(), Some(&new), None)
        .map_err(fault())?;
    let side = |file: &git2::DiffFile<'_>| match file.id() {
        id if id.is_zero() => Ok(None),
        id => Ok(Some((mode(file.mode()), from_oid(id)?))),
    };
    diff.deltas()
        .map(|delta| {
            let bytes = (delta.new_file().path_bytes())
                .or(delta.old_file().path_bytes())
                .unwrap_or_default();
            let path = RepoPath::parse(&show(bytes)).map_err(|e| {
                Place::found(
                    format!("could not compare commit `{}`", commit.id()),
                    e.to_string(),
                )
            })?;
            Ok(ProposedFile {
                path,
                before: side(&delta.old_file())?,
                after: side(&delta.new_file())?,
            })
        })
        .collect()
}

fn mode(mode: git2::FileMode) -> FileMode {
    match mode {
        git2::FileMode::BlobExecutable => FileMode::Executable,
        git2::FileMode::Link => FileMode::Symlink,
        git2::FileMode::Commit => FileMode::Submodule,
        git2::FileMode::Tree => FileMode::Directory,
        _ => FileMode::Regular,
    }
}

/// The branches beside `base` whose names begin so.
pub(super) fn beside(
    repo: &Repository,
    settings: &NetworkSettings,
    base: &Branch,
    prefix: &str,
) -> Result<Vec<String>, RepositoryError> {
    let mut names = match &base.remote {
        Some(remote) => transport::open(repo, settings, remote, Purpose::Push)?.branches()?,
        None => branches(repo)?,
    };
    names.retain(|name| name.starts_with(prefix));
    Ok(names)
}

/// Remembers where a remote's branch is, as Git itself does after a push.
fn know(repo: &Repository, tracking: &str, tip: Option<Oid>) -> Result<(), RepositoryError> {
    let known = target(repo, tracking)?;
    if known != tip {
        change(repo, tracking, known, tip, "promote: propose")?;
    }
    Ok(())
}

/// That Git keeps no branch `a/b` beside a branch `a`, where this is what is wrong.
fn in_the_way(
    name: &str,
    branches: Result<Vec<String>, RepositoryError>,
) -> Option<RepositoryError> {
    let is_below = |a: &str, b: &str| a.strip_prefix(b).is_some_and(|rest| rest.starts_with('/'));
    let other = branches
        .ok()?
        .into_iter()
        .find(|other| is_below(name, other) || is_below(other, name))?;
    Some(RepositoryError::InTheWay {
        branch: name.to_owned(),
        other,
    })
}

/// Makes the branch point at `commit`, or deletes it.
pub(super) fn replace(
    repo: &Repository,
    settings: &NetworkSettings,
    base: &Branch,
    name: &str,
    expected: Expected,
    commit: Option<CommitId>,
) -> Result<Advance, RepositoryError> {
    let update = Update {
        branch: name,
        old: match expected {
            Expected::Absent => None,
            Expected::At(commit) => Some(to_oid(commit.0)?),
        },
        new: commit.map(|commit| to_oid(commit.0)).transpose()?,
    };
    let pushed = if let Some(remote) = &base.remote {
        let mut remote = transport::open(repo, settings, remote, Purpose::Push)?;
        let pushed = remote.push(&update);
        pushed.map_err(|error| match error {
            RepositoryError::Refused { .. } | RepositoryError::Git { .. }
                if update.old.is_none() =>
            {
                in_the_way(name, remote.branches()).unwrap_or(error)
            }
            error => error,
        })?
    } else {
        // Moved alone, it would leave its files behind.
        if let Some(tree) = worktree::with_branch(repo, name)?.first() {
            return Err(RepositoryError::CheckedOut {
                branch: name.to_owned(),
                folder: Place::of(tree).name(),
            });
        }
        let log = "promote: propose";
        let changed = change(repo, &of_branch(name), update.old, update.new, log);
        changed
            .map_err(|error| in_the_way(name, branches(repo)).unwrap_or(error))?
            .into()
    };
    let remote = base.remote.as_deref().unwrap_or_default();
    let Some(mut notes) = pushed.notes(remote) else {
        return Ok(Advance::Overtaken);
    };
    // The push is done: what goes wrong here is a note and no error.
    if base.remote.is_some()
        && let Err(error) = know(repo, &of_remote(remote, name), update.new)
    {
        notes.push(format!(
            "`{remote}/{name}` was not updated here: {}",
            told(&error)
        ));
    }
    Ok(Advance::Done { notes })
}
