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
//! | `take.rs` | finds out whether a commit is a take, and what it passed over |
//! | `recorded.rs` | finds the promotions that a commit records |
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
mod recorded;
mod reverts;
mod take;
mod walk;

use std::collections::{BTreeSet, HashMap};

pub(super) use followed::Question;
pub(super) use needs::{Reference, missing_files, references};
pub(super) use older::OlderVersions;
pub(super) use place_set::{PlaceKey, PlaceSet, place_key};
pub(super) use take::{Step, proven_record};
pub(super) use walk::read_pasts;

use crate::document::{Difference, Value};
use crate::domain::{ApplicationName, CommitId, Naming, Relation};
use crate::engine::compare::BaseFile;
use crate::inventory::FileObject;
use crate::plan::{Baseline, LastPromotion, SourceChange};

/// What the history shows about a pair of files.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    /// The newest takes, newest first.
    takes: Vec<TakeCommit>,
    /// The base of all places, by `--base`.
    named_base: Option<NamedBase>,
    /// The commits that changed the source's file, newest first.
    source_commits: Vec<SourceCommit>,
    /// The older values of versions whose order is unknown.
    older: OlderVersions,
    /// What was promoted and undone, by place.
    undone: HashMap<PlaceKey, Undone>,
    /// Where the search ended.
    pub(super) end: End,
}

/// A commit of the target's file that took something from the source.
#[derive(Clone, Debug)]
struct TakeCommit {
    /// The commit.
    promotion: LastPromotion,
    /// The commit that had the source's file.
    source_commit: CommitId,
    /// The source's file at that time; of a recorded promotion, the one that was promoted.
    source: FileObject,
    /// How many commits changed the source's file since.
    source_commits: usize,
    /// What still differed from the source, as it was in the commit and before it.
    passed_over: PlaceSet,
    /// Where a promotion is recorded: what still differed from the source that it promoted.
    recorded: Option<PlaceSet>,
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

/// A value that was promoted, and the commit that undid that.
#[derive(Clone, Debug)]
struct Undone {
    value: Value,
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
    /// The positions of the source's commits that changed it since the base.
    pub commits: BTreeSet<usize>,
    /// The same commits, newest first.
    pub changed_by: Vec<CommitId>,
    /// Which side's version is newer, where only the history shows it.
    pub order: Option<Relation>,
    /// The commit that undid the same change.
    pub undone_by: Option<CommitId>,
    /// The files that it refers to and that the target lacks.
    pub missing_files: Vec<String>,
}

/// The base of a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct BaseOfPlace {
    /// The source's file.
    pub source: BaseFile,
    /// Whether it is named, or a promotion is recorded that made both sides equal there.
    pub is_recorded: bool,
    /// Whether both sides differed there already.
    pub is_different: bool,
    /// How many commits changed the source's file since.
    source_commits: usize,
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
        match (self.named_base, self.takes.first()) {
            (Some(base), _) => base.file(),
            (None, Some(take)) => BaseFile::Present(take.source),
            (None, None) => BaseFile::Unknown,
        }
    }

    /// The base of most places, of a file of this application; `is_decisive` if it decides what is promoted.
    pub(super) fn baseline(
        &self,
        application: &ApplicationName,
        is_decisive: bool,
    ) -> Option<Baseline> {
        let (source, promotion, since) = match (self.named_base, self.takes.first()) {
            (Some(base), _) => (base.commit, None, base.source_commits),
            (None, Some(take)) => {
                let promotion = Some(take.promotion.clone());
                (take.source_commit, promotion, take.source_commits)
            }
            (None, None) => return None,
        };
        let since = self.source_commits[..since].iter();
        Some(Baseline {
            application: application.clone(),
            source,
            promotion,
            since: since.map(|commit| commit.change.clone()).collect(),
            is_decisive,
        })
    }

    /// What it shows about the place of a difference.
    pub(super) fn of(&self, difference: &Difference, naming: &Naming) -> PlacePast {
        let place = place_key(difference, naming);
        let base = self.base_of(&place);
        let since = base.map_or(0, |base| base.source_commits);
        let commits: BTreeSet<usize> = (0..since)
            .filter(|n| self.source_commits[*n].places.touch(&place))
            .collect();
        let undone = self.undone.get(&place);
        PlacePast {
            base,
            is_passed_over: self.is_passed_over(&place),
            changed_by: commits
                .iter()
                .map(|n| self.source_commits[*n].change.commit)
                .collect(),
            commits,
            order: self.older.relation(difference, &place),
            undone_by: undone
                .filter(|undone| difference.after.as_ref() == Some(&undone.value))
                .map(|undone| undone.by),
            missing_files: Vec::new(),
        }
    }

    /// Whether both of the two newest promotions left a place out. Commits by hand only count where no
    /// promotion is recorded, and what came into the source after a recorded one was not left out by it.
    fn is_passed_over(&self, place: &str) -> bool {
        let recorded = self.takes.iter().filter_map(|take| take.recorded.as_ref());
        let left_out: Vec<&PlaceSet> = if recorded.clone().next().is_some() {
            recorded.take(TAKES).collect()
        } else {
            let takes = self.takes.iter().take(TAKES);
            takes.map(|take| &take.passed_over).collect()
        };
        left_out.len() == TAKES && left_out.iter().all(|left| left.cover(place))
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
        let is_equal = |take: &TakeCommit| {
            let left = take.recorded.as_ref();
            left.is_some_and(|left| !left.touch(place))
        };
        if let Some(take) = self.takes.iter().find(|take| is_equal(take)) {
            return Some(take.base(true, false));
        }
        let last_recorded = self.takes.iter().rposition(|take| take.recorded.is_some());
        let older = &self.takes[last_recorded.map_or(0, |last| last + 1)..];
        let take = older.first().or(self.takes.last())?;
        Some(take.base(false, take.passed_over.touch(place)))
    }
}

impl TakeCommit {
    fn base(&self, is_recorded: bool, is_different: bool) -> BaseOfPlace {
        BaseOfPlace {
            source: BaseFile::Present(self.source),
            is_recorded,
            is_different,
            source_commits: self.source_commits,
        }
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
