//! What the history of both environments shows about their differences.
//!
//! # Why
//!
//! Two files alone do not show which side changed a place, nor what people left out on purpose. The
//! commits of the target's file do: a *take* is one that added or set a field to the value that the
//! source had. The source at the newest take is the base of the three-way merge, and what two takes
//! in a row passed over is not ready, or not meant for the target.
//!
//! | file | what it does |
//! |---|---|
//! | `walk.rs` | walks through the commits of many pairs of files |
//! | `followed.rs` | follows one pair of files from commit to commit, renames too |
//! | `followed/settled.rs` | finds out when enough is known about the pair |
//! | `followed/versions.rs` | looks for the order of versions in commits that show nothing else |
//! | `question.rs` | holds what to find out about a pair of files |
//! | `take.rs` | finds out whether a commit is a take, and what it passed over |
//! | `take_commit.rs` | holds a commit that shows a base |
//! | `recorded.rs` | finds the promotions that a commit records |
//! | `records.rs` | finds the commits that record a base or a decision beside their own changes |
//! | `reverts.rs` | finds out what of the target's file was reverted |
//! | `merged.rs` | finds the commits with which a merge changed the source's file |
//! | `needs.rs` | finds files that an addition refers to and that the target lacks |
//! | `older.rs` | finds out which of two versions is newer |
//! | `both_sides.rs` | holds something of source and target |
//! | `place_set.rs` | names places so that they can be found again in older states |

mod both_sides;
mod followed;
mod merged;
mod needs;
mod older;
mod place_set;
mod question;
mod recorded;
mod records;
mod reverts;
mod take;
mod take_commit;
mod walk;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

pub(super) use needs::{Reference, joined, missing_files, references};
pub(super) use older::OlderVersions;
pub(super) use place_set::{PlaceKey, PlaceSet, place_key};
pub(super) use question::Question;
pub(super) use records::{PromotedFile, Records};
pub(super) use take::{Step, proven_record};
pub(super) use take_commit::{BaseOfPlace, PromotedState};
pub(super) use walk::{Tips, read_pasts};

use crate::document::{Difference, Value};
use crate::domain::{ApplicationName, CommitId, Naming, Relation};
use crate::engine::compare::BaseFile;
use crate::inventory::FileObject;
use crate::plan::{Baseline, SourceChange};
use take_commit::{Evidence, TakeCommit};

/// What the history shows about a pair of files.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    /// The newest takes, newest first.
    takes: Vec<TakeCommit>,
    /// The base of all places, by `--base`.
    named_base: Option<NamedBase>,
    /// The commits that changed the source's file, newest first.
    source_commits: Vec<SourceCommit>,
    /// How many of them the chosen revision of the source does not have.
    newer_commits: usize,
    /// The older values of versions that differ.
    older: OlderVersions,
    /// What was promoted and undone, by place.
    undone: HashMap<PlaceKey, Undone>,
    /// Where the search ended.
    pub(super) end: End,
}

/// The source's file in the revision of `--base`.
#[derive(Clone, Copy, Debug)]
struct NamedBase {
    /// The revision.
    commit: CommitId,
    source: Option<FileObject>,
    /// How many commits changed the source's file since.
    source_commits: usize,
}

/// A commit that changed the source's file.
#[derive(Clone, Debug)]
struct SourceCommit {
    change: SourceChange,
    places: PlaceSet,
}

/// A value that was promoted, or `None` if it was removed, and the commit that undid that.
#[derive(Clone, Debug)]
struct Undone {
    value: Option<Value>,
    by: CommitId,
}

/// Where the search in the history ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(super) enum End {
    /// Where all was found, or at the beginning of the file.
    #[default]
    Complete,
    /// After the most commits to look at.
    Limit,
    /// At the end of a shallow clone.
    Shallow,
}

/// What the history shows about a place.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct PlacePast {
    /// The base of its three-way merge; `None` if no promotion made both sides equal there.
    pub base: Option<BaseOfPlace>,
    /// Whether both of the two newest promotions left it out.
    pub is_passed_over: bool,
    /// Whether a promotion of changes moved other versions without it, and the source has not changed it
    /// since.
    pub stays_behind: bool,
    /// The positions of the source's commits between it and the base that changed it.
    pub commits: BTreeSet<usize>,
    /// Whether the base is newer than the source, so that these commits are undone.
    pub goes_back: bool,
    /// The same commits, newest first.
    pub changed_by: Vec<CommitId>,
    /// Which side's version is newer, where only the history shows it.
    pub order: Option<Relation>,
    /// How many versions were between those of the two sides, as far as the history shows it.
    pub versions_between: Option<usize>,
    /// The commit that undid the same change.
    pub undone_by: Option<CommitId>,
    /// The files that it refers to and that the target lacks.
    pub missing_files: Vec<String>,
}

impl Past {
    /// Whether there is a base.
    pub(super) fn is_known(&self) -> bool {
        self.named_base.is_some() || !self.takes.is_empty()
    }

    /// Whether the two newest takes are known, or that there are not as many.
    pub(super) fn is_complete(&self) -> bool {
        self.end == End::Complete || self.takes.len() >= TAKES
    }

    /// The source's file at the base of most places.
    pub(super) fn base(&self) -> BaseFile {
        match (self.named_base, self.newest()) {
            (Some(base), _) => base.file(),
            (None, Some(take)) => take.file(),
            (None, None) => BaseFile::Unknown,
        }
    }

    /// The newest commit that shows a base of the whole file; commits by hand only count where nothing is
    /// recorded.
    fn newest(&self) -> Option<&TakeCommit> {
        let mut takes = self.takes.iter();
        let recorded = takes.clone().find(|take| take.is_record_of_file());
        recorded.or_else(|| takes.find(|take| !take.is_decision()))
    }

    /// The base of most of these places, of a file of this application; `is_decisive` if it decides what
    /// is promoted.
    pub(super) fn baseline(
        &self,
        application: &ApplicationName,
        places: impl Iterator<Item = PlaceKey>,
        is_decisive: bool,
    ) -> Option<Baseline> {
        let of_places = places.filter_map(|place| self.take_of(&place));
        let newest = of_places.filter(|index| !self.takes[*index].is_decision());
        let shown = newest.min().map(|index| &self.takes[index]);
        let (source, promotion, since) = match (self.named_base, shown.or(self.newest())) {
            (Some(base), _) => (base.commit, None, base.source_commits),
            (None, Some(take)) => {
                let promotion = Some(take.promotion.clone());
                (take.source_commit, promotion, take.source_commits)
            }
            (None, None) => return None,
        };
        let since = self.source_commits[self.between(since)].iter();
        Some(Baseline {
            application: application.clone(),
            source,
            promotion,
            since: since.map(|commit| commit.change.clone()).collect(),
            is_decisive,
        })
    }

    /// The states of the source that were promoted, newest first.
    pub(super) fn promoted_states(&self) -> Vec<PromotedState> {
        if let Some(base) = self.named_base {
            return vec![PromotedState {
                source: base.commit,
                is_set: true,
                recorded_in: None,
                time: i64::MAX,
                order: 0,
            }];
        }
        self.takes.iter().filter_map(TakeCommit::state).collect()
    }

    /// What it shows about the place of a difference.
    pub(super) fn of(&self, difference: &Difference, naming: &Naming) -> PlacePast {
        let place = place_key(difference, naming);
        let base = self.base_of(&place);
        let position = base.map_or(self.newer_commits, |base| base.source_commits);
        let commits: BTreeSet<usize> = (self.between(position))
            .filter(|n| self.source_commits[*n].places.touch(&place))
            .collect();
        let undone = self.undone.get(&place);
        PlacePast {
            base,
            is_passed_over: self.is_passed_over(&place),
            stays_behind: self.stays_behind(&place, position),
            changed_by: commits
                .iter()
                .map(|n| self.source_commits[*n].change.commit)
                .collect(),
            commits,
            goes_back: position < self.newer_commits,
            order: self.older.relation(difference, &place),
            versions_between: self.older.between(difference, &place),
            undone_by: undone
                .filter(|undone| difference.after == undone.value)
                .map(|undone| undone.by),
            missing_files: Vec::new(),
        }
    }

    /// The positions of the source's commits between the source and a base that so many commits follow.
    fn between(&self, base: usize) -> Range<usize> {
        usize::min(base, self.newer_commits)..usize::max(base, self.newer_commits)
    }

    /// Whether both of the two newest promotions left a place out. Commits by hand only count where no
    /// promotion is recorded, and what came into the source after a recorded one was not left out by it.
    fn is_passed_over(&self, place: &str) -> bool {
        let recorded = self.takes.iter().filter_map(TakeCommit::left_out);
        let left_out: Vec<&PlaceSet> = if recorded.clone().next().is_some() {
            recorded.take(TAKES).collect()
        } else {
            let by_hand = self
                .takes
                .iter()
                .filter(|take| take.evidence == Evidence::Inferred);
            by_hand.take(TAKES).map(|take| &take.passed_over).collect()
        };
        left_out.len() == TAKES && left_out.iter().all(|left| left.cover(place))
    }

    /// Whether a promotion of changes kept a place because it had not come into the source with the versions
    /// that moved. Its base is the state that so many commits follow.
    ///
    /// # Why
    ///
    /// No version differs any more after such a promotion, so the same promotion would move the rest if it
    /// was made again.
    fn stays_behind(&self, place: &str, base: usize) -> bool {
        let touch = |n: &usize| self.source_commits[*n].places.touch(place);
        self.takes.iter().any(|take| {
            let promoted = take.source_commits;
            let came_with = |n: usize| self.source_commits[n].places.meets(&take.moved_versions);
            !take.moved_versions.is_empty()
                && take.left_out().is_some_and(|left| left.touch(place))
                && promoted >= self.newer_commits
                && !(self.newer_commits..promoted).any(|n| touch(&n))
                && !(promoted..base).filter(touch).any(came_with)
        })
    }

    /// The base of a place.
    ///
    /// # Why
    ///
    /// A recorded promotion shows exactly what it made equal, so the newest one that made this place
    /// equal is its base. Commits by hand do not move the base then, as what was pending would no longer
    /// show; only what no recorded promotion made equal has an older, inferred base. A take that is only
    /// inferred does not show what was left out on purpose: without records, the source at the newest is
    /// the base of all places.
    fn base_of(&self, place: &str) -> Option<BaseOfPlace> {
        if let Some(base) = self.named_base {
            return Some(BaseOfPlace {
                source: base.file(),
                is_recorded: true,
                is_different: false,
                source_commits: base.source_commits,
            });
        }
        let take = self.take_of(place)?;
        Some(self.takes[take].base_of(place))
    }

    /// The position of the commit that shows the base of a place.
    fn take_of(&self, place: &str) -> Option<usize> {
        if let Some(settled) = self.takes.iter().position(|take| take.settles(place)) {
            return Some(settled);
        }
        let last_record = self.takes.iter().rposition(TakeCommit::is_record_of_file);
        let is_state = |index: &usize| !self.takes[*index].is_decision();
        let all = 0..self.takes.len();
        let mut older = last_record.map_or(0, |last| last + 1)..self.takes.len();
        older.find(is_state).or_else(|| all.rev().find(is_state))
    }
}

impl NamedBase {
    fn file(self) -> BaseFile {
        self.source.map_or(BaseFile::Absent, BaseFile::Present)
    }
}

/// How many takes are looked for.
const TAKES: usize = 2;

/// How many recorded promotions are looked at, to find the last one that made a place equal.
const RECORDED_TAKES: usize = 32;

/// How many commits of a pair of files are looked at for the order of versions alone.
const VERSION_COMMITS: usize = 100;
