//! What a later state of the branches leaves as it was.
//!
//! # Why
//!
//! Whoever follows a repository reads it after each push, and a push changes a few applications of thousands.
//! The names and ids of an application's files decide whether anything about it can have changed: they are
//! listed anyway, and then nothing of the others is read.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::table::Status;
use crate::domain::{ApplicationName, CommitId, ObjectId};
use crate::engine::error::EngineError;
use crate::engine::ports::Ports;
use crate::engine::settings::configuration_ids;
use crate::inventory::EnvironmentView;
use crate::port::{RepositoryError, Snapshot};

/// Of how many commits since the last reading each is looked at.
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
    environments: Vec<String>,
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

    /// The applications about which nothing can have changed until `source`.
    pub(super) fn unchanged(
        &self,
        ports: &Ports<'_>,
        source: &Source,
    ) -> Result<BTreeSet<ApplicationName>, RepositoryError> {
        let before = &self.source;
        if before.configuration != source.configuration
            || before.environments != source.environments
        {
            return Ok(BTreeSet::new());
        }
        let steps: BTreeSet<_> = before.commits.iter().zip(&source.commits).collect();
        for (old, new) in steps.into_iter().filter(|(old, new)| old != new) {
            if can_record_baseline(ports, *old, *new)? {
                return Ok(BTreeSet::new());
            }
        }
        let files = source.files.iter();
        let same = files.filter(|(name, number)| before.files.get(*name) == Some(*number));
        Ok(same.map(|(name, _)| name.clone()).collect())
    }
}

/// Whether one of the commits since `old` can record a baseline, which a commit without changes does. Of many
/// commits, or after a history that was replaced, it is not looked for.
fn can_record_baseline(
    ports: &Ports<'_>,
    old: CommitId,
    new: CommitId,
) -> Result<bool, RepositoryError> {
    let Ok(since) = ports.history.ancestry(new, old) else {
        // The repository has the old commit no more.
        return Ok(true);
    };
    if since.len() > MOST_COMMITS || !since.iter().any(|(commit, _)| *commit == old) {
        return Ok(true);
    }
    let root = |commit| Ok::<_, RepositoryError>(ports.repository.snapshot(commit)?.root());
    for (commit, parents) in since.iter().filter(|(commit, _)| *commit != old) {
        let Some(parent) = parents.first() else {
            continue;
        };
        if root(*commit)? == root(*parent)? {
            return Ok(true);
        }
    }
    Ok(false)
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
            environments: views.iter().map(|v| v.environment.name.clone()).collect(),
            commits: views.iter().map(|view| view.commit).collect(),
            files: files
                .map(|(name, hasher)| (name.clone(), hasher.finish()))
                .collect(),
        })
    }
}
