//! What newer commits that revert others changed in a target's file.
//!
//! # Why
//!
//! A revert may leave a part of a promotion: other applications, or what was changed since. So a promotion
//! only counts as undone where a revert of it changed the file.

use std::collections::HashMap;

use super::merged;
use super::place_set::{PlaceSet, place_key};
use super::take::Step;
use crate::document::Difference;
use crate::domain::{CommitId, Naming, RepoPath};
use crate::engine::claims::is_revert;
use crate::port::{FoundCommit, PastCommit, Repository, RepositoryError};

/// The reverts that changed a target's file.
#[derive(Default)]
pub(super) struct Reverts {
    /// The places that each changed; `None` for the whole file.
    changed: HashMap<CommitId, Option<PlaceSet>>,
}

/// The commit that undid another one's change of the target's file, or a part of it.
pub(super) struct Undoing {
    pub by: CommitId,
    /// The places that it changed; `None` for the whole file.
    places: Option<PlaceSet>,
}

impl Reverts {
    pub(super) fn add(&mut self, revert: CommitId, places: Option<PlaceSet>) {
        self.changed.insert(revert, places);
    }

    /// What a revert undid in the file; `None` if it did not change it.
    pub(super) fn undoing(&self, by: CommitId) -> Option<Undoing> {
        let places = self.changed.get(&by)?.clone();
        Some(Undoing { by, places })
    }
}

impl Undoing {
    /// A commit that restored the file as it was.
    pub(super) fn whole(by: CommitId) -> Self {
        Self { by, places: None }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.places.is_none()
    }

    /// Whether it undid a change.
    pub(super) fn undoes(&self, change: &Difference, naming: &Naming) -> bool {
        let places = self.places.as_ref();
        places.is_none_or(|places| places.touch(&place_key(change, naming)))
    }
}

/// Whether a commit changed the target's file to revert another one, itself or by what it merged.
pub(super) fn reverts_file(
    repository: &dyn Repository,
    commit: &PastCommit,
    merged: &[FoundCommit],
    path: &RepoPath,
    target: Step,
) -> Result<bool, RepositoryError> {
    if is_revert(&commit.message) {
        return Ok(true);
    }
    if !merged.iter().any(|commit| is_revert(&commit.message)) {
        return Ok(false);
    }
    let steps = merged::steps(repository, merged, path, target)?;
    Ok(steps.is_some_and(|steps| steps.iter().all(|(commit, _)| is_revert(&commit.message))))
}
