//! Follows pairs of files through the commits of a branch.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

use super::places::Places;
use super::take::{Step, passed_over};
use super::{Past, TAKES, Take};
use crate::domain::{CommitId, Naming, RepoPath};
use crate::engine::compare::{Commits, Versions};
use crate::inventory::{FileObject, FilePair};
use crate::port::{ChangedFile, History, PastCommit, RepositoryError, Snapshot, Walk};

/// How many commits that touch the files are looked at.
const LIMIT: usize = 2_000;

/// Reads what the history of the branch at `tip` shows about pairs of files that both sides have.
pub(in crate::engine) fn read_pasts(
    history: &dyn History,
    commits: Commits<'_>,
    naming: &Naming,
    pairs: &[&FilePair],
) -> Result<Vec<Past>, RepositoryError> {
    let blobs = commits.target;
    let is_one = commits.source.commit() == blobs.commit();
    let follow = |pair| -> Result<Followed<'_>, RepositoryError> {
        let mut followed = Followed::new(pair);
        if !is_one && let Some(path) = &followed.paths[SOURCE] {
            followed.now[SOURCE] = blobs.entry_at(path.as_str())?.map(FileObject::from);
        }
        Ok(followed)
    };
    let mut walker = Walker {
        history,
        blobs,
        naming,
        followed: pairs
            .iter()
            .copied()
            .map(follow)
            .collect::<Result<_, _>>()?,
        moved: Vec::new(),
    };
    let mut left = LIMIT;
    let mut next = Some((blobs.commit(), (0..pairs.len()).collect::<Vec<_>>()));
    while let Some((from, indexes)) = next {
        let mut open = Open::new(&walker.followed, &indexes);
        let paths = open.paths();
        let walk = Walk {
            from,
            paths: &paths,
            limit: left,
        };
        let mut fault = None;
        history.walk(&walk, &mut |commit| {
            left = left.saturating_sub(1);
            fault = walker.visit(&commit, &mut open).err();
            match fault.is_some() || open.is_empty() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })?;
        if let Some(fault) = fault {
            return Err(fault);
        }
        next = walker.moved.pop().map(|(from, index)| (from, vec![index]));
    }
    Ok(walker.followed.into_iter().map(|f| f.past).collect())
}

/// A pair of files on its way to the past.
struct Followed<'p> {
    pair: &'p FilePair,
    paths: [Option<RepoPath>; 2],
    /// Source and target after the next commit to be visited.
    now: [Option<FileObject>; 2],
    past: Past,
}

/// The side of a pair.
const SOURCE: usize = 0;
const TARGET: usize = 1;

impl<'p> Followed<'p> {
    fn new(pair: &'p FilePair) -> Self {
        Self {
            pair,
            paths: [pair.source_path.clone(), Some(pair.path.clone())],
            now: [pair.source, pair.target],
            past: Past::default(),
        }
    }
}

/// The paths that are still followed, each with the pairs and sides that it belongs to.
struct Open {
    paths: HashMap<RepoPath, Vec<(usize, usize)>>,
}

impl Open {
    fn new(all: &[Followed<'_>], followed: &[usize]) -> Self {
        let mut paths: HashMap<RepoPath, Vec<(usize, usize)>> = HashMap::new();
        for index in followed {
            for (side, path) in all[*index].paths.iter().enumerate() {
                if let Some(path) = path {
                    paths.entry(path.clone()).or_default().push((*index, side));
                }
            }
        }
        Self { paths }
    }

    fn paths(&self) -> Vec<RepoPath> {
        let mut paths: Vec<RepoPath> = self.paths.keys().cloned().collect();
        paths.sort();
        paths
    }

    fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    fn close(&mut self, index: usize) {
        for users in self.paths.values_mut() {
            users.retain(|(user, _)| *user != index);
        }
        self.paths.retain(|_, users| !users.is_empty());
    }
}

struct Walker<'a, 'p> {
    history: &'a dyn History,
    blobs: &'a dyn Snapshot,
    naming: &'a Naming,
    followed: Vec<Followed<'p>>,
    /// Pairs whose files have other paths in this commit and before it.
    moved: Vec<(CommitId, usize)>,
}

impl Walker<'_, '_> {
    fn visit(&mut self, commit: &PastCommit, open: &mut Open) -> Result<(), RepositoryError> {
        let mut touched: BTreeMap<usize, [Option<&ChangedFile>; 2]> = BTreeMap::new();
        for change in &commit.changes {
            let Some(path) = &change.path else { continue };
            for (index, side) in open.paths.get(path).into_iter().flatten() {
                touched.entry(*index).or_default()[*side] = Some(change);
            }
        }
        for (index, changes) in touched {
            match self.step(commit, index, changes)? {
                Next::Older => {}
                Next::Settled => open.close(index),
                Next::Moved => {
                    open.close(index);
                    self.moved
                        .extend(commit.parent.map(|parent| (parent, index)));
                }
            }
        }
        Ok(())
    }

    /// Goes one commit back with a pair.
    fn step(
        &mut self,
        commit: &PastCommit,
        index: usize,
        changes: [Option<&ChangedFile>; 2],
    ) -> Result<Next, RepositoryError> {
        let followed = &mut self.followed[index];
        let after = followed.now;
        let mut before = after;
        for side in [SOURCE, TARGET] {
            if let Some(change) = changes[side] {
                before[side] = change.before.map(FileObject::from);
            }
        }
        let mut is_moved = false;
        if [SOURCE, TARGET]
            .iter()
            .any(|side| before[*side].is_none() && after[*side].is_some())
        {
            for rename in self.history.renames(commit)? {
                for side in [SOURCE, TARGET] {
                    if followed.paths[side].as_ref() == Some(&rename.new) {
                        before[side] = Some(rename.before.into());
                        followed.paths[side] = Some(rename.old.clone());
                        is_moved = true;
                    }
                }
            }
        }
        followed.now = before;
        let versions = Versions {
            pair: followed.pair,
            blobs: self.blobs,
            naming: self.naming,
        };
        let step = Step {
            source: [before[SOURCE], after[SOURCE]],
            target: [before[TARGET], after[TARGET]],
        };
        if changes[TARGET].is_some()
            && let Some(passed_over) = passed_over(&step, &versions)?
        {
            followed.past.takes.push(Take {
                commit: commit.id,
                source: after[SOURCE],
                passed_over,
            });
        } else if let (true, [Some(old), Some(new)]) = (followed.past.takes.is_empty(), step.source)
            && old != new
        {
            let changed = versions.source_changes(old, new)?.unwrap_or_default();
            followed.past.since.push(Places::of(&changed, self.naming));
        }
        Ok(match (followed.past.takes.len(), before[TARGET]) {
            (TAKES, _) | (_, None) => Next::Settled,
            _ if is_moved => Next::Moved,
            _ => Next::Older,
        })
    }
}

/// How the walk goes on with a pair.
enum Next {
    Older,
    Settled,
    Moved,
}
