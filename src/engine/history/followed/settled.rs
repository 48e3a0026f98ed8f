//! Finds out when enough is known about a pair of files.

use super::super::take_commit::TakeCommit;
use super::super::{Past, RECORDED_TAKES, TAKES};
use super::Followed;
use crate::inventory::FileObject;

impl Followed<'_> {
    /// Notes which takes, and whether the named base, have the source in this state.
    pub(super) fn reach(&mut self, state: Option<FileObject>) {
        let Past {
            takes,
            named_base,
            source_commits,
            ..
        } = &mut self.past;
        self.pending.retain(|index| {
            let take = &mut takes[*index];
            take.source_commits = source_commits.len();
            take.source != state
        });
        for decision in self.decisions.iter_mut().filter(|d| d.source == state) {
            decision.source_commits = decision.source_commits.min(source_commits.len());
        }
        if let Some(base) = named_base
            && base.source == state
        {
            base.source_commits = base.source_commits.min(source_commits.len());
        }
    }

    /// Whether an older commit can be the base of a place that differs now.
    pub(super) fn needs_records(&self) -> bool {
        let is_recorded = self.past.takes.iter().any(TakeCommit::is_record_of_file);
        !self.open.is_empty() && self.records.is_possible(is_recorded)
    }

    /// Whether more of the source's commits can be newer than the base of a place.
    pub(super) fn needs_source_commits(&self) -> bool {
        let Past {
            takes, named_base, ..
        } = &self.past;
        let is_open = match named_base {
            Some(base) => base.source_commits == usize::MAX,
            None => takes.is_empty() || !self.pending.is_empty() || self.needs_records(),
        };
        is_open || self.is_before_revision || self.needs_versions() || self.has_open_decision()
    }

    pub(super) fn has_open_decision(&self) -> bool {
        let mut decisions = self.decisions.iter();
        decisions.any(|decision| decision.source_commits == usize::MAX)
    }

    /// Whether more commits are looked at for the order of versions.
    pub(super) fn needs_versions(&self) -> bool {
        self.left_for_versions > 0 && self.past.older.has_questions()
    }

    /// Whether the bases of all places are known.
    pub(super) fn has_base(&self) -> bool {
        let takes = self.past.takes.len();
        let has_takes = takes >= RECORDED_TAKES || takes >= TAKES && !self.needs_records();
        let base = self.past.named_base;
        let has_base = base.is_none_or(|base| base.source_commits != usize::MAX);
        has_takes && has_base && self.pending.is_empty() && !self.has_open_decision()
    }
}
