//! Moving the files of one working tree from one commit to the next.
//!
//! Only the files that differ between the two commits are looked at. Each of
//! them, in the index and on the disk, must hold what one of the two commits
//! has; anything else is the user's own work and stops the promotion.

use std::collections::BTreeSet;

use git2::{Oid, Repository, Tree};

use super::compare::{changed, entry, filters_known, tree, unlike};
use super::fault::{Place, shown};
use super::paths::{from_bytes, show};
use super::racy;
use super::ready::{Put, Ready, bar, sweep, top};
use super::sparse::Sparse;
use super::staged;
use crate::port::RepositoryError;

/// A working tree whose files are about to move.
pub(super) struct Checkout {
    repo: Repository,
    branch: String,
    old: Oid,
    new: Oid,
    /// Files that have the old content: to be written or removed.
    write: Vec<Vec<u8>>,
    /// Files that have the new content: they need an index entry only.
    stage: Vec<Vec<u8>>,
    /// Files that a sparse checkout leaves out: their entries move, the disk is left alone.
    absent: Vec<Vec<u8>>,
}

impl Checkout {
    /// Looks whether the files can be moved from commit `old` to commit `new`.
    pub(super) fn prepare(
        repo: Repository,
        branch: &str,
        old: Oid,
        new: Oid,
    ) -> Result<Self, RepositoryError> {
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
        let mut checkout = Self {
            branch: branch.to_owned(),
            old,
            new,
            write: Vec::new(),
            stage: Vec::new(),
            absent: Vec::new(),
            repo,
        };
        let dirty = checkout.sort_out()?;
        if dirty.is_empty() {
            return Ok(checkout);
        }
        Err(RepositoryError::Dirty {
            branch: branch.to_owned(),
            paths: dirty.into_iter().collect(),
        })
    }

    /// Removes what killed runs left; only for whoever has the lock, so that nobody needs it.
    pub(super) fn sweep(&self) {
        sweep(self.repo.path());
    }

    /// Puts each changed file where it belongs; gives those that are the user's own work.
    fn sort_out(&mut self) -> Result<BTreeSet<String>, RepositoryError> {
        let repo = &self.repo;
        let (old, new) = (tree(repo, self.old)?, tree(repo, self.new)?);
        let paths = changed(repo, &old, &new)?;
        filters_known(repo, &paths)?;
        let unlike_old = unlike(repo, &old, &paths)?;
        let unlike_new = unlike(repo, &new, &paths)?;
        let top = top(repo)?;
        let fault = Place::of(repo).fault("could not read the index");
        let index = repo.index().map_err(fault)?;
        let sparse = Sparse::read(repo);
        let mut dirty = BTreeSet::new();
        // A file that becomes a folder is no bar; it is looked at by itself.
        let files: BTreeSet<_> = paths.iter().map(|path| from_bytes(path)).collect();
        for path in paths {
            let file = from_bytes(&path);
            let staged = index.get_path(&file, 0);
            if let Some(bar) = bar(top, &file).filter(|bar| !files.contains(bar)) {
                dirty.insert(shown(&bar));
                continue;
            }
            let on_disk = top.join(&file).symlink_metadata().is_ok();
            let left_out = !on_disk && sparse.leaves_out(&index, &path, staged.as_ref());
            let staged = staged.map(|entry| (entry.id, entry.mode));
            let list = if ![entry(&old, &path), entry(&new, &path)].contains(&staged) {
                dirty.insert(show(&path));
                continue;
            } else if left_out {
                &mut self.absent
            } else if !unlike_new.contains(&path) {
                &mut self.stage
            } else if !unlike_old.contains(&path) {
                &mut self.write
            } else {
                dirty.insert(show(&path));
                continue;
            };
            list.push(path);
        }
        Ok(dirty)
    }

    /// Writes the files, then the index.
    pub(super) fn apply(&self) -> Result<(), RepositoryError> {
        let new = tree(&self.repo, self.new)?;
        let ready = Ready::make(&self.repo, &new, &self.write)?;
        // As late as can be: what somebody writes from here on is overwritten.
        let paths = self.write.iter().cloned().collect();
        let dirty = unlike(&self.repo, &tree(&self.repo, self.old)?, &paths)?;
        if !dirty.is_empty() {
            return Err(RepositoryError::Dirty {
                branch: self.branch.clone(),
                paths: dirty.iter().map(|path| show(path)).collect(),
            });
        }
        let put = ready.put()?;
        for paths in [&self.write, &self.stage, &self.absent] {
            self.set_entries(&new, paths, &put)?;
        }
        Ok(())
    }

    /// Sets the files that were written to what the branch holds now.
    pub(super) fn undo(&self) -> Result<(), RepositoryError> {
        let fault = || Place::of(&self.repo).fault("could not set the checked-out files back");
        let head = self.repo.head().and_then(|head| head.peel_to_tree());
        let head = head.map_err(fault())?;
        self.set_entries(&head, &self.absent, &Put::new())?;
        let paths: BTreeSet<_> = self.write.iter().cloned().collect();
        let unlike_new = unlike(&self.repo, &tree(&self.repo, self.new)?, &paths)?;
        let written: Vec<_> = paths.difference(&unlike_new).cloned().collect();
        if written.is_empty() {
            return Ok(());
        }
        let put = Ready::make(&self.repo, &head, &written)?.put()?;
        self.set_entries(&head, &written, &put)
    }

    /// Brings index entries to what `tree`, and by now the disk, has.
    fn set_entries(
        &self,
        tree: &Tree<'_>,
        paths: &[Vec<u8>],
        put: &Put,
    ) -> Result<(), RepositoryError> {
        if paths.is_empty() {
            return Ok(());
        }
        let fault = || Place::of(&self.repo).fault("could not write the index");
        let top = top(&self.repo)?;
        let mut index = self.repo.index().map_err(fault())?;
        for path in paths {
            let name = from_bytes(path);
            let old = index.get_path(&name, 0);
            match (entry(tree, path), old) {
                (Some(file), old) if self.absent.contains(path) => {
                    let entry = staged::left_out(path, file, old);
                    index.add(&entry).map_err(fault())?;
                }
                (Some(file), _) => {
                    let now = top.join(&name).symlink_metadata().ok();
                    let entry = staged::entry(path, file, put.get(path), now.as_ref());
                    index.add(&entry).map_err(fault())?;
                }
                (None, Some(_)) => index.remove(&name, 0).map_err(fault())?,
                (None, None) => {}
            }
        }
        racy::unhide(&mut index, top).map_err(fault())?;
        index.write().map_err(fault())
    }
}
