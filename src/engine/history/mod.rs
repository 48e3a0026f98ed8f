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
//! | `walk.rs` | follows pairs of files through the commits, renames too |
//! | `take.rs` | finds out whether a commit is a take, and what it passed over |
//! | `needs.rs` | finds files that an addition refers to and that the target lacks |
//! | `older.rs` | finds out which of two versions is newer |
//! | `places.rs` | names places so that they can be found again in older states |

mod needs;
mod older;
mod places;
mod take;
mod walk;

use std::collections::BTreeSet;

pub(super) use needs::missing_files;
pub(super) use older::OlderVersions;
pub(super) use places::{PlaceKey, place_key};
pub(super) use walk::{Question, read_pasts, reverted_commit};

use crate::document::Difference;
use crate::domain::{Naming, Relation};
use crate::inventory::FileObject;
use places::Places;

/// What the history shows about a pair of files.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    /// The newest takes, newest first.
    takes: Vec<Take>,
    /// The source's commits since the newest take, newest first, each with the places that it changed.
    since: Vec<Places>,
    /// The older values of versions whose order is unknown.
    older: OlderVersions,
}

/// A commit of the target's file that took something from the source.
#[derive(Clone, Debug)]
struct Take {
    /// The source's file at that time.
    source: Option<FileObject>,
    /// What still differed from the source, as it was in the commit and before it.
    passed_over: Places,
    /// Where a promotion is recorded: what still differed from the source that it promoted.
    recorded: Option<Places>,
}

/// What the history shows about a place.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct PlacePast {
    /// The base of its three-way merge; `None` if no promotion made both sides equal there.
    pub base: Option<BaseOfPlace>,
    /// Whether both of the two newest takes passed it over.
    pub is_passed_over: bool,
    /// The positions in `Past::since` of the commits that changed it.
    pub commits: BTreeSet<usize>,
    /// Which side's version is newer, where only the history shows it.
    pub order: Option<Relation>,
    /// The files that it refers to and that the target lacks.
    pub missing_files: Vec<String>,
}

/// The base of a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct BaseOfPlace {
    /// The source's file; `None` if it did not exist then.
    pub source: Option<FileObject>,
    /// Whether a promotion is recorded that made both sides equal there.
    pub is_recorded: bool,
}

impl Past {
    /// The past of a pair whose base is this state of the source's file, by `--base`.
    pub(super) fn of_base(source: Option<FileObject>) -> Self {
        let take = Take {
            source,
            passed_over: Places::default(),
            recorded: Some(Places::default()),
        };
        Self {
            takes: vec![take],
            since: Vec::new(),
            older: OlderVersions::default(),
        }
    }

    /// Whether there is a take.
    pub(super) fn is_known(&self) -> bool {
        !self.takes.is_empty()
    }

    /// The source's file at the newest take.
    pub(super) fn base(&self) -> Option<FileObject> {
        self.takes.first()?.source
    }

    /// What it shows about the place of a difference.
    pub(super) fn of(&self, difference: &Difference, naming: &Naming) -> PlacePast {
        let place = place_key(difference, naming);
        let commits = (0..self.since.len()).filter(|n| self.since[*n].touch(&place));
        let mut newest = self.takes.iter().take(TAKES);
        let is_passed_over = |take: &Take| take.passed_over.cover(&place);
        PlacePast {
            base: self.base_of(&place),
            is_passed_over: newest.len() == TAKES && newest.all(is_passed_over),
            commits: commits.collect(),
            order: self.older.relation(difference, &place),
            missing_files: Vec::new(),
        }
    }

    /// The source at the newest recorded promotion after which both sides were equal at a place. A take
    /// that is only inferred does not show what was left out on purpose, so the source at it is the base
    /// of all places.
    fn base_of(&self, place: &str) -> Option<BaseOfPlace> {
        let is_equal = |take: &&Take| {
            let left = take.recorded.as_ref();
            left.is_some_and(|left| !left.touch(place))
        };
        let recorded = self.takes.iter().find(is_equal);
        let inferred = || self.takes.iter().find(|take| take.recorded.is_none());
        let take = recorded.or_else(inferred)?;
        Some(BaseOfPlace {
            source: take.source,
            is_recorded: take.recorded.is_some(),
        })
    }
}

/// How many takes are looked for.
const TAKES: usize = 2;

/// How many recorded promotions are looked at, to find the last one that made a place equal.
const RECORDED_TAKES: usize = 32;
