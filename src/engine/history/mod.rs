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
//! | `places.rs` | names places so that they can be found again in older states |

mod needs;
mod places;
mod take;
mod walk;

use std::collections::BTreeSet;

pub(super) use needs::missing_files;
pub(super) use walk::read_pasts;

use crate::document::Difference;
use crate::domain::{CommitId, Naming};
use crate::inventory::FileObject;
use places::{Places, place_key};

/// What the history shows about a pair of files.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    /// The newest takes, newest first; at most two.
    takes: Vec<Take>,
    /// The source's commits since the newest take, newest first, each with the places that it changed.
    since: Vec<Places>,
}

/// A commit of the target's file that took something from the source.
#[derive(Clone, Debug)]
pub(super) struct Take {
    /// The commit.
    pub commit: CommitId,
    /// The source's file after it.
    pub source: Option<FileObject>,
    /// What still differed from the source, as it was in the commit and before it.
    pub passed_over: Places,
}

/// What the history shows about a place.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct PlacePast {
    /// Whether both of the two newest takes passed it over.
    pub is_passed_over: bool,
    /// The numbers of the source's commits since the newest take that changed it.
    pub commits: BTreeSet<usize>,
    /// The files that it refers to and that the target lacks.
    pub missing_files: Vec<String>,
}

impl Past {
    /// The newest take.
    pub(super) fn newest(&self) -> Option<&Take> {
        self.takes.first()
    }

    /// What it shows about the place of a difference.
    pub(super) fn of(&self, difference: &Difference, naming: &Naming) -> PlacePast {
        let place = place_key(difference, naming);
        let commits = (0..self.since.len()).filter(|n| self.since[*n].touch(&place));
        let is_passed_over = |take: &Take| take.passed_over.cover(&place);
        PlacePast {
            is_passed_over: self.takes.len() == TAKES && self.takes.iter().all(is_passed_over),
            commits: commits.collect(),
            missing_files: Vec::new(),
        }
    }
}

/// How many takes are looked for.
const TAKES: usize = 2;
