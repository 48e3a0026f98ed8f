//! The working trees that have a branch checked out.

use std::path::{Path, PathBuf};

use super::files::git_dir_of;
use crate::adapter::git::branch::refs::branch_ref;
use crate::adapter::git::fault::ErrorContext;
use crate::adapter::git::local::Local;
use crate::adapter::git::objects::path::GitPath;
use crate::port::RepositoryError;

/// The working trees that have a branch checked out.
///
/// # Errors
/// When the branch is being rebased: Git moves it at the end of the rebase, and fails if it
/// moved in the meantime.
pub fn checked_out(local: &Local, branch: &str) -> Result<Vec<PathBuf>, RepositoryError> {
    let name = branch_ref(branch);
    if !local.common.join("worktrees").is_dir() {
        refuse_rebasing(&local.common, local.work_tree.as_deref(), &name)?;
        let is_here = local.symbolic("HEAD")?.as_ref() == Some(&name);
        if is_here && local.work_tree.is_none() && !local.is_bare() {
            return Err(ErrorContext::error(
                format!("could not move `{branch}`"),
                "it is checked out, but the folder of its files is unknown",
            ));
        }
        return Ok(local
            .work_tree
            .iter()
            .filter(|_| is_here)
            .cloned()
            .collect());
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
        // A deleted working tree has no files to update; a locked one may be on a removable disk.
        let has_files = folder.is_dir() || value("locked").is_some();
        let is_there = value("branch ") == Some(name.as_bytes());
        if is_there && has_files && value("bare").is_none() {
            found.push(folder);
        }
    }
    // The main working tree may have its `.git` elsewhere; discovery knows its folder then.
    if let Some(top) = &local.work_tree
        && local.is_at(&local.common)
        && let Some(main) = found.iter_mut().find(|folder| git_dir_of(folder).is_none())
    {
        main.clone_from(top);
    }
    Ok(found)
}

/// Fails if a working tree is rebasing the branch.
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
        Some(folder) if is_rebasing => Err(ErrorContext::error(
            format!(
                "could not move `{}`",
                name.trim_start_matches("refs/heads/")
            ),
            format!("it is being rebased in `{}`", folder.display()),
        )),
        _ => Ok(()),
    }
}
