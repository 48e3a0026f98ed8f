//! A commit that shows what the source was when it was last promoted.

use super::place_set::PlaceSet;
use crate::domain::CommitId;
use crate::engine::compare::BaseFile;
use crate::inventory::FileObject;
use crate::plan::LastPromotion;
use crate::port::{History, RepositoryError};

/// A commit that took something from the source, or records what its base is.
#[derive(Clone, Debug)]
pub(super) struct TakeCommit {
    /// The commit.
    pub promotion: LastPromotion,
    /// How many commits were visited before.
    pub order: usize,
    /// The commit that had the source's file.
    pub source_commit: CommitId,
    /// The source's file at that time; of a recorded promotion, the one that was promoted.
    pub source: Option<FileObject>,
    /// How many commits changed the source's file since.
    pub source_commits: usize,
    /// What still differed from the source, as it was in the commit and before it.
    pub passed_over: PlaceSet,
    /// What the commit shows.
    pub evidence: Evidence,
    /// The versions that a promotion of changes moved.
    pub moved_versions: PlaceSet,
}

/// What a commit shows about the places of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Evidence {
    /// It set something to what the source had; nothing is recorded.
    Inferred,
    /// It records a promotion; these places still differed from what was promoted.
    Promotion(PlaceSet),
    /// It sets the baseline of all places, without a promotion.
    Baseline,
    /// It records that the target keeps its own values in these places, which differ.
    Decision(PlaceSet),
}

/// A commit whose state of the source was promoted, as one file shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::engine) struct PromotedState {
    /// The commit that had the source's files.
    pub source: CommitId,
    /// Whether it was set without a promotion, so that it is the base of every file.
    pub is_set: bool,
    /// The commit of the recorded promotion; `None` if there is none.
    pub recorded_in: Option<CommitId>,
    /// When it was promoted, in seconds since 1970.
    pub time: i64,
    /// How many commits were visited before, which orders those of one second.
    pub order: usize,
}

/// The base of a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::engine) struct BaseOfPlace {
    /// The source's file.
    pub source: BaseFile,
    /// Whether it is named, or a promotion is recorded that made both sides equal there.
    pub is_recorded: bool,
    /// Whether both sides differed there already.
    pub is_different: bool,
    /// How many commits changed the source's file since.
    pub(super) source_commits: usize,
}

impl TakeCommit {
    /// Whether it records that the source, as it was then, is the base of a place.
    pub(super) fn settles(&self, place: &str) -> bool {
        match &self.evidence {
            Evidence::Inferred => false,
            Evidence::Promotion(left) => !left.touch(place),
            Evidence::Baseline => true,
            Evidence::Decision(places) => places.cover(place),
        }
    }

    /// Whether it records a base of the whole file.
    pub(super) fn is_record_of_file(&self) -> bool {
        matches!(self.evidence, Evidence::Promotion(_) | Evidence::Baseline)
    }

    /// Whether it only decides about single places.
    pub(super) fn is_decision(&self) -> bool {
        matches!(self.evidence, Evidence::Decision(_))
    }

    /// What a recorded promotion left out.
    pub(super) fn left_out(&self) -> Option<&PlaceSet> {
        match &self.evidence {
            Evidence::Promotion(left) => Some(left),
            _ => None,
        }
    }

    /// The source's file as a base.
    pub(super) fn file(&self) -> BaseFile {
        self.source.map_or(BaseFile::Absent, BaseFile::Present)
    }

    /// The base of a place.
    pub(super) fn base_of(&self, place: &str) -> BaseOfPlace {
        let is_recorded = self.settles(place);
        BaseOfPlace {
            source: self.file(),
            is_recorded,
            is_different: !is_recorded && self.passed_over.touch(place),
            source_commits: self.source_commits,
        }
    }

    /// Inserts it into others, newest first, where its commit belongs.
    pub(super) fn insert_into(
        mut self,
        others: &mut Vec<Self>,
        history: &dyn History,
    ) -> Result<(), RepositoryError> {
        let mut newer = 0;
        while let Some(other) = others.get(newer)
            && history.is_ancestor(self.promotion.commit, other.promotion.commit)?
        {
            newer += 1;
        }
        self.order = others.get(newer).map_or(usize::MAX, |older| older.order);
        others.insert(newer, self);
        Ok(())
    }

    /// The state of all files of the source; `None` if it only decides about places.
    pub(super) fn state(&self) -> Option<PromotedState> {
        let recorded_in = match self.evidence {
            Evidence::Decision(_) => return None,
            Evidence::Promotion(_) => Some(self.promotion.commit),
            Evidence::Inferred | Evidence::Baseline => None,
        };
        Some(PromotedState {
            source: self.source_commit,
            is_set: self.evidence == Evidence::Baseline,
            recorded_in,
            time: self.promotion.time,
            order: self.order,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Provenance;

    #[test]
    fn each_kind_of_evidence_settles_other_places() {
        let places =
            |keys: &[&str]| -> PlaceSet { keys.iter().map(|key| (*key).to_owned()).collect() };
        let take = |evidence| TakeCommit {
            promotion: LastPromotion {
                time: 0,
                commit: CommitId("1".repeat(40).parse().unwrap()),
                took: Vec::new(),
                provenance: Provenance::Recorded,
            },
            order: 0,
            source_commit: CommitId("2".repeat(40).parse().unwrap()),
            source: None,
            source_commits: 0,
            passed_over: PlaceSet::default(),
            evidence,
            moved_versions: PlaceSet::default(),
        };
        let a = || places(&["\u{1}$.a"]);
        for (evidence, settled) in [
            (Evidence::Inferred, [false, false]),
            (Evidence::Promotion(a()), [false, true]),
            (Evidence::Baseline, [true, true]),
            (Evidence::Decision(a()), [true, false]),
        ] {
            let take = take(evidence.clone());
            let found = ["\u{1}$.a", "\u{1}$.b"].map(|place| take.settles(place));
            assert_eq!(found, settled, "{evidence:?}");
        }
    }
}
