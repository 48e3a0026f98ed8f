//! Follows pairs of files through the commits of a branch.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::ControlFlow;

use super::places::{PlaceKey, Places};
use super::take::{self, Left, Step};
use super::{OlderVersions, Past, RECORDED_TAKES, TAKES, Take};
use crate::domain::{CommitId, Naming, RepoPath};
use crate::engine::compare::{Commits, Versions};
use crate::engine::ports::Ports;
use crate::inventory::{FileObject, FilePair};
use crate::plan::Record;
use crate::port::{ChangedFile, History, PastCommit, Repository, RepositoryError, Snapshot, Walk};

/// How many commits of each pair are looked at.
const LIMIT: usize = 2_000;

/// A pair of files, and what to find out about it.
pub(in crate::engine) struct Question<'a> {
    pub pair: &'a FilePair,
    /// The places that differ.
    pub open: Vec<PlaceKey>,
    /// The versions whose order is unknown.
    pub versions: OlderVersions,
}

/// Reads what the history of the branch at `tip` shows about pairs of files that both sides have.
pub(in crate::engine) fn read_pasts(
    ports: &Ports<'_>,
    commits: Commits<'_>,
    naming: &Naming,
    pairs: &[Question<'_>],
) -> Result<Vec<Past>, RepositoryError> {
    let blobs = commits.target;
    let mut followed = Vec::with_capacity(pairs.len());
    for question in pairs {
        let mut one = Followed::new(question);
        // With `--source`, the source's file on this branch is another one.
        if commits.source.commit() != blobs.commit()
            && let Some(path) = &one.paths[SOURCE]
        {
            one.now[SOURCE] = blobs.entry_at(path.as_str())?.map(FileObject::from);
        }
        followed.push(one);
    }
    let mut walker = Walker {
        history: ports.history,
        repository: ports.repository,
        reverted: HashSet::new(),
        blobs,
        naming,
        followed,
        moved: Vec::new(),
    };
    let mut next = Some((blobs.commit(), (0..pairs.len()).collect::<Vec<_>>()));
    while let Some((from, indexes)) = next {
        let mut open = Open::new(&walker.followed, &indexes);
        let paths = open.paths();
        let walk = Walk {
            from,
            paths: &paths,
            limit: usize::MAX,
        };
        let mut fault = None;
        ports.history.walk(&walk, &mut |commit| {
            fault = walker.visit(&commit, &mut open).err();
            if fault.is_some() || open.is_empty() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
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
struct Followed<'a> {
    pair: &'a FilePair,
    paths: [Option<RepoPath>; 2],
    /// Source and target after the next commit to be visited.
    now: [Option<FileObject>; 2],
    /// How many commits may still be looked at.
    left: usize,
    /// The target's states after newer commits.
    later: HashSet<FileObject>,
    /// Places that differ now, and that no recorded promotion so far made equal.
    open: Vec<PlaceKey>,
    /// Whether there was a recorded promotion.
    is_recorded: bool,
    past: Past,
}

/// The side of a pair.
const SOURCE: usize = 0;
const TARGET: usize = 1;

impl<'a> Followed<'a> {
    fn new(question: &Question<'a>) -> Self {
        let pair = question.pair;
        Self {
            pair,
            paths: [pair.source_path.clone(), Some(pair.path.clone())],
            now: [pair.source, pair.target],
            left: LIMIT,
            later: HashSet::new(),
            open: question.open.clone(),
            is_recorded: false,
            past: Past {
                older: question.versions.clone(),
                ..Past::default()
            },
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

struct Walker<'a> {
    history: &'a dyn History,
    repository: &'a dyn Repository,
    /// Commits that newer ones revert.
    reverted: HashSet<CommitId>,
    blobs: &'a dyn Snapshot,
    naming: &'a Naming,
    followed: Vec<Followed<'a>>,
    /// Pairs whose files have other paths in this commit and before it.
    moved: Vec<(CommitId, usize)>,
}

impl Walker<'_> {
    fn visit(&mut self, commit: &PastCommit, open: &mut Open) -> Result<(), RepositoryError> {
        // A revert that is itself reverted reverts nothing.
        if !self.reverted.contains(&commit.id) {
            self.reverted.extend(reverted_commit(&commit.message));
        }
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
        if commit.parent.is_none() && self.history.is_shallow() {
            // The end of a shallow clone seems to create all files.
            return Ok(Next::Settled);
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
        followed.left -= 1;
        let versions = Versions {
            pair: followed.pair,
            blobs: self.blobs,
            naming: self.naming,
        };
        let step = Step {
            source: [before[SOURCE], after[SOURCE]],
            target: [before[TARGET], after[TARGET]],
        };
        let is_undone = self.reverted.contains(&commit.id)
            || before[TARGET].is_some_and(|state| followed.later.contains(&state));
        if !is_undone {
            followed.later.extend(after[TARGET]);
        }
        let is_revert = reverted_commit(&commit.message).is_some();
        let past = &mut followed.past;
        let (mut edited, mut came) = (Vec::new(), None);
        if let [Some(old), Some(new)] = step.target
            && old != new
        {
            edited = versions.target_changes(old, new)?.unwrap_or_default();
            // A revert restores an older version, so it says nothing about the order.
            if !is_revert {
                past.older.learn(TARGET, &edited, self.naming);
            }
        }
        if let [Some(old), Some(new)] = step.source
            && old != new
            && (past.takes.is_empty() || !past.older.is_empty())
        {
            let found = versions.source_changes(old, new)?.unwrap_or_default();
            past.older.learn(SOURCE, &found, self.naming);
            came = Some(Places::of(&found, self.naming));
        }
        let (mut left, mut promoted) = (None, None);
        if changes[TARGET].is_some() && !is_undone && !is_revert {
            promoted = promoted_source(self.repository, commit, followed, self.naming)?;
            left = take::left(&step, &edited, promoted, &versions)?;
        }
        if let Some(Left { by_both, recorded }) = left {
            if let Some(left) = &recorded {
                followed.open.retain(|place| left.touch(place));
                followed.is_recorded = true;
            }
            followed.past.takes.push(Take {
                source: match recorded {
                    Some(_) => promoted,
                    None => after[SOURCE],
                },
                passed_over: by_both,
                recorded,
            });
        } else if followed.past.takes.is_empty() {
            followed.past.since.extend(came);
        }
        let is_settled = match followed.past.takes.len() {
            RECORDED_TAKES.. => true,
            TAKES.. => followed.open.is_empty() || !followed.is_recorded,
            _ => false,
        };
        Ok(match before[TARGET] {
            None => Next::Settled,
            _ if is_settled || followed.left == 0 => Next::Settled,
            _ if is_moved => Next::Moved,
            _ => Next::Older,
        })
    }
}

/// The source's file of the promotion that a commit records, if it is one between these environments.
fn promoted_source(
    repository: &dyn Repository,
    commit: &PastCommit,
    followed: &Followed<'_>,
    naming: &Naming,
) -> Result<Option<FileObject>, RepositoryError> {
    let is_ours = |record: &Record| {
        naming.source().has_name(&record.from) && naming.target().has_name(&record.to)
    };
    let records = Record::all_in(&commit.message);
    let source = records.iter().find(|record| is_ours(record));
    let (Some(source), Some(path)) = (
        source.and_then(|record| record.source.as_deref()),
        &followed.paths[SOURCE],
    ) else {
        return Ok(None);
    };
    // A squash drops the commits that a promotion was computed on, and a shallow clone lacks them.
    let Some(snapshot) = source
        .parse()
        .ok()
        .and_then(|id| repository.snapshot(CommitId(id)).ok())
    else {
        return Ok(followed.now[SOURCE]);
    };
    Ok(snapshot.entry_at(path.as_str())?.map(FileObject::from))
}

/// The commit that a commit reverts, as `git revert` writes it.
pub(in crate::engine) fn reverted_commit(message: &str) -> Option<CommitId> {
    let (_, rest) = message.split_once("This reverts commit ")?;
    let id = rest.split(|c: char| !c.is_ascii_hexdigit()).next()?;
    Some(CommitId(id.parse().ok()?))
}

/// How the walk goes on with a pair.
enum Next {
    Older,
    Settled,
    Moved,
}
