//! Where a branch is checked out.

use std::fs::File;
use std::path::Path;

use git2::Repository;

use super::fault::Place;
use super::inherited;
use super::reference::of_branch;
use crate::port::RepositoryError;

/// What HEAD says.
pub(super) enum Head {
    /// On a branch that has commits.
    On(String),
    /// On a branch that has none yet.
    Unborn(String),
    /// On a commit.
    Detached(String),
}

impl Head {
    /// Reads HEAD.
    pub(super) fn read(repo: &Repository) -> Result<Self, RepositoryError> {
        let doing = "could not read HEAD";
        let place = Place::of(repo);
        let head = repo.find_reference("HEAD").map_err(place.fault(doing))?;
        let symbolic = (head.symbolic_target()).map_err(place.fault(doing))?;
        let Some(full) = symbolic else {
            let id = head.target().map(|id| id.to_string()).unwrap_or_default();
            return Ok(Self::Detached(id.chars().take(7).collect()));
        };
        let branch = full.strip_prefix("refs/heads/").unwrap_or(full).to_owned();
        Ok(match super::reference::target(repo, full)? {
            Some(_) => Self::On(branch),
            None => Self::Unborn(branch),
        })
    }

    /// The branch that HEAD is on.
    pub(super) fn branch(&self) -> Option<&str> {
        match self {
            Self::On(branch) | Self::Unborn(branch) => Some(branch),
            Self::Detached(_) => None,
        }
    }
}

/// The working trees that have `branch` checked out.
///
/// # Errors
/// When one of them is in the middle of rebasing it: Git moves the branch at the end
/// then, and fails if somebody else did meanwhile.
pub(super) fn with_branch(
    repo: &Repository,
    branch: &str,
) -> Result<Vec<Repository>, RepositoryError> {
    let name = of_branch(branch);
    let mut found = all(repo)?;
    if let Some(tree) = found.iter().find(|tree| is_rebasing(tree, &name)) {
        return Err(Place::found(
            format!("could not move `{branch}`"),
            format!("it is being rebased in `{}`", Place::of(tree).name()),
        ));
    }
    found.retain(|tree| {
        tree.find_reference("HEAD")
            .is_ok_and(|head| head.symbolic_target_bytes() == Some(name.as_bytes()))
    });
    match found.iter().find(|tree| !has_its_files(tree)) {
        Some(tree) => Err(Place::found(
            format!("could not move `{branch}`"),
            format!(
                "it is checked out in a folder that `{}` does not name; promote from that folder",
                tree.path().display()
            ),
        )),
        None => Ok(found),
    }
}

/// Whether the folder that a repository takes for its working tree is one of it: for a separate
/// `.git` folder it is a guess.
fn has_its_files(tree: &Repository) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    let there = tree
        .workdir()
        .and_then(|folder| Repository::open(folder).ok());
    there.is_some_and(|there| real(there.path()) == real(tree.path()))
}

fn is_rebasing(tree: &Repository, name: &str) -> bool {
    ["rebase-merge", "rebase-apply"].iter().any(|kind| {
        let file = tree.path().join(kind).join("head-name");
        std::fs::read_to_string(file).is_ok_and(|text| text.trim_end() == name)
    })
}

/// All working trees: the main one and the linked ones.
fn all(repo: &Repository) -> Result<Vec<Repository>, RepositoryError> {
    let place = Place::of(repo);
    let mut found = Vec::new();
    let main = Repository::open(repo.commondir())
        .map_err(place.fault("could not open the main repository"))?;
    let names = (main.worktrees()).map_err(place.fault("could not list the worktrees"))?;
    for name in names.iter_bytes() {
        let linked = std::str::from_utf8(name)
            .ok()
            .and_then(|name| main.find_worktree(name).ok())
            // One whose folder is gone has no files to move.
            .filter(|linked| linked.validate().is_ok());
        if let Some(linked) = linked {
            let opened = Repository::open_from_worktree(&linked)
                .map_err(place.fault("could not open a worktree"))?;
            found.push(opened);
        }
    }
    found.iter().chain([&main]).try_for_each(inherited::heed)?;
    match repo.workdir() {
        // Whoever is in it knows best where it is.
        Some(folder) if !repo.is_worktree() => {
            let main =
                Repository::open(folder).map_err(place.fault("could not open the working tree"))?;
            inherited::heed(&main)?;
            found.push(main);
        }
        _ if !main.is_bare() => found.push(main),
        _ => {}
    }
    Ok(found)
}

/// Lets one promotion at a time touch the working trees of a repository.
///
/// # Why
///
/// libgit2 reads the index, changes it, and takes Git's `index.lock` only for
/// writing, so two promotions at once could lose each other's entries. This
/// lock is the system's own, on the repository's folder: it leaves no file
/// behind and ends with the process, however that ends.
pub(super) fn lock(repo: &Repository) -> Result<Option<File>, RepositoryError> {
    if cfg!(windows) {
        return Ok(None);
    }
    let place = Place::of(repo);
    let folder = File::open(repo.commondir()).map_err(place.io_fault("could not lock"))?;
    // A file system without locks is no reason to stop.
    Ok(folder.lock().is_ok().then_some(folder))
}
