//! The commits with which a merge changed the source's file.
//!
//! # Why
//!
//! A version comes with what the same commit changed. A merge may bring many unrelated commits, so each
//! of them counts as one, if together they make the merge's change.

use super::take::Step;
use crate::domain::{CommitId, RepoPath};
use crate::inventory::FileObject;
use crate::plan::SourceChange;
use crate::port::{FoundCommit, PastCommit, Repository, RepositoryError};

/// The changes of the source's file by a commit: a merge counts as the commits that it brought.
pub(super) fn changes(
    repository: &dyn Repository,
    commit: &PastCommit,
    merged: &[FoundCommit],
    path: Option<&RepoPath>,
    whole: Step,
) -> Result<Vec<(SourceChange, Step)>, RepositoryError> {
    let steps = match path.filter(|_| !merged.is_empty()) {
        Some(path) => steps(repository, merged, path, whole)?,
        None => None,
    };
    let Some(steps) = steps else {
        let change = source_change(commit.id, commit.time, &commit.message);
        return Ok(vec![(change, whole)]);
    };
    let change = |commit: &FoundCommit| source_change(commit.id, commit.time, &commit.message);
    let steps = steps.into_iter();
    Ok(steps.map(|(commit, step)| (change(commit), step)).collect())
}

fn source_change(commit: CommitId, time: i64, message: &str) -> SourceChange {
    let subject = message.lines().next().unwrap_or_default().to_owned();
    SourceChange {
        commit,
        time,
        subject,
    }
}

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
    Ok((expected == whole.before && !steps.is_empty()).then_some(steps))
}
