//! Walks through the commits of a branch with many pairs of files.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::ops::ControlFlow;
use std::rc::Rc;

use super::Past;
use super::both_sides::BothSides;
use super::followed::{Followed, Next};
use super::question::{Question, Visit};
use crate::domain::{CommitId, Naming, RepoPath};
use crate::engine::claims::{Claim, claims};
use crate::engine::compare::{Commits, Versions};
use crate::engine::ports::Ports;
use crate::plan::Record;
use crate::port::{ChangedFile, FoundCommit, PastCommit, RepositoryError, Snapshot, Walk};

/// The commits that histories are read from.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Tips<'a> {
    pub commits: Commits<'a>,
    /// The newest commit of the source's branch.
    pub source_branch: CommitId,
}

/// Reads what the history of the target's commit shows about pairs of files that both sides have;
/// `limit` is how many commits of each pair are looked at.
pub(in crate::engine) fn read_pasts(
    ports: &Ports<'_>,
    tips: Tips<'_>,
    naming: &Naming,
    limit: usize,
    questions: Vec<Question<'_>>,
) -> Result<Vec<Past>, RepositoryError> {
    let followed = questions
        .into_iter()
        .map(|q| Followed::new(q, limit))
        .collect();
    let Tips {
        commits,
        source_branch,
    } = tips;
    let revision = commits.source.commit();
    let is_older =
        revision != source_branch && ports.history.is_ancestor(revision, source_branch)?;
    let mut walker = Walker {
        ports,
        blobs: commits.target,
        naming,
        older_revision: is_older.then_some(revision),
        newer: HashSet::new(),
        reverted: HashMap::new(),
        reverted_ids: HashMap::new(),
        after_source: HashSet::new(),
        of_source: VecDeque::new(),
        source: if is_older { source_branch } else { revision },
        followed,
        visited: 0,
        moved: BTreeMap::new(),
    };
    if is_older {
        walker.begin_at_branch()?;
    }
    if walker.source != commits.target.commit() {
        walker.read_source(commits.target.commit())?;
    }
    let all: Vec<usize> = (0..walker.followed.len()).collect();
    walker.walk(commits.target.commit(), &all)?;
    while let Some((from, indexes)) = walker.moved.pop_first() {
        let paths = OpenPaths::new(&walker.followed, &indexes).sorted();
        walker.read_newer(from, &paths)?;
        walker.walk(from, &indexes)?;
    }
    let followed = walker.followed.into_iter();
    followed
        .map(|followed| followed.into_past(ports.history))
        .collect()
}

/// The side of a pair.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FileSide {
    Source,
    Target,
}

/// The paths that are still followed, each with the pairs and sides that it belongs to.
struct OpenPaths {
    paths: HashMap<RepoPath, Vec<(usize, FileSide)>>,
}

impl OpenPaths {
    fn new(all: &[Followed<'_>], indexes: &[usize]) -> Self {
        let mut paths: HashMap<RepoPath, Vec<(usize, FileSide)>> = HashMap::new();
        for index in indexes {
            let BothSides { source, target } = &all[*index].paths;
            for (side, path) in [(FileSide::Source, source), (FileSide::Target, target)] {
                if let Some(path) = path {
                    paths.entry(path.clone()).or_default().push((*index, side));
                }
            }
        }
        Self { paths }
    }

    fn sorted(&self) -> Vec<RepoPath> {
        let mut paths: Vec<RepoPath> = self.paths.keys().cloned().collect();
        paths.sort();
        paths
    }

    fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    fn close(&mut self, index: usize, paths: &BothSides<Option<RepoPath>>) {
        for path in [&paths.source, &paths.target].into_iter().flatten() {
            if let Some(users) = self.paths.get_mut(path) {
                users.retain(|(user, _)| *user != index);
                if users.is_empty() {
                    self.paths.remove(path);
                }
            }
        }
    }
}

struct Walker<'a> {
    ports: &'a Ports<'a>,
    blobs: &'a dyn Snapshot,
    naming: &'a Naming,
    /// Commits, each with the newer one that reverts it.
    reverted: HashMap<CommitId, CommitId>,
    /// The ids of promotions whose commits are older, each with the commit that reverts it.
    reverted_ids: HashMap<String, CommitId>,
    /// The revision of the source, if its branch has newer commits.
    older_revision: Option<CommitId>,
    /// These newer commits.
    newer: HashSet<CommitId>,
    /// Commits of the target's branch that the source does not have.
    after_source: HashSet<CommitId>,
    /// Commits of the source that the target's branch does not have, newest first.
    of_source: VecDeque<PastCommit>,
    /// The newest of the source's commits that is still to be visited, or the one that it stands on.
    source: CommitId,
    followed: Vec<Followed<'a>>,
    /// How many commits were visited.
    visited: usize,
    /// Pairs whose files have other paths in these commits and before.
    moved: BTreeMap<CommitId, Vec<usize>>,
}

impl Walker<'_> {
    /// Begins the source's history at the newest commit of its branch, not at the older revision.
    ///
    /// # Why
    ///
    /// The target may have taken something from the newer commits. Going back to the revision undoes them.
    fn begin_at_branch(&mut self) -> Result<(), RepositoryError> {
        let newest = self.ports.repository.snapshot(self.source)?;
        for followed in &mut self.followed {
            followed.begin_at_branch(newest.as_ref())?;
        }
        let paths = self.source_paths();
        self.read_newer(self.source, &paths)
    }

    /// Finds the commits before this one, and itself, that an older revision of the source does not have.
    fn read_newer(&mut self, from: CommitId, paths: &[RepoPath]) -> Result<(), RepositoryError> {
        let Some(revision) = self.older_revision else {
            return Ok(());
        };
        let walk = Walk {
            from,
            paths,
            limit: usize::MAX,
            except: Some(revision),
        };
        self.ports.history.walk(&walk, &mut |commit| {
            self.newer.insert(commit.id);
            ControlFlow::Continue(())
        })
    }

    fn source_paths(&self) -> Vec<RepoPath> {
        let sources = self.followed.iter().filter_map(|f| f.paths.source.clone());
        let mut paths: Vec<RepoPath> = sources.collect();
        paths.sort();
        paths.dedup();
        paths
    }

    /// Reads the commits that only one of the source and the target's branch has.
    ///
    /// # Why
    ///
    /// With `--source`, or on a branch of its own, the history of the source's files is that of its commit;
    /// what both share is read with the target's branch.
    fn read_source(&mut self, target: CommitId) -> Result<(), RepositoryError> {
        let source = self.source;
        let paths = OpenPaths::new(
            &self.followed,
            &(0..self.followed.len()).collect::<Vec<_>>(),
        );
        let paths = paths.sorted();
        let walk = Walk {
            from: target,
            paths: &paths,
            limit: usize::MAX,
            except: Some(source),
        };
        self.ports.history.walk(&walk, &mut |commit| {
            self.after_source.insert(commit.id);
            ControlFlow::Continue(())
        })?;
        let walk = Walk {
            from: source,
            paths: &self.source_paths(),
            limit: usize::MAX,
            except: Some(target),
        };
        self.ports.history.walk(&walk, &mut |commit| {
            self.of_source.push_back(commit);
            ControlFlow::Continue(())
        })
    }

    /// Walks back from a commit until these pairs are settled.
    fn walk(&mut self, from: CommitId, indexes: &[usize]) -> Result<(), RepositoryError> {
        let mut open = OpenPaths::new(&self.followed, indexes);
        let paths = open.sorted();
        let walk = Walk {
            from,
            paths: &paths,
            limit: usize::MAX,
            except: None,
        };
        let history = self.ports.history;
        let mut fault = None;
        history.walk(&walk, &mut |commit| {
            fault = self.visit(&commit, &mut open).err();
            if fault.is_some() || open.is_empty() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        match fault {
            Some(fault) => Err(fault),
            None => self.visit_source(&mut open),
        }
    }

    fn visit(&mut self, commit: &PastCommit, open: &mut OpenPaths) -> Result<(), RepositoryError> {
        if self.after_source.contains(&commit.id) {
            // What the source got later was not there for the target to take.
            while self.of_source.front().is_some_and(|c| c.time > commit.time) {
                self.visit_next_of_source(open)?;
            }
            return self.step(commit, open, &[FileSide::Target]);
        }
        self.visit_source(open)?;
        self.step(commit, open, &[FileSide::Source, FileSide::Target])
    }

    /// Visits the commits that only the source's revision has, which are newer than what both share.
    fn visit_source(&mut self, open: &mut OpenPaths) -> Result<(), RepositoryError> {
        while !self.of_source.is_empty() {
            self.visit_next_of_source(open)?;
        }
        Ok(())
    }

    fn visit_next_of_source(&mut self, open: &mut OpenPaths) -> Result<(), RepositoryError> {
        if let Some(commit) = self.of_source.pop_front() {
            self.step(&commit, open, &[FileSide::Source])?;
            self.source = commit.parent.unwrap_or(commit.id);
        }
        Ok(())
    }

    /// Goes one commit back with all pairs that it changed on these sides.
    fn step(
        &mut self,
        commit: &PastCommit,
        open: &mut OpenPaths,
        sides: &[FileSide],
    ) -> Result<(), RepositoryError> {
        let mut by_pair: BTreeMap<usize, BothSides<Option<&ChangedFile>>> = BTreeMap::new();
        for change in &commit.changes {
            let users = change.path.as_ref().and_then(|path| open.paths.get(path));
            for (index, side) in users.into_iter().flatten() {
                if sides.contains(side) {
                    let changes = by_pair.entry(*index).or_default();
                    match side {
                        FileSide::Source => changes.source = Some(change),
                        FileSide::Target => changes.target = Some(change),
                    }
                }
            }
        }
        let history = self.ports.history;
        let merged = history.merged(commit)?;
        self.add_reverts(commit, &merged);
        let is_cut_off = commit.parent.is_none() && history.is_shallow();
        self.visited += 1;
        let visit = Visit {
            commit,
            order: self.visited,
            merged: &merged,
            source: if self.after_source.contains(&commit.id) {
                self.source
            } else {
                commit.id
            },
            is_newer: self.newer.contains(&commit.id),
            reverted_by: self.reverted_by(commit, &merged),
            repository: self.ports.repository,
            history,
        };
        let mut renames = None;
        for (index, changes) in by_pair {
            let followed = &mut self.followed[index];
            let paths = followed.paths.clone();
            let now = Rc::clone(&followed.differences);
            let versions = Versions {
                pair: followed.pair,
                now: Some(&now),
                blobs: self.blobs,
                naming: self.naming,
            };
            if begins(&changes) && renames.is_none() {
                renames = Some(history.renames(commit)?);
            }
            let next = if is_cut_off {
                followed.cut_off()
            } else {
                let renames = renames.as_deref().unwrap_or_default();
                followed.step(&visit, &changes, renames, &versions)?
            };
            if next == Next::Older {
                continue;
            }
            open.close(index, &paths);
            if let (Next::Moved, Some(parent)) = (next, commit.parent) {
                self.moved.entry(parent).or_default().push(index);
            }
        }
        Ok(())
    }

    /// The newer commit that reverts this one, or one of those that it merged.
    fn reverted_by(&self, commit: &PastCommit, merged: &[FoundCommit]) -> Option<CommitId> {
        let mut ids = std::iter::once(commit.id).chain(merged.iter().map(|c| c.id));
        let newer = |id| self.reverted.get(&id).filter(|by| **by != commit.id);
        ids.find_map(newer).copied()
    }

    /// Notes the commits that this one reverts, itself or by what it merged.
    fn add_reverts(&mut self, commit: &PastCommit, merged: &[FoundCommit]) {
        let messages = || std::iter::once(&commit.message).chain(merged.iter().map(|c| &c.message));
        let (mut ids, mut reverted, mut reverted_ids) = (Vec::new(), Vec::new(), Vec::new());
        for message in messages() {
            let records = Record::all_in(message);
            for claim in claims(message, &records) {
                match claim {
                    Claim::Commit(id) => reverted.push(id),
                    Claim::Promotion(id) => reverted_ids.push(id),
                    Claim::PullRequest(_) => {}
                }
            }
            ids.extend(records.into_iter().map(|record| record.id));
        }
        // A promotion that was made again has the same id, so an id only counts once.
        if let Some(by) = ids.iter().find_map(|id| self.reverted_ids.remove(id)) {
            self.reverted.entry(commit.id).or_insert(by);
        }
        for id in reverted {
            self.reverted.entry(id).or_insert(commit.id);
        }
        for id in reverted_ids {
            self.reverted_ids.entry(id).or_insert(commit.id);
        }
    }
}

/// Whether one of the files begins with these changes: it is new, or has another path before.
fn begins(changes: &BothSides<Option<&ChangedFile>>) -> bool {
    let is_new = |change: Option<&ChangedFile>| change.is_some_and(|c| c.before.is_none());
    is_new(changes.source) || is_new(changes.target)
}
