//! Since when, and by whom, the versions are in their environments.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::reader::Reader;
use super::table::{Since, Status};
use super::versions::Cells;
use crate::domain::{CommitId, RepoPath};
use crate::engine::moved::{MOST_COMMITS, MOST_RENAMES};
use crate::inventory::FileObject;
use crate::port::{ChangedFile, History, PastCommit, Rename, RepositoryError, Walk};

/// A version whose commit is not found yet: its application, its environment, and the versions.
type Open = (usize, usize, Vec<String>);

/// The versions whose commits are not found yet, by the commit in which their file was read and its path.
pub(super) type ByCommit = HashMap<CommitId, HashMap<RepoPath, Vec<Open>>>;

/// A version's application, its environment, and the commit that brought it.
pub(super) type Found = (usize, usize, Since);

/// The versions of a status; `commits` are those in which the environments were read.
pub(super) fn open(
    reader: &Reader<'_>,
    status: &Status,
    commits: &[CommitId],
    cells: &Cells<'_>,
) -> Result<ByCommit, RepositoryError> {
    let mut by_commit = ByCommit::new();
    for (a, application) in status.applications.iter().enumerate() {
        for (e, environment) in application.environments.iter().enumerate() {
            if let Some(file) = environment.as_ref().and_then(|cell| cell.file.as_ref()) {
                let versions = reader.of_file(cells.of(a, e), &file.path, file.object)?;
                let open = by_commit.entry(commits[e]).or_default();
                let cells = open.entry(file.path.clone()).or_default();
                cells.push((a, e, versions));
            }
        }
    }
    Ok(by_commit)
}

/// Finds the newest commit that changed each version, in one walk over all files of a branch, or one more for
/// each commit that renames some of them.
pub(super) fn find(
    history: &dyn History,
    reader: &Reader<'_>,
    by_commit: ByCommit,
    cells: &Cells<'_>,
) -> Result<Vec<Found>, RepositoryError> {
    let mut found = Vec::new();
    for (tip, open) in by_commit {
        let mut search = Search {
            history,
            reader,
            cells,
            open,
            found: &mut found,
            left: MOST_COMMITS,
        };
        let mut from = Some(tip);
        for _ in 0..=MOST_RENAMES {
            match from {
                Some(commit) if !search.open.is_empty() => from = search.walk(commit)?,
                _ => break,
            }
        }
    }
    Ok(found)
}

struct Search<'s> {
    history: &'s dyn History,
    reader: &'s Reader<'s>,
    cells: &'s Cells<'s>,
    open: HashMap<RepoPath, Vec<Open>>,
    found: &'s mut Vec<Found>,
    left: usize,
}

impl Search<'_> {
    /// Walks from a commit; returns where to walk on if files were renamed.
    fn walk(&mut self, from: CommitId) -> Result<Option<CommitId>, RepositoryError> {
        let mut paths: Vec<RepoPath> = self.open.keys().cloned().collect();
        paths.sort();
        let walk = Walk {
            from,
            paths: &paths,
            limit: self.left,
            except: None,
        };
        let mut result = Ok(None);
        let history = self.history;
        history.walk(&walk, &mut |commit| {
            self.left = self.left.saturating_sub(1);
            result = self.visit(&commit);
            match result {
                Ok(None) if !self.open.is_empty() => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            }
        })?;
        result
    }

    /// Looks for versions that the commit changed; returns its parent if it renamed their files.
    fn visit(&mut self, commit: &PastCommit) -> Result<Option<CommitId>, RepositoryError> {
        let history = self.history;
        // Where older commits are missing, the oldest one seems to create everything.
        if commit.parent.is_none() && history.is_shallow() {
            for path in commit
                .changes
                .iter()
                .filter_map(|change| change.path.as_ref())
            {
                self.open.remove(path);
            }
            return Ok(None);
        }
        let is_new = |change: &ChangedFile| {
            let is_open = change
                .path
                .as_ref()
                .is_some_and(|path| self.open.contains_key(path));
            change.before.is_none() && is_open
        };
        let renames = if commit.changes.iter().any(is_new) {
            history.renames(commit)?
        } else {
            Vec::new()
        };
        let mut is_renamed = false;
        for change in &commit.changes {
            let open = change
                .path
                .as_ref()
                .and_then(|path| self.open.remove_entry(path));
            let Some((path, cells)) = open else {
                continue;
            };
            let rename = renames.iter().find(|rename| rename.new == path);
            let left = self.look_before(commit, change, rename, cells)?;
            if !left.is_empty() {
                is_renamed |= rename.is_some();
                let path = rename.map_or(path, |rename| rename.old.clone());
                self.open.entry(path).or_default().extend(left);
            }
        }
        Ok(commit.parent.filter(|_| is_renamed))
    }

    /// Compares versions with those before a commit; returns the ones that were there already.
    fn look_before(
        &mut self,
        commit: &PastCommit,
        change: &ChangedFile,
        rename: Option<&Rename>,
        cells: Vec<Open>,
    ) -> Result<Vec<Open>, RepositoryError> {
        let before = match rename {
            Some(rename) => Some((&rename.old, rename.before)),
            None => change.path.as_ref().zip(change.before),
        };
        let mut left = Vec::new();
        for (a, e, versions) in cells {
            let old = match before {
                Some((path, object)) => {
                    let cell = self.cells.of(a, e);
                    self.reader.of_file(cell, path, FileObject::from(object))?
                }
                None => Vec::new(),
            };
            if old == versions {
                left.push((a, e, versions));
                continue;
            }
            let since = Since {
                commit: commit.id,
                time: commit.time,
                author: commit.author.clone(),
            };
            self.found.push((a, e, since));
        }
        Ok(left)
    }
}
