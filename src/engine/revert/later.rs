//! Finds the commits that changed a place after it was promoted.

use std::collections::HashMap;
use std::ops::ControlFlow;

use crate::document::Difference;
use crate::domain::{CommitId, Naming, RepoPath};
use crate::engine::compare::Versions;
use crate::engine::history::{PlaceKey, PlaceSet, Step, place_key};
use crate::engine::moved::MOST_COMMITS;
use crate::inventory::{FileObject, FilePair};
use crate::port::{ChangedFile, History, PastCommit, RepositoryError, Snapshot, Walk};

/// What of a file was changed since the promotion.
pub(super) struct Open {
    pair: FilePair,
    /// The places; `None` for the whole file.
    places: Option<Vec<PlaceKey>>,
}

impl Open {
    /// The whole file.
    pub fn whole(pair: &FilePair) -> Self {
        Self {
            pair: pair.clone(),
            places: None,
        }
    }

    /// The places of differences.
    pub fn places<'d>(
        pair: &FilePair,
        changed: impl Iterator<Item = &'d Difference>,
        naming: &Naming,
    ) -> Self {
        Self {
            pair: pair.clone(),
            places: Some(changed.map(|d| place_key(d, naming)).collect()),
        }
    }

    /// The path before the file was moved.
    fn older_path(&self) -> Option<&RepoPath> {
        let path = self.pair.source_path.as_ref();
        path.filter(|path| **path != self.pair.path)
    }

    /// What a commit changed in the file, also at its older path.
    fn change(&self, commit: &PastCommit) -> Option<Step> {
        let at = |path: &RepoPath| {
            let mut changes = commit.changes.iter();
            changes.find(|change| change.path.as_ref() == Some(path))
        };
        let step = |before: Option<&ChangedFile>, after: Option<&ChangedFile>| Step {
            before: before
                .and_then(|change| change.before)
                .map(FileObject::from),
            after: after.and_then(|change| change.after).map(FileObject::from),
        };
        let (new, old) = (at(&self.pair.path), self.older_path().and_then(at));
        match (new, old) {
            (None, None) => None,
            // The commit moved it.
            (Some(_), Some(_)) => Some(step(old, new)),
            _ => Some(step(new.or(old), new.or(old))),
        }
    }

    /// Whether a commit is still to be found.
    pub fn is_some_left(&self) -> bool {
        self.places.as_ref().is_none_or(|places| !places.is_empty())
    }
}

/// Where to search for later commits.
#[derive(Clone, Copy)]
pub(super) struct LaterSearch<'a> {
    pub history: &'a dyn History,
    /// The commit to begin with.
    pub target: &'a dyn Snapshot,
    /// The promotion's commit, where the search ends.
    pub promotion: CommitId,
    pub naming: &'a Naming,
}

/// The newest commit that changed each place; the key of a whole file is `None`.
#[derive(Default)]
pub(super) struct Later {
    commits: HashMap<(RepoPath, Option<PlaceKey>), CommitId>,
}

impl Later {
    /// Walks back to the promotion.
    pub fn find(search: &LaterSearch<'_>, mut open: Vec<Open>) -> Result<Self, RepositoryError> {
        let mut later = Self::default();
        if open.is_empty() {
            return Ok(later);
        }
        let paths = |file: &Open| {
            let paths = std::iter::once(&file.pair.path).chain(file.older_path());
            paths.cloned().collect::<Vec<_>>()
        };
        let paths: Vec<RepoPath> = open.iter().flat_map(paths).collect();
        let walk = Walk {
            from: search.target.commit(),
            paths: &paths,
            limit: MOST_COMMITS,
            except: None,
        };
        let mut fault = None;
        search.history.walk(&walk, &mut |commit| {
            if commit.id == search.promotion {
                return ControlFlow::Break(());
            }
            fault = later.visit(search, &commit, &mut open).err();
            if fault.is_some() || open.is_empty() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        fault.map_or(Ok(later), Err)
    }

    fn visit(
        &mut self,
        search: &LaterSearch<'_>,
        commit: &PastCommit,
        open: &mut Vec<Open>,
    ) -> Result<(), RepositoryError> {
        for file in open.iter_mut() {
            let Some(change) = file.change(commit) else {
                continue;
            };
            let changed = changed_places(search, &file.pair, change)?;
            let path = file.pair.path.clone();
            match &mut file.places {
                None => {
                    self.commits.insert((path, None), commit.id);
                    file.places = Some(Vec::new());
                }
                Some(places) => places.retain(|place| {
                    let is_changed = changed.as_ref().is_none_or(|c| c.touch(place));
                    if is_changed {
                        let place = (path.clone(), Some(place.clone()));
                        self.commits.insert(place, commit.id);
                    }
                    !is_changed
                }),
            }
        }
        open.retain(Open::is_some_left);
        Ok(())
    }

    /// The commit that changed a file as a whole.
    pub fn of_file(&self, path: &RepoPath) -> Option<CommitId> {
        self.commits.get(&(path.clone(), None)).copied()
    }

    /// The commit that changed the place of a difference.
    pub fn of_place(
        &self,
        path: &RepoPath,
        difference: &Difference,
        naming: &Naming,
    ) -> Option<CommitId> {
        let place = (path.clone(), Some(place_key(difference, naming)));
        self.commits.get(&place).copied()
    }
}

/// The places that a commit changed in a file; `None` for all of it.
fn changed_places(
    search: &LaterSearch<'_>,
    pair: &FilePair,
    change: Step,
) -> Result<Option<PlaceSet>, RepositoryError> {
    let (Some(before), Some(after)) = (change.before, change.after) else {
        return Ok(None);
    };
    let versions = Versions {
        pair,
        now: None,
        blobs: search.target,
        naming: search.naming,
    };
    let found = versions.target_changes(before, after)?;
    Ok(found.map(|found| PlaceSet::of(&found, search.naming)))
}
