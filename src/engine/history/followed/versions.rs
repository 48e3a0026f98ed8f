//! Looks for the order of versions in commits that show nothing else.
//!
//! # Why
//!
//! Most of these commits have none of the versions whose order is open. A look at the texts shows that, and
//! costs far less than to compare the files. So changes are only compared once a version was found.

use super::super::merged;
use super::super::question::Visit;
use super::super::take::Step;
use super::Followed;
use crate::engine::compare::{Versions, read};
use crate::inventory::FileObject;
use crate::port::RepositoryError;

/// States of a file before and after commits, newest first.
type Edits = Vec<(FileObject, FileObject)>;

impl Followed<'_> {
    /// Looks for versions in what a commit changed; `target` is only its own change, not a revert.
    pub(super) fn look_for_versions(
        &mut self,
        visit: &Visit<'_>,
        (source, target): (Step, Option<Step>),
        versions: &Versions<'_>,
    ) -> Result<(), RepositoryError> {
        if let Some(edit) = target.and_then(Step::edit) {
            let sought = self.past.older.sought().target;
            if let Some(edits) = found(&mut self.unread.target, edit, &sought, versions)? {
                for (old, new) in edits {
                    let changes = versions.target_changes(old, new)?.unwrap_or_default();
                    self.past.older.learn_target(&changes, versions.naming);
                }
            }
        }
        if source.edit().is_none() {
            return Ok(());
        }
        let path = self.paths.source.as_ref();
        let steps = merged::changes(visit.repository, visit.commit, visit.merged, path, source)?;
        for edit in steps.into_iter().filter_map(|(_, step)| step.edit()) {
            let sought = self.past.older.sought().source;
            if let Some(edits) = found(&mut self.unread.source, edit, &sought, versions)? {
                for (old, new) in edits {
                    let changes = versions.source_changes(old, new)?.unwrap_or_default();
                    self.past.older.learn_source(&changes, versions.naming);
                }
            }
        }
        Ok(())
    }
}

/// Adds a change to those that are not compared yet, and returns all of them if the older state has one of
/// the versions.
fn found(
    unread: &mut Edits,
    edit: (FileObject, FileObject),
    sought: &[String],
    versions: &Versions<'_>,
) -> Result<Option<Edits>, RepositoryError> {
    unread.push(edit);
    let Ok(bytes) = read(versions.blobs, edit.0)? else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(&bytes);
    let has_version = sought.iter().any(|version| text.contains(version));
    Ok(has_version.then(|| std::mem::take(unread)))
}
