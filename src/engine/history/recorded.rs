//! The promotions that a commit records.
//!
//! # Why
//!
//! A promotion's trailers are in its own commit, in the one that squashed it, or in a commit that a merge
//! brought. People copy messages, so a record only counts for a file whose change in the commit fits it.

use crate::domain::{CommitId, Naming, RepoPath};
use crate::inventory::FileObject;
use crate::plan::Record;
use crate::port::{FoundCommit, PastCommit, Repository, RepositoryError};

/// A recorded promotion between the two environments.
pub(super) struct Recorded {
    /// The commit that had the source's file.
    pub commit: CommitId,
    /// The source's file that was promoted.
    pub source: FileObject,
    /// The selectors of the differences that it decided to keep.
    pub kept: Vec<String>,
}

/// The promotions of a file that a commit, or what it merged, records, the newest first.
///
/// A record whose source cannot be read, for example in a shallow clone, is passed over.
pub(super) fn recorded(
    repository: &dyn Repository,
    commit: &PastCommit,
    merged: &[FoundCommit],
    source_path: &RepoPath,
    naming: &Naming,
) -> Result<Vec<Recorded>, RepositoryError> {
    let messages = std::iter::once(&commit.message).chain(merged.iter().map(|c| &c.message));
    let mut found = Vec::new();
    for record in messages.flat_map(|message| Record::all_in(message)) {
        let is_ours =
            naming.source().has_name(&record.from) && naming.target().has_name(&record.to);
        let id = record.source.as_deref().and_then(|id| id.parse().ok());
        let Some(id) = id.filter(|_| is_ours) else {
            continue;
        };
        let Ok(snapshot) = repository.snapshot(CommitId(id)) else {
            continue;
        };
        if let Some(source) = snapshot.entry_at(source_path.as_str())? {
            found.push(Recorded {
                commit: CommitId(id),
                source: source.into(),
                kept: record.kept,
            });
        }
    }
    Ok(found)
}

/// The ids of the promotions that a message records, and of those that it records to revert.
pub(super) fn promotion_ids(message: &str) -> (Vec<String>, Vec<String>) {
    let records = Record::all_in(message);
    let reverts = records.iter().filter_map(|record| record.reverts.clone());
    let reverts = reverts.collect();
    (
        records.into_iter().map(|record| record.id).collect(),
        reverts,
    )
}

/// Whether a commit reverts another one, by its text or its trailers.
pub(super) fn is_revert(message: &str) -> bool {
    reverted_commit(message).is_some() || !promotion_ids(message).1.is_empty()
}

/// The commit that a commit reverts, as `git revert` writes it.
pub(super) fn reverted_commit(message: &str) -> Option<CommitId> {
    let (_, rest) = message.split_once("This reverts commit ")?;
    let id = rest.split(|c: char| !c.is_ascii_hexdigit()).next()?;
    Some(CommitId(id.parse().ok()?))
}
