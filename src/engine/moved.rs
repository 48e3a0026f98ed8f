//! Finds files again that commits moved to other paths.
//!
//! # Why
//!
//! A commit names its files by the paths of its time. People move applications, and what was promoted before
//! can still be wanted: to revert it, or to go back to a version.

use std::collections::HashMap;
use std::ops::ControlFlow;

use crate::domain::{CommitId, RepoPath};
use crate::port::{ChangedFile, History, PastCommit, Rename, RepositoryError, Snapshot, Walk};

/// How many commits that touch the files are looked at.
const LIMIT: usize = 2_000;

/// How often files are followed to other paths; each time starts a new walk.
pub(super) const MOST_RENAMES: usize = 20;

/// Which way files are followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// To the paths after renames.
    Newer,
    /// To the paths before renames.
    Older,
}

/// The paths in the newest commit of files that it lacks at their paths after the commit `since`; those that
/// were deleted are missing.
pub(super) fn present_paths(
    history: &dyn History,
    newest: &dyn Snapshot,
    since: CommitId,
    paths: &[RepoPath],
) -> Result<HashMap<RepoPath, RepoPath>, RepositoryError> {
    let mut found = HashMap::new();
    let mut open: HashMap<RepoPath, RepoPath> =
        paths.iter().map(|p| (p.clone(), p.clone())).collect();
    for _ in 0..MOST_RENAMES {
        if open.is_empty() {
            break;
        }
        let walk = (newest.commit(), Some(since));
        for (path, original) in renamed(history, walk, std::mem::take(&mut open), Direction::Newer)?
        {
            if newest.entry_at(path.as_str())?.is_some() {
                found.insert(original, path);
            } else {
                open.insert(path, original);
            }
        }
    }
    Ok(found)
}

/// The path that a file of the commit `from` has in an older commit; `None` if that does not have it.
pub(super) fn older_path(
    history: &dyn History,
    from: CommitId,
    path: &RepoPath,
    older: &dyn Snapshot,
) -> Result<Option<RepoPath>, RepositoryError> {
    let mut path = path.clone();
    for _ in 0..MOST_RENAMES {
        let open = HashMap::from([(path.clone(), path)]);
        let walk = (from, Some(older.commit()));
        let Some((renamed, _)) = renamed(history, walk, open, Direction::Older)?.pop() else {
            return Ok(None);
        };
        if older.entry_at(renamed.as_str())?.is_some() {
            return Ok(Some(renamed));
        }
        path = renamed;
    }
    Ok(None)
}

/// Follows each open path over the newest rename of its file; also returns what it was opened for.
fn renamed(
    history: &dyn History,
    (from, except): (CommitId, Option<CommitId>),
    mut open: HashMap<RepoPath, RepoPath>,
    direction: Direction,
) -> Result<Vec<(RepoPath, RepoPath)>, RepositoryError> {
    let mut paths: Vec<RepoPath> = open.keys().cloned().collect();
    paths.sort();
    let walk = Walk {
        from,
        paths: &paths,
        limit: LIMIT,
        except,
    };
    let mut found = Vec::new();
    let mut visit = |commit: &PastCommit| -> Result<ControlFlow<()>, RepositoryError> {
        let is_end = |change: &&ChangedFile| match direction {
            Direction::Newer => change.after.is_none(),
            Direction::Older => change.before.is_none(),
        };
        let ends = commit.changes.iter().filter(is_end);
        let ends: Vec<&RepoPath> = ends.filter_map(|change| change.path.as_ref()).collect();
        if ends.iter().any(|path| open.contains_key(*path)) {
            let renames = history.renames(commit)?;
            for path in ends {
                let Some(original) = open.remove(path) else {
                    continue;
                };
                let other = renames
                    .iter()
                    .find_map(|rename| other_path(rename, path, direction));
                found.extend(other.map(|other| (other.clone(), original)));
            }
        }
        Ok(if open.is_empty() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    };
    let mut fault = None;
    history.walk(&walk, &mut |commit| match visit(&commit) {
        Ok(next) => next,
        Err(error) => {
            fault = Some(error);
            ControlFlow::Break(())
        }
    })?;
    fault.map_or(Ok(found), Err)
}

/// The path on the other side of a rename of this one.
fn other_path<'r>(
    rename: &'r Rename,
    path: &RepoPath,
    direction: Direction,
) -> Option<&'r RepoPath> {
    let (this, other) = match direction {
        Direction::Newer => (&rename.old, &rename.new),
        Direction::Older => (&rename.new, &rename.old),
    };
    (this == path).then_some(other)
}
