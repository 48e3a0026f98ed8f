//! The files that a promotion changed.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::proof::PromotionCommit;
use crate::domain::{ApplicationName, RepoPath, Settings};
use crate::engine::error::EngineError;
use crate::engine::moved::present_paths;
use crate::engine::ports::Ports;
use crate::inventory::{EnvironmentPair, FileObject, FilePair, FileRole};
use crate::plan::{Hop, Reverted};
use crate::port::{ChangedFile, Snapshot};

/// What a promotion changed.
pub(super) struct Changes {
    /// The commit before the promotion.
    pub before: Arc<dyn Snapshot>,
    /// The commit's message.
    pub message: String,
    /// Files that the commit changed and that are not of the promotion.
    pub elsewhere: Vec<String>,
    files: Vec<PromotedFile>,
}

/// A file that a promotion changed.
#[derive(Clone)]
pub(super) struct PromotedFile {
    /// The file before the promotion, as the source, and now.
    pub pair: FilePair,
    /// The file after the promotion.
    pub promoted: Option<FileObject>,
}

impl PromotedFile {
    /// Whether the target's file is not as it was before the promotion.
    pub fn is_different(&self) -> bool {
        self.pair.source != self.pair.target
    }
}

impl Changes {
    /// Reads what the commit of a promotion changed, and what the target has there now.
    pub fn read(
        ports: &Ports<'_>,
        reverted: &Reverted,
        hop: &Hop,
        target: &dyn Snapshot,
        settings: &Settings,
    ) -> Result<Self, EngineError> {
        let commit = ports.history.commit(reverted.commit)?;
        let Some(parent) = commit.parent else {
            return Err(EngineError::NothingBefore {
                commit: reverted.commit,
                is_shallow: ports.history.is_shallow(),
            });
        };
        let before = ports.repository.snapshot(parent)?;
        let paths = || commit.changes.iter().filter_map(|file| file.path.as_ref());
        let environments = EnvironmentPair::new(hop, (before.as_ref(), target), settings)?;
        let mut applications = environments.applications_of(paths())?;
        let promotion = PromotionCommit {
            ports,
            commit: &commit,
            hop,
            settings,
        };
        promotion.limit_to_proven(&mut applications, &reverted.id)?;
        let promoted = commit.changes.iter().filter(|file| file.after.is_some());
        let mut absent = Vec::new();
        for path in promoted.filter_map(|file| file.path.as_ref()) {
            if applications.contains_key(path) && target.entry_at(path.as_str())?.is_none() {
                absent.push(path.clone());
            }
        }
        let moved = present_paths(ports.history, target, reverted.commit, &absent)?;
        let of_moved = environments.applications_of(moved.values())?;
        let mut files = Vec::new();
        for ChangedFile {
            path,
            before: old,
            after,
        } in &commit.changes
        {
            // The target never has a path that is not UTF-8.
            let Some(path) = path else { continue };
            let Some(application) = applications.get(path) else {
                continue;
            };
            let present = moved.get(path).unwrap_or(path);
            let now = target.entry_at(present.as_str())?;
            let pair = FilePair {
                path: present.clone(),
                source_path: old.map(|_| path.clone()),
                application: of_moved.get(present).unwrap_or(application).clone(),
                source: old.map(FileObject::from),
                target: now.map(FileObject::from),
                role: FileRole::Deployed,
                renames: Vec::new(),
            };
            files.push(PromotedFile {
                pair,
                promoted: after.map(FileObject::from),
            });
        }
        let elsewhere = paths().filter(|path| !applications.contains_key(*path));
        let elsewhere: Vec<String> = elsewhere.map(RepoPath::to_string).collect();
        if files.is_empty() && !elsewhere.is_empty() {
            return Err(EngineError::NotAPromotion {
                commit: reverted.commit,
            });
        }
        Ok(Self {
            before,
            message: commit.message,
            elsewhere,
            files,
        })
    }

    /// Whether the commit changed no file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.elsewhere.is_empty()
    }

    /// The applications of the files.
    pub fn applications(&self) -> BTreeSet<&ApplicationName> {
        self.files.iter().map(|f| &f.pair.application).collect()
    }

    /// The files of the chosen applications; `None` means all.
    pub fn of(&self, chosen: Option<&[ApplicationName]>) -> Vec<PromotedFile> {
        let is_chosen = |file: &&PromotedFile| {
            chosen.is_none_or(|names| names.contains(&file.pair.application))
        };
        self.files.iter().filter(is_chosen).cloned().collect()
    }
}
