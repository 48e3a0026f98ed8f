//! What to find out about a pair of files, and the commits that may answer it.

use super::older::OlderVersions;
use super::place_set::PlaceKey;
use super::records::{FileDecision, MoreRecords};
use crate::document::Difference;
use crate::domain::CommitId;
use crate::inventory::{FileObject, FilePair};
use crate::port::{FoundCommit, History, PastCommit, Repository};

/// A pair of files, and what to find out about it.
pub(in crate::engine) struct Question<'a> {
    pub pair: &'a FilePair,
    /// Where both files differ now.
    pub differences: Vec<&'a Difference>,
    /// The places that differ, with their selectors.
    pub open: Vec<(String, PlaceKey)>,
    /// The versions whose order is unknown.
    pub versions: OlderVersions,
    /// The revision of `--base`, and the source's file in it.
    pub base: Option<(CommitId, Option<FileObject>)>,
    /// What is recorded about it in commits that need not change it, newest first.
    pub decisions: Vec<FileDecision>,
    /// Whether the history can have recorded promotions of it.
    pub records: MoreRecords,
}

/// A commit, with what else is known about it.
pub(super) struct Visit<'a> {
    pub commit: &'a PastCommit,
    /// How many commits were visited before.
    pub order: usize,
    /// The commits that it brought, if it is a merge.
    pub merged: &'a [FoundCommit],
    /// The commit that had the source's files at that time.
    pub source: CommitId,
    /// Whether an older revision of the source was chosen, which does not have it.
    pub is_newer: bool,
    /// The newer commit that reverts it.
    pub reverted_by: Option<CommitId>,
    pub repository: &'a dyn Repository,
    pub history: &'a dyn History,
}
