//! The commits with which a merge changed the source's file.
//!
//! # Why
//!
//! A version comes with what the same commit changed. A merge may bring many unrelated commits, so each
//! of them counts as one, if together they make the merge's change.

use super::take::Step;
use crate::domain::RepoPath;
use crate::inventory::FileObject;
use crate::port::{FoundCommit, Repository, RepositoryError};

/// The changes of a file by the commits that a merge brought, newest first; `None` if the merge made
/// another change than they did, or the file was changed on several branches.
pub(super) fn steps<'c>(
    repository: &dyn Repository,
    merged: &'c [FoundCommit],
    path: &RepoPath,
    whole: Step,
) -> Result<Option<Vec<(&'c FoundCommit, Step)>>, RepositoryError> {
    let state = |commit: &FoundCommit, at: usize| -> Result<Option<FileObject>, RepositoryError> {
        let id = if at == 0 {
            Some(&commit.id)
        } else {
            commit.parents.first()
        };
        let Some(snapshot) = id.and_then(|id| repository.snapshot(*id).ok()) else {
            return Ok(None);
        };
        Ok(snapshot.entry_at(path.as_str())?.map(FileObject::from))
    };
    let mut steps = Vec::new();
    let mut expected = whole.after;
    for commit in merged.iter().filter(|commit| commit.parents.len() == 1) {
        let after = state(commit, 0)?;
        let before = state(commit, 1)?;
        if before == after {
            continue;
        }
        if after != expected {
            return Ok(None);
        }
        steps.push((commit, Step { before, after }));
        expected = before;
    }
    Ok((expected == whole.before && steps.len() > 1).then_some(steps))
}
