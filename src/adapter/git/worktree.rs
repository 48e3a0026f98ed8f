//! Moving a branch of this repository, with its files where it is checked out.
//!
//! # Why
//!
//! Files first, then the index, then the branch. The other way round, after a
//! kill the branch would be promoted over old files, and the user's next commit
//! would undo the promotion.

use std::path::{Path, PathBuf};

use super::fault::Place;
use super::files::{Tree, git_dir_of};
use super::local::Local;
use super::lock::Lock;
use super::path::GitPath;
use super::refs::{Swap, of_branch};
use super::tree::changed;
use crate::domain::ObjectId;
use crate::port::RepositoryError;

/// Moves a branch forward, with its files where it is checked out.
pub(super) fn advance(
    local: &Local,
    branch: &str,
    old: ObjectId,
    new: ObjectId,
) -> Result<Swap, RepositoryError> {
    let name = of_branch(branch);
    let _lock = Lock::of(&local.common).map_err(local.place.io_fault("could not lock"))?;
    match local.target(&name)? {
        Some(now) if now == new => return Ok(Swap::Done),
        Some(now) if now == old => {}
        _ => return Ok(Swap::Overtaken),
    }
    match checked_out(local, branch)?.as_slice() {
        [] => advance_alone(local, branch, old, new),
        [tree] => forward(
            &Tree {
                local,
                folder: tree,
            },
            branch,
            old,
            new,
        ),
        [first, second, ..] => Err(Place::found(
            format!("could not move `{branch}`"),
            format!(
                "it is checked out twice, in `{}` and `{}`",
                first.display(),
                second.display()
            ),
        )),
    }
}

/// The working trees that have a branch checked out.
///
/// # Errors
/// When one of them is in the middle of rebasing it: Git moves the branch at the end
/// then, and fails if somebody else did meanwhile.
pub(super) fn checked_out(local: &Local, branch: &str) -> Result<Vec<PathBuf>, RepositoryError> {
    let name = of_branch(branch);
    if !local.common.join("worktrees").is_dir() {
        refuse_rebasing(&local.common, local.top.as_deref(), &name)?;
        let is_here = local.symbolic("HEAD")?.as_ref() == Some(&name);
        if is_here && local.top.is_none() && !local.is_bare() {
            return Err(Place::found(
                format!("could not move `{branch}`"),
                "it is checked out, and where its files are is not known here",
            ));
        }
        return Ok(local.top.iter().filter(|_| is_here).cloned().collect());
    }
    let doing = "could not list the working trees";
    let mut list = local.git.command(&["worktree", "list", "--porcelain"]);
    let list = local.git.output(doing, &mut list, Vec::new())?;
    let lines: Vec<&[u8]> = list.split(|byte| *byte == b'\n').collect();
    let mut found = Vec::new();
    for tree in lines.split(|line| line.is_empty()) {
        let value = |key: &str| {
            tree.iter()
                .find_map(|line| line.strip_prefix(key.as_bytes()))
        };
        let Some(folder) = value("worktree ") else {
            continue;
        };
        let folder = GitPath(folder.to_vec()).below(Path::new(""));
        if value("detached").is_some() {
            let git_dir = git_dir_of(&folder).unwrap_or_else(|| local.common.clone());
            refuse_rebasing(&git_dir, Some(&folder), &name)?;
        }
        // One whose folder is gone for good has no files to move; a locked one comes back.
        let has_files = folder.is_dir() || value("locked").is_some();
        let is_there = value("branch ") == Some(name.as_bytes());
        if is_there && has_files && value("bare").is_none() {
            found.push(folder);
        }
    }
    // The main one may have its `.git` elsewhere: then it is the folder in which we were started.
    if let Some(top) = &local.top
        && local.is_at(&local.common)
        && let Some(main) = found.iter_mut().find(|folder| git_dir_of(folder).is_none())
    {
        main.clone_from(top);
    }
    Ok(found)
}

fn refuse_rebasing(
    git_dir: &Path,
    folder: Option<&Path>,
    name: &str,
) -> Result<(), RepositoryError> {
    let is_rebasing = ["rebase-merge", "rebase-apply"].iter().any(|kind| {
        let file = git_dir.join(kind).join("head-name");
        std::fs::read_to_string(file).is_ok_and(|text| text.trim_end() == name)
    });
    match folder {
        Some(folder) if is_rebasing => Err(Place::found(
            format!(
                "could not move `{}`",
                name.trim_start_matches("refs/heads/")
            ),
            format!("it is being rebased in `{}`", folder.display()),
        )),
        _ => Ok(()),
    }
}

/// Moves the branch that is checked out, and its files.
fn forward(
    tree: &Tree<'_>,
    branch: &str,
    old: ObjectId,
    new: ObjectId,
) -> Result<Swap, RepositoryError> {
    let local = tree.local;
    let root = |commit| Ok::<_, RepositoryError>(Some(local.commit(commit)?.tree));
    let changes = changed(local, root(old)?, root(new)?)?;
    tree.update(branch, &changes, old, new)?;
    let swap = advance_alone(local, branch, old, new);
    if !matches!(swap, Ok(Swap::Done)) {
        // What went wrong first is what the user must know; what stays, the next run finds.
        let _ = tree.update(branch, &[], new, old);
    }
    swap
}

/// Moves a branch and no files.
fn advance_alone(
    local: &Local,
    branch: &str,
    old: ObjectId,
    new: ObjectId,
) -> Result<Swap, RepositoryError> {
    let message = local.commit(new)?.message;
    let title = message.lines().next().unwrap_or_default();
    local.swap(
        &of_branch(branch),
        Some(old),
        Some(new),
        &format!("promote: {title}"),
    )
}
