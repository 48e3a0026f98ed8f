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
use crate::domain::{ApplicationName, ObjectId};
use crate::engine::error::EngineError;
use crate::engine::settings::configuration_ids;
use crate::inventory::EnvironmentView;
use crate::port::Snapshot;

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
    root: ObjectId,
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
    pub(super) fn unchanged(&self, source: &Source) -> BTreeSet<ApplicationName> {
        let before = &self.source;
        let is_comparable = before.configuration == source.configuration
            && before.environments == source.environments
            // A commit without changes records a baseline.
            && before.root != source.root;
        let files = source.files.iter().filter(|_| is_comparable);
        let same = files.filter(|(name, number)| before.files.get(*name) == Some(*number));
        same.map(|(name, _)| name.clone()).collect()
    }
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
            root: snapshot.root(),
            files: files
                .map(|(name, hasher)| (name.clone(), hasher.finish()))
                .collect(),
        })
    }
}
