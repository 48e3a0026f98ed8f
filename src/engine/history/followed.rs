//! Follows one pair of files from commit to commit.

mod settled;
mod versions;

use std::collections::HashMap;
use std::rc::Rc;

use super::both_sides::BothSides;
use super::place_set::{PlaceKey, PlaceSet, place_key};
use super::question::{Question, Visit};
use super::recorded::proven;
use super::records::MoreRecords;
use super::reverts::{Reverts, Undoing, reverts_file};
use super::take::{self, Step};
use super::take_commit::{Evidence, TakeCommit};
use super::{End, NamedBase, Past, SourceCommit, Undone, VERSION_COMMITS, merged};
use crate::document::Difference;
use crate::domain::{CommitId, Naming, Op, RepoPath};
use crate::engine::compare::Versions;
use crate::inventory::{FileObject, FilePair};
use crate::plan::{LastPromotion, Provenance};
use crate::port::{ChangedFile, History, PastCommit, Rename, RepositoryError, Snapshot};

/// A pair of files on its way to the past.
pub(super) struct Followed<'a> {
    pub pair: &'a FilePair,
    /// Where both files differ now.
    pub differences: Rc<[&'a Difference]>,
    pub paths: BothSides<Option<RepoPath>>,
    /// Source and target after the next commit to be visited.
    pub now: BothSides<Option<FileObject>>,
    /// How many commits may still be looked at.
    left: usize,
    /// How many of them may be looked at for the order of versions alone.
    left_for_versions: usize,
    /// Whether all else is known.
    seeks_versions_only: bool,
    /// The changes that are not compared yet, as no sought version was found, newest first.
    unread: BothSides<Vec<(FileObject, FileObject)>>,
    /// Whether the next commit may be newer than the chosen revision of the source.
    is_before_revision: bool,
    /// The target's states after newer commits, each with the newest of these.
    later: HashMap<FileObject, CommitId>,
    /// What newer commits that revert others changed in the target's file.
    reverts: Reverts,
    /// Places that differ now, and that no recorded promotion so far made equal, by selector.
    open: Vec<(String, PlaceKey)>,
    /// The positions of takes whose source is not reached yet.
    pending: Vec<usize>,
    /// What is recorded in commits that need not change the file, newest first.
    decisions: Vec<TakeCommit>,
    /// Whether older commits can record a promotion.
    records: MoreRecords,
    past: Past,
}

/// How the walk goes on with a pair.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Older,
    Settled,
    /// Its files have other paths before this commit.
    Moved,
}

impl<'a> Followed<'a> {
    pub(super) fn new(question: Question<'a>, limit: usize) -> Self {
        let pair = question.pair;
        let named_base = question.base.map(|(commit, source)| NamedBase {
            commit,
            source,
            source_commits: usize::MAX,
        });
        Self {
            pair,
            differences: question.differences.into(),
            paths: BothSides {
                source: pair.source_path.clone(),
                target: Some(pair.path.clone()),
            },
            now: BothSides {
                source: pair.source,
                target: pair.target,
            },
            left: limit,
            left_for_versions: VERSION_COMMITS,
            seeks_versions_only: false,
            unread: BothSides::default(),
            is_before_revision: false,
            later: HashMap::new(),
            reverts: Reverts::default(),
            open: question.open,
            pending: Vec::new(),
            decisions: question
                .decisions
                .into_iter()
                .map(TakeCommit::from)
                .collect(),
            records: question.records,
            past: Past {
                older: question.versions,
                named_base,
                ..Past::default()
            },
        }
    }

    /// Begins with the source's file in the newest commit of its branch; the chosen revision is older.
    pub(super) fn begin_at_branch(&mut self, newest: &dyn Snapshot) -> Result<(), RepositoryError> {
        if let Some(path) = &self.paths.source {
            self.now.source = newest.entry_at(path.as_str())?.map(FileObject::from);
            self.is_before_revision = true;
        }
        Ok(())
    }

    /// What was found, once the walk has ended.
    pub(super) fn into_past(mut self, history: &dyn History) -> Result<Past, RepositoryError> {
        let all = self.past.source_commits.len();
        for index in self.pending {
            self.past.takes[index].source_commits = all;
        }
        if let Some(base) = &mut self.past.named_base {
            base.source_commits = base.source_commits.min(all);
        }
        for mut decision in self.decisions {
            decision.source_commits = decision.source_commits.min(all);
            decision.insert_into(&mut self.past.takes, history)?;
        }
        Ok(self.past)
    }

    /// Goes one commit back.
    pub(super) fn step(
        &mut self,
        visit: &Visit<'_>,
        changes: &BothSides<Option<&ChangedFile>>,
        renames: &[Rename],
        versions: &Versions<'_>,
    ) -> Result<Next, RepositoryError> {
        self.left = self.left.saturating_sub(1);
        self.left_for_versions = self.left_for_versions.saturating_sub(1);
        let path = self.paths.target.clone();
        let (source, target, is_moved) = self.steps(changes, renames);
        self.now = BothSides {
            source: source.before,
            target: target.before,
        };
        let is_revert = match &path {
            Some(path) if changes.target.is_some() => {
                reverts_file(visit.repository, visit.commit, visit.merged, path, target)?
            }
            _ => false,
        };
        if self.seeks_versions_only {
            let own = (!is_revert).then_some(target);
            self.look_for_versions(visit, (source, own), versions)?;
        } else {
            if changes.target.is_some() {
                self.learn_target(visit, (source, target), is_revert, versions)?;
            }
            self.is_before_revision &= changes.source.is_none() || visit.is_newer;
            self.reach(source.after);
            if source.edit().is_some() && self.needs_source_commits() {
                self.add_source_commits(visit, source, versions)?;
            }
        }
        self.records = self.records.before(visit.commit.time);
        let is_begin = self.now.source.is_none() && self.now.target.is_none();
        if is_begin {
            self.past.older.complete();
        }
        let is_complete = self.has_base() || target.before.is_none();
        self.seeks_versions_only |= is_complete && !self.is_before_revision;
        Ok(match self.past.end {
            _ if is_begin || self.seeks_versions_only && !self.needs_versions() => Next::Settled,
            _ if self.left == 0 => self.end(End::Limit),
            _ if is_moved => Next::Moved,
            _ => Next::Older,
        })
    }

    /// Learns what a commit shows that changed the target's file.
    fn learn_target(
        &mut self,
        visit: &Visit<'_>,
        (source, target): (Step, Step),
        is_revert: bool,
        versions: &Versions<'_>,
    ) -> Result<(), RepositoryError> {
        let naming = versions.naming;
        let edits = match target.edit() {
            Some((old, new)) => versions.target_changes(old, new)?,
            None => None,
        };
        // A revert restores an older version, so it shows nothing about the order.
        if !is_revert {
            let edits = edits.as_deref().unwrap_or_default();
            self.past.older.learn_target(edits, naming);
        }
        let undoing = self.undoing(visit, target);
        let is_comparable = edits.is_some();
        let is_undone = |edit: &Difference| {
            let undoing = undoing.as_ref();
            undoing.is_some_and(|undoing| undoing.undoes(edit, naming))
        };
        let edits = edits.unwrap_or_default().into_iter();
        let (undone, edits): (Vec<_>, Vec<_>) = edits.partition(is_undone);
        let is_undone = undoing.as_ref().is_some_and(|undoing| {
            undoing.is_whole() || edits.is_empty() && target.before.is_some()
        });
        if is_revert {
            let is_known = is_comparable || is_undone;
            let places = is_known.then(|| PlaceSet::of(&edits, naming));
            self.reverts.add(visit.commit.id, places);
        }
        if let Some(Undoing { by, .. }) = undoing {
            self.add_undone(&undone, by, naming);
        }
        if let Some(after) = target.after.filter(|_| !is_undone) {
            self.later.entry(after).or_insert(visit.commit.id);
        }
        if is_undone || is_revert {
            return Ok(());
        }
        let undone = PlaceSet::of(&undone, naming);
        self.add_take(visit, (source, target), &edits, &undone, versions)
    }

    /// Ends where a shallow clone ends, as its oldest commit seems to create all files.
    pub(super) fn cut_off(&mut self) -> Next {
        self.end(End::Shallow)
    }

    /// Ends before the beginning of the files.
    fn end(&mut self, end: End) -> Next {
        if !self.seeks_versions_only {
            self.past.end = end;
        }
        Next::Settled
    }

    /// The states of both files before and after a commit, and whether one was renamed.
    fn steps(
        &mut self,
        changes: &BothSides<Option<&ChangedFile>>,
        renames: &[Rename],
    ) -> (Step, Step, bool) {
        let mut is_moved = false;
        let mut step =
            |now: Option<FileObject>, change: Option<&ChangedFile>, path: &mut Option<RepoPath>| {
                let Some(change) = change else {
                    return Step {
                        before: now,
                        after: now,
                    };
                };
                let mut before = change.before.map(FileObject::from);
                let rename = renames
                    .iter()
                    .find(|rename| Some(&rename.new) == path.as_ref());
                if let Some(rename) = rename.filter(|_| before.is_none() && now.is_some()) {
                    before = Some(rename.before.into());
                    *path = Some(rename.old.clone());
                    is_moved = true;
                }
                Step { before, after: now }
            };
        let source = step(self.now.source, changes.source, &mut self.paths.source);
        let target = step(self.now.target, changes.target, &mut self.paths.target);
        (source, target, is_moved)
    }

    /// The commit that undid this one's change of the target: it reverts this one, or restored the state
    /// before it.
    fn undoing(&self, visit: &Visit<'_>, target: Step) -> Option<Undoing> {
        let reverted = visit.reverted_by.and_then(|by| self.reverts.undoing(by));
        let restored = target.before.and_then(|state| self.later.get(&state));
        match (restored, reverted) {
            (Some(restored), reverted) => {
                Some(Undoing::whole(reverted.map_or(*restored, |r| r.by)))
            }
            (None, reverted) => reverted,
        }
    }

    fn add_undone(&mut self, edits: &[Difference], by: CommitId, naming: &Naming) {
        for edit in edits {
            let undone = self.past.undone.entry(place_key(edit, naming));
            undone.or_insert_with(|| Undone {
                value: edit.after.clone(),
                by,
            });
        }
    }

    /// Adds a commit that took something, except in the places that were undone.
    fn add_take(
        &mut self,
        visit: &Visit<'_>,
        (source, target): (Step, Step),
        edits: &[Difference],
        undone: &PlaceSet,
        versions: &Versions<'_>,
    ) -> Result<(), RepositoryError> {
        let recorded = match &self.paths.source {
            Some(path) => proven(visit, path, target, edits, &self.open, versions)?,
            None => None,
        };
        let passed_over = take::passed_over(source, target, edits, versions)?;
        let PastCommit { id, time, .. } = *visit.commit;
        let is_version = |edit: &&Difference| edit.version.is_some() && edit.op == Op::Set;
        let moved_versions = match &recorded {
            Some((promoted, _)) if promoted.may_follow_changes => {
                PlaceSet::of(edits.iter().filter(is_version), versions.naming)
            }
            _ => PlaceSet::default(),
        };
        let (source_commit, source, evidence, passed_over) =
            match (recorded, passed_over, source.after) {
                (Some((promoted, left)), passed_over, _) => {
                    let left = left.or(undone);
                    self.open.retain(|(_, place)| left.touch(place));
                    let passed_over = passed_over.unwrap_or_else(|| left.clone());
                    let evidence = Evidence::Promotion(left);
                    (promoted.commit, promoted.source, evidence, passed_over)
                }
                (None, Some(passed_over), Some(after)) if undone.is_empty() => {
                    (visit.source, after, Evidence::Inferred, passed_over)
                }
                _ => return Ok(()),
            };
        let (provenance, left) = match &evidence {
            Evidence::Promotion(left) => (Provenance::Recorded, left),
            _ => (Provenance::Inferred, &passed_over),
        };
        let promotion = LastPromotion {
            time,
            commit: id,
            took: take::taken(edits, left, versions.naming),
            provenance,
        };
        self.pending.push(self.past.takes.len());
        self.past.takes.push(TakeCommit {
            promotion,
            order: visit.order,
            source_commit,
            source: Some(source),
            source_commits: 0,
            passed_over,
            evidence,
            moved_versions,
        });
        Ok(())
    }

    /// Adds the commits that changed the source's file: a merge counts as those that it brought.
    fn add_source_commits(
        &mut self,
        visit: &Visit<'_>,
        source: Step,
        versions: &Versions<'_>,
    ) -> Result<(), RepositoryError> {
        let path = self.paths.source.as_ref();
        let changes = merged::changes(visit.repository, visit.commit, visit.merged, path, source)?;
        for (change, step) in changes {
            let Some((old, new)) = step.edit() else {
                continue;
            };
            let changes = versions.source_changes(old, new)?.unwrap_or_default();
            let Past {
                older,
                source_commits,
                newer_commits,
                ..
            } = &mut self.past;
            let places = PlaceSet::of(&changes, versions.naming);
            source_commits.push(SourceCommit { change, places });
            if visit.is_newer {
                older.learn_newer(&changes, versions.naming);
                *newer_commits = source_commits.len();
            } else {
                older.learn_source(&changes, versions.naming);
            }
        }
        Ok(())
    }
}
