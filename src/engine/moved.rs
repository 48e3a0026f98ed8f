//! Finds files again that commits moved to other paths.
//!
//! # Why
//!
//! A commit names its files by the paths of its time. People move applications, and what was promoted before
//! can still be wanted: to revert it, or to go back to a version.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::domain::{CommitId, RepoPath};
use crate::port::{ChangedFile, History, PastCommit, Rename, RepositoryError, Snapshot, Walk};

/// How many commits that touch the files are looked at.
pub(super) const MOST_COMMITS: usize = 2_000;

/// How often files are followed to other paths; each time starts a new walk.
pub(super) const MOST_RENAMES: usize = 20;

/// The paths in the newest commit of files that it lacks at their paths after the commit `since`; those that
/// were deleted are missing.
pub(super) fn present_paths(
    history: &dyn History,
    newest: &dyn Snapshot,
    since: CommitId,
    paths: &[RepoPath],
) -> Result<HashMap<RepoPath, RepoPath>, RepositoryError> {
    let mut found = HashMap::new();
    // The path of each file after a commit, with its path after `since`.
    let all = paths.iter().map(|path| (path.clone(), path.clone()));
    let mut open: BTreeMap<CommitId, HashMap<RepoPath, RepoPath>> =
        BTreeMap::from([(since, all.collect())]);
    for _ in 0..=MOST_RENAMES {
        let mut moved: BTreeMap<CommitId, HashMap<RepoPath, RepoPath>> = BTreeMap::new();
        for (since, files) in open {
            let walk = (newest.commit(), Some(since));
            // The file ends with its first deletion; what has its path later is another one.
            let mut paths: Vec<RepoPath> = files.keys().cloned().collect();
            paths.sort();
            let ends = commits(history, walk, &paths, Which::Oldest(&|c| c.after.is_none()))?;
            for (path, original) in files {
                if let Some(commit) = ends.get(&path) {
                    let renames = history.renames(commit)?;
                    let rename = renames.into_iter().find(|rename| rename.old == path);
                    if let Some(Rename { new, .. }) = rename {
                        moved.entry(commit.id).or_default().insert(new, original);
                    }
                } else if path != original && newest.entry_at(path.as_str())?.is_some() {
                    found.insert(original, path);
                }
            }
        }
        if moved.is_empty() {
            break;
        }
        open = moved;
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
    let mut place = (from, path.clone());
    for _ in 0..MOST_RENAMES {
        let (from, path) = place;
        let walk = (from, Some(older.commit()));
        // The file begins with its last creation.
        let begins = commits(
            history,
            walk,
            std::slice::from_ref(&path),
            Which::Newest(&|c| c.before.is_none()),
        )?;
        let Some(commit) = begins.get(&path) else {
            return Ok(None);
        };
        let mut renames = history.renames(commit)?.into_iter();
        let rename = renames.find(|rename| rename.new == path);
        let (Some(Rename { old, .. }), Some(parent)) = (rename, commit.parent) else {
            return Ok(None);
        };
        if older.entry_at(old.as_str())?.is_some() {
            return Ok(Some(old));
        }
        place = (parent, old);
    }
    Ok(None)
}

/// Which of the commits that change a file so.
#[derive(Clone, Copy)]
enum Which<'a> {
    Newest(&'a dyn Fn(&ChangedFile) -> bool),
    Oldest(&'a dyn Fn(&ChangedFile) -> bool),
}

/// The commit of each file that changes it so, from a commit back to what `except` has.
fn commits(
    history: &dyn History,
    (from, except): (CommitId, Option<CommitId>),
    paths: &[RepoPath],
    which: Which<'_>,
) -> Result<HashMap<RepoPath, Rc<PastCommit>>, RepositoryError> {
    let walk = Walk {
        from,
        paths,
        limit: MOST_COMMITS,
        except,
    };
    let mut found: HashMap<RepoPath, Rc<PastCommit>> = HashMap::new();
    history.walk(&walk, &mut |commit| {
        let commit = Rc::new(commit);
        for change in &commit.changes {
            let Some(path) = change.path.as_ref() else {
                continue;
            };
            match which {
                Which::Newest(is_it) if is_it(change) => {
                    found
                        .entry(path.clone())
                        .or_insert_with(|| Rc::clone(&commit));
                }
                Which::Oldest(is_it) if is_it(change) => {
                    found.insert(path.clone(), Rc::clone(&commit));
                }
                Which::Newest(_) | Which::Oldest(_) => {}
            }
        }
        match which {
            Which::Newest(_) if found.len() == paths.len() => ControlFlow::Break(()),
            Which::Newest(_) | Which::Oldest(_) => ControlFlow::Continue(()),
        }
    })?;
    Ok(found)
}
