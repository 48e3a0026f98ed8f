//! What a later state of the branches leaves as it was.
//!
//! # Why
//!
//! Whoever follows a repository reads it after each push, and a push changes a few applications of thousands.
//! The names and ids of an application's files decide whether anything about it can have changed: they are
//! listed anyway, and then nothing of the others is read.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::table::Status;
use crate::domain::{ApplicationName, CommitId, Environment, ObjectId, RepoPath};
use crate::engine::error::EngineError;
use crate::engine::ports::Ports;
use crate::engine::settings::configuration_ids;
use crate::inventory::EnvironmentView;
use crate::port::{RepositoryError, Snapshot};

/// The most commits since the last reading whose changes are looked at.
const MOST_COMMITS: usize = 500;

/// A status, with what it was read from.
#[derive(Clone, Debug)]
pub struct StatusReading {
    /// The status.
    pub status: Status,
    source: Source,
}

/// What a status was read from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Source {
    /// The files of the configuration.
    configuration: Vec<ObjectId>,
    environments: Vec<Environment>,
    /// The commits in which the environments were read.
    commits: Vec<CommitId>,
    /// A number for the paths and ids of each application's files.
    files: BTreeMap<ApplicationName, u64>,
}

impl StatusReading {
    /// The status with those applications of an earlier reading that are unchanged.
    pub(super) fn new(
        mut status: Status,
        source: Source,
        (before, unchanged): (Option<&Self>, &BTreeSet<ApplicationName>),
    ) -> Self {
        let known = before.iter().flat_map(|before| &before.status.applications);
        let known = known.filter(|application| unchanged.contains(&application.name));
        status.applications.extend(known.cloned());
        status.applications.sort_by(|a, b| a.name.cmp(&b.name));
        Self { status, source }
    }

    /// The applications about which nothing can have changed until `source`; `views` are its environments.
    pub(super) fn unchanged(
        &self,
        ports: &Ports<'_>,
        source: &Source,
        views: &[EnvironmentView],
    ) -> Result<BTreeSet<ApplicationName>, RepositoryError> {
        let before = &self.source;
        if before.configuration != source.configuration
            || before.environments != source.environments
        {
            return Ok(BTreeSet::new());
        }
        let mut touched = HashSet::new();
        let steps: BTreeSet<_> = before.commits.iter().zip(&source.commits).collect();
        for (old, new) in steps.into_iter().filter(|(old, new)| old != new) {
            let Some(paths) = touched_since(ports, *old, *new)? else {
                return Ok(BTreeSet::new());
            };
            touched.extend(paths);
        }
        let is_touched = |name: &ApplicationName| {
            let files = views.iter().filter_map(|view| view.applications.get(name));
            files.flatten().any(|file| touched.contains(&file.path))
        };
        let files = source.files.iter();
        let same = files.filter(|(name, number)| before.files.get(*name) == Some(*number));
        // What was changed and changed back is newer all the same.
        let same = same.filter(|(name, _)| !is_touched(name));
        Ok(same.map(|(name, _)| name.clone()).collect())
    }
}

/// The files that the commits since `old` touched; `None` if anything can have changed: a commit without changes
/// records a baseline, there are too many commits, or the history was replaced.
fn touched_since(
    ports: &Ports<'_>,
    old: CommitId,
    new: CommitId,
) -> Result<Option<Vec<RepoPath>>, RepositoryError> {
    // It cannot be told if the repository no longer has the old commit.
    if !ports.history.is_ancestor(old, new).unwrap_or(false) {
        return Ok(None);
    }
    let since = ports.history.since(new, Some(old))?;
    if since.len() > MOST_COMMITS || since.iter().any(|commit| commit.changes.is_empty()) {
        return Ok(None);
    }
    let changes = since.into_iter().flat_map(|commit| commit.changes);
    Ok(Some(changes.filter_map(|change| change.path).collect()))
}

impl Source {
    pub(super) fn of(
        snapshot: &dyn Snapshot,
        views: &[EnvironmentView],
    ) -> Result<Self, EngineError> {
        let mut files: BTreeMap<&ApplicationName, DefaultHasher> = BTreeMap::new();
        for (at, view) in views.iter().enumerate() {
            for (name, own) in &view.applications {
                let hasher = files.entry(name).or_default();
                at.hash(hasher);
                for file in own {
                    file.path.as_str().hash(hasher);
                    file.object.id.hash(hasher);
                    file.object.mode.hash(hasher);
                }
            }
        }
        let files = files.into_iter();
        Ok(Self {
            configuration: configuration_ids(snapshot)?,
            environments: views.iter().map(|v| v.environment.clone()).collect(),
            commits: views.iter().map(|view| view.commit).collect(),
            files: files
                .map(|(name, hasher)| (name.clone(), hasher.finish()))
                .collect(),
        })
    }
}
