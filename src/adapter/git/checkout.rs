//! Moving the files of one working tree from one commit to the next.
//!
//! Only the files that differ between the two commits are looked at. Each of
//! them, in the index and on the disk, must hold what one of the two commits
//! has; anything else is the user's own work and stops the promotion.

use std::collections::BTreeSet;

use git2::build::CheckoutBuilder;
use git2::{AttrCheckFlags, DiffOptions, ErrorCode, Oid, Repository, Tree};

use super::fault::{Place, shown};
use super::paths::{from_bytes, show};
use crate::port::RepositoryError;

/// A working tree whose files are about to move.
pub(super) struct Checkout {
    repo: Repository,
    branch: String,
    new: Oid,
    /// Files that have the old content: to be written or removed.
    write: Vec<Vec<u8>>,
    /// Files that need an index entry only.
    index: Vec<Vec<u8>>,
}

/// A file as an index or a tree has it.
type Entry = Option<(Oid, u32)>;

impl Checkout {
    /// Looks whether the files can be moved from commit `old` to commit `new`.
    pub(super) fn prepare(
        repo: Repository,
        branch: &str,
        old: Oid,
        new: Oid,
    ) -> Result<Self, RepositoryError> {
        let place = Place::of(&repo);
        let lock = repo.path().join("index.lock");
        if lock.exists() {
            return Err(Place::found(
                "could not change the index",
                format!(
                    "`{}` exists: another Git command is running, or one was killed",
                    shown(&lock)
                ),
            ));
        }
        let (write, index) = {
            let (old, new) = (tree(&repo, old)?, tree(&repo, new)?);
            let paths = changed(&repo, &old, &new)?;
            filters_known(&repo, &paths)?;
            let unlike_old = unlike(&repo, &old, &paths)?;
            let unlike_new = unlike(&repo, &new, &paths)?;
            let index = (repo.index()).map_err(place.fault("could not read the index"))?;
            let (mut write, mut only, mut dirty) = (Vec::new(), Vec::new(), Vec::new());
            for path in paths {
                let staged = index
                    .get_path(&from_bytes(&path), 0)
                    .map(|entry| (entry.id, entry.mode));
                let known = [entry(&old, &path), entry(&new, &path)].contains(&staged);
                if known && !unlike_new.contains(&path) {
                    only.push(path);
                } else if known && !unlike_old.contains(&path) {
                    write.push(path);
                } else {
                    dirty.push(show(&path));
                }
            }
            if !dirty.is_empty() {
                return Err(RepositoryError::Dirty {
                    branch: branch.to_owned(),
                    paths: dirty,
                });
            }
            (write, only)
        };
        Ok(Self {
            branch: branch.to_owned(),
            new,
            write,
            index,
            repo,
        })
    }

    /// Writes the files, then the index.
    pub(super) fn apply(&self) -> Result<(), RepositoryError> {
        let place = Place::of(&self.repo);
        if !self.write.is_empty() {
            let mut conflicts = Vec::new();
            let mut options = CheckoutBuilder::new();
            options
                .safe()
                .disable_pathspec_match(true)
                .notify_on(git2::CheckoutNotificationType::CONFLICT)
                .notify(|_, path, _, _, _| {
                    conflicts.extend(path.map(shown));
                    true
                });
            for path in &self.write {
                options.path(path.as_slice());
            }
            let new = tree(&self.repo, self.new)?;
            let done = self.repo.checkout_tree(new.as_object(), Some(&mut options));
            drop(options);
            match done {
                Err(e) if e.code() == ErrorCode::Conflict => {
                    return Err(RepositoryError::Dirty {
                        branch: self.branch.clone(),
                        paths: conflicts,
                    });
                }
                done => done.map_err(place.fault("could not write the checked-out files"))?,
            }
        }
        self.stage()
    }

    /// Sets the files that were written to what the branch holds now.
    pub(super) fn undo(&self) -> Result<(), RepositoryError> {
        let place = Place::of(&self.repo);
        let paths: BTreeSet<_> = self.write.iter().cloned().collect();
        let unlike_new = unlike(&self.repo, &tree(&self.repo, self.new)?, &paths)?;
        let mut written = paths.difference(&unlike_new).peekable();
        if written.peek().is_none() {
            return Ok(());
        }
        let mut options = CheckoutBuilder::new();
        options
            .force()
            .remove_untracked(true)
            .disable_pathspec_match(true);
        for path in written {
            options.path(path.as_slice());
        }
        self.repo
            .checkout_head(Some(&mut options))
            .map_err(place.fault("could not set the checked-out files back"))
    }

    /// Brings the index entries of files that needed no writing up to date.
    fn stage(&self) -> Result<(), RepositoryError> {
        if self.index.is_empty() {
            return Ok(());
        }
        let place = Place::of(&self.repo);
        let fault = || place.fault("could not write the index");
        let new = tree(&self.repo, self.new)?;
        let mut index = self.repo.index().map_err(fault())?;
        for path in &self.index {
            let name = from_bytes(path);
            match entry(&new, path) {
                Some(_) => index.add_path(&name).map_err(fault())?,
                None if index.get_path(&name, 0).is_none() => {}
                None => index.remove(&name, 0).map_err(fault())?,
            }
        }
        index.write().map_err(fault())
    }
}

/// The paths of the files that two trees have differently.
fn changed(
    repo: &Repository,
    old: &Tree<'_>,
    new: &Tree<'_>,
) -> Result<BTreeSet<Vec<u8>>, RepositoryError> {
    let diff = repo
        .diff_tree_to_tree(Some(old), Some(new), None)
        .map_err(Place::of(repo).fault("could not compare two commits"))?;
    Ok(diff
        .deltas()
        .flat_map(|d| [d.old_file().path_bytes(), d.new_file().path_bytes()])
        .flatten()
        .map(<[u8]>::to_vec)
        .collect())
}

/// Those of `paths` where the disk does not hold what `tree` has.
fn unlike(
    repo: &Repository,
    tree: &Tree<'_>,
    paths: &BTreeSet<Vec<u8>>,
) -> Result<BTreeSet<Vec<u8>>, RepositoryError> {
    if paths.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut options = DiffOptions::new();
    options
        .disable_pathspec_match(true)
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .include_ignored(true)
        .recurse_ignored_dirs(true)
        .include_typechange(true);
    for path in paths {
        options.pathspec(path.as_slice());
    }
    let diff = repo
        .diff_tree_to_workdir(Some(tree), Some(&mut options))
        .map_err(Place::of(repo).fault("could not read the checked-out files"))?;
    let found: Vec<_> = diff
        .deltas()
        .flat_map(|d| [d.old_file().path_bytes(), d.new_file().path_bytes()])
        .flatten()
        .map(<[u8]>::to_vec)
        .collect();
    // A directory with files stands in the way of a file of its name.
    let at_or_below = |path: &[u8], found: &[u8]| {
        found
            .strip_prefix(path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
    };
    Ok(paths
        .iter()
        .filter(|path| found.iter().any(|found| at_or_below(path, found)))
        .cloned()
        .collect())
}

/// Refuses files that a filter program would have to write.
fn filters_known(repo: &Repository, paths: &BTreeSet<Vec<u8>>) -> Result<(), RepositoryError> {
    let place = Place::of(repo);
    let config = (repo.config()).map_err(place.fault("could not read the configuration"))?;
    for path in paths {
        let filter = repo
            .get_attr_bytes(&from_bytes(path), "filter", AttrCheckFlags::FILE_THEN_INDEX)
            .map_err(place.fault("could not read the attributes"))?
            .map(String::from_utf8_lossy);
        let Some(filter) = filter else { continue };
        let set = |what: &str| config.get_entry(&format!("filter.{filter}.{what}")).is_ok();
        if set("smudge") || set("clean") || set("process") {
            return Err(RepositoryError::Unsupported {
                path: place.name(),
                feature: format!("the filter program `{filter}` for `{}`", show(path)),
            });
        }
    }
    Ok(())
}

fn tree(repo: &Repository, commit: Oid) -> Result<Tree<'_>, RepositoryError> {
    repo.find_commit(commit)
        .and_then(|commit| commit.tree())
        .map_err(Place::of(repo).fault(format!("could not read commit `{commit}`")))
}

fn entry(tree: &Tree<'_>, path: &[u8]) -> Entry {
    let found = tree.get_path(&from_bytes(path)).ok()?;
    let mode = u32::try_from(found.filemode()).ok()?;
    (mode != 0o40_000).then(|| (found.id(), mode))
}
