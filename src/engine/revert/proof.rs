//! Proves which files of a commit its recorded promotion changed.
//!
//! # Why
//!
//! People quote messages with their trailers, and a commit that a forge squashed has other files as well.
//! If the id is that of the commit's files, all of them are the promotion's. Otherwise each file of its
//! applications has to prove itself: the commit changed something there to what the source had.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::domain::{ApplicationName, CommitId, Naming, RepoPath, Settings};
use crate::engine::compare::Versions;
use crate::engine::error::EngineError;
use crate::engine::history::{Step, proven_record};
use crate::engine::ports::Ports;
use crate::engine::recorded_changes::recorded_changes;
use crate::inventory::{ApplicationChoice, EnvironmentPair, Equal, FileObject, FilePair, FileRole};
use crate::plan::{Hop, Record};
use crate::port::{ChangedFile, PastCommit, Snapshot};

/// A commit, with what else its files are compared with.
pub(super) struct PromotionCommit<'a> {
    pub ports: &'a Ports<'a>,
    pub commit: &'a PastCommit,
    pub hop: &'a Hop,
    pub settings: &'a Settings,
}

impl PromotionCommit<'_> {
    /// Limits the files to those that the promotion with this id changed.
    pub fn limit_to_proven(
        &self,
        applications: &mut BTreeMap<RepoPath, ApplicationName>,
        id: &str,
    ) -> Result<(), EngineError> {
        let records = Record::all_in(&self.commit.message);
        let Some(record) = records.iter().find(|record| record.id == id) else {
            return Ok(());
        };
        let names: Vec<ApplicationName> = record.application_names().collect();
        let after = self.ports.repository.snapshot(self.commit.id)?;
        let is_of_target = |file: &&ChangedFile| {
            let path = file.path.as_ref();
            path.is_some_and(|path| applications.contains_key(path))
        };
        let changes = &self.commit.changes;
        let is_proven = [
            recorded_changes(after.as_ref(), changes),
            recorded_changes(after.as_ref(), changes.iter().filter(is_of_target)),
        ]
        .iter()
        .flatten()
        .any(|changes| record.is_proven_by(changes));
        if applications.values().any(|name| names.contains(name)) || !is_proven {
            applications.retain(|_, name| names.contains(name));
        } else if let [only] = names.as_slice() {
            // Its name followed from a layout or from files that are gone.
            for name in applications.values_mut() {
                *name = only.clone();
            }
        }
        if is_proven || applications.is_empty() {
            return Ok(());
        }
        let Some(source) = self.source(record, after.clone())? else {
            // Without the source, the names are all that there is.
            return Ok(());
        };
        let mut proven = Vec::new();
        for file in &self.commit.changes {
            if let Some(path) = &file.path
                && let Some(name) = applications.get(path)
                && source.proves(file, path, name)?
            {
                proven.push(path.clone());
            }
        }
        applications.retain(|path, _| proven.contains(path));
        Ok(())
    }

    /// The files that the promotion took its values from; `None` if their commit cannot be read.
    fn source(
        &self,
        record: &Record,
        after: Arc<dyn Snapshot>,
    ) -> Result<Option<Source>, EngineError> {
        let id = record.source.as_deref().and_then(|id| id.parse().ok());
        let source = id.and_then(|id| self.ports.repository.snapshot(CommitId(id)).ok());
        let Some(source) = source else {
            return Ok(None);
        };
        if record.reverts.is_some() {
            // A revert takes its values from older states of the same files.
            return Ok(Some(Source {
                before: Some(source),
                after,
                naming: Naming::of_one(&self.hop.to),
                pairs: HashMap::new(),
            }));
        }
        let environments =
            EnvironmentPair::new(self.hop, (source.as_ref(), after.as_ref()), self.settings)?;
        let located = environments.locate(ApplicationChoice::default())?;
        let pairs = located.pairs(Equal::Listed)?.files.into_iter();
        let pairs = pairs.map(|pair| (pair.path.clone(), pair)).collect();
        let naming = located.naming().clone();
        Ok(Some(Source {
            before: None,
            after,
            naming,
            pairs,
        }))
    }
}

/// The files that a promotion took its values from.
struct Source {
    /// Of a revert: the commit with the older states.
    before: Option<Arc<dyn Snapshot>>,
    after: Arc<dyn Snapshot>,
    naming: Naming,
    /// Both environments' files, by the target's path.
    pairs: HashMap<RepoPath, FilePair>,
}

impl Source {
    /// Whether the commit changed something in the file to what the source has.
    fn proves(
        &self,
        file: &ChangedFile,
        path: &RepoPath,
        name: &ApplicationName,
    ) -> Result<bool, EngineError> {
        let step = Step {
            before: file.before.map(FileObject::from),
            after: file.after.map(FileObject::from),
        };
        let pair = match &self.before {
            None => self.pairs.get(path).cloned(),
            Some(before) => Some(FilePair {
                path: path.clone(),
                source_path: Some(path.clone()),
                application: name.clone(),
                source: before.entry_at(path.as_str())?.map(FileObject::from),
                target: step.after,
                role: FileRole::Deployed,
                renames: Vec::new(),
            }),
        };
        let source = pair.as_ref().and_then(|pair| pair.source);
        let (Some(pair), Some(source), Some(after)) = (&pair, source, step.after) else {
            // Only a file that both lack afterwards was removed by the promotion.
            return Ok(source.is_none() && step.after.is_none());
        };
        if source == after {
            return Ok(true);
        }
        let versions = Versions {
            pair,
            now: None,
            blobs: self.after.as_ref(),
            naming: &self.naming,
        };
        let edits = match step.edit() {
            Some((old, new)) => versions.target_changes(old, new)?.unwrap_or_default(),
            None => Vec::new(),
        };
        Ok(proven_record(source, step, &edits, &versions)?.is_some())
    }
}
