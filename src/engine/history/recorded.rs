//! The promotions that a commit records.
//!
//! # Why
//!
//! A promotion's trailers are in its own commit, in the one that squashed it, or in a commit that a merge
//! brought. People copy messages, so a record only counts for a file whose change in the commit fits it.

use std::collections::HashSet;

use super::place_set::{PlaceKey, PlaceSet};
use super::question::Visit;
use super::take::{Step, proven_record};
use crate::document::Difference;
use crate::domain::{CommitId, Naming, RepoPath};
use crate::engine::compare::Versions;
use crate::engine::moved::older_path;
use crate::inventory::FileObject;
use crate::plan::{Record, without_instructions};
use crate::port::RepositoryError;

/// A recorded promotion between the two environments.
pub(super) struct Recorded {
    /// The commit that had the source's file.
    pub commit: CommitId,
    /// The source's file that was promoted.
    pub source: FileObject,
    /// The selectors of the differences that it decided to keep.
    pub kept: Vec<String>,
    /// Whether it may have promoted what changed in the source.
    pub may_follow_changes: bool,
}

/// The newest promotion of a file that a commit records and proves, and where the target still differed
/// from it; places that the promotion decided to keep are not among them. `open` are the places that
/// differ now, by selector.
pub(super) fn proven(
    visit: &Visit<'_>,
    source_path: &RepoPath,
    target: Step,
    edits: &[Difference],
    open: &[(String, PlaceKey)],
    versions: &Versions<'_>,
) -> Result<Option<(Recorded, PlaceSet)>, RepositoryError> {
    for recorded in recorded(visit, source_path, versions.naming)? {
        let left = proven_record(recorded.source, target, edits, versions)?;
        if let Some(left) = left {
            let kept: HashSet<&String> = recorded.kept.iter().collect();
            let is_kept = |selector: &str| kept.contains(&without_instructions(selector));
            let kept = open.iter().filter(|(selector, _)| is_kept(selector));
            let left = left.without(kept.map(|(_, place)| place));
            return Ok(Some((recorded, left)));
        }
    }
    Ok(None)
}

/// The promotions of a file that a commit, or what it merged, records, the newest first.
///
/// A record whose source cannot be read, for example in a shallow clone, is passed over.
fn recorded(
    visit: &Visit<'_>,
    source_path: &RepoPath,
    naming: &Naming,
) -> Result<Vec<Recorded>, RepositoryError> {
    let merged = visit.merged.iter().map(|commit| &commit.message);
    let messages = std::iter::once(&visit.commit.message).chain(merged);
    let mut found = Vec::new();
    for record in messages.flat_map(|message| Record::all_in(message)) {
        let is_ours =
            naming.source().has_name(&record.from) && naming.target().has_name(&record.to);
        let id = record.source.as_deref().and_then(|id| id.parse().ok());
        let Some(id) = id.filter(|_| is_ours) else {
            continue;
        };
        let Ok(snapshot) = visit.repository.snapshot(CommitId(id)) else {
            continue;
        };
        let source = match snapshot.entry_at(source_path.as_str())? {
            None => {
                // It can have been at another path then.
                let at = visit.commit.id;
                let older = older_path(visit.history, at, source_path, snapshot.as_ref())?;
                match older {
                    Some(path) => snapshot.entry_at(path.as_str())?,
                    None => None,
                }
            }
            found => found,
        };
        if let Some(source) = source {
            found.push(Recorded {
                commit: CommitId(id),
                source: source.into(),
                may_follow_changes: record.may_follow_changes(),
                kept: record.kept,
            });
        }
    }
    Ok(found)
}
