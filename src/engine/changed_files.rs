//! Finds the files of one side that the source added or removed since the last promotion.
//!
//! # Why
//!
//! A file that only one side has shows nothing by itself: the source may be ahead, or the target may do
//! without it on purpose. The other files of its application show when it was last promoted, whether they
//! differ now or not.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::compare::BaseFile;
use super::history::{Past, PromotedFile, PromotedState};
use crate::domain::{ApplicationName, CommitId, Naming, RepoPath};
use crate::inventory::{FileObject, FilePair};
use crate::port::{Repository, RepositoryError};

/// What the pasts of paired files show about the files of their applications that only one side has.
pub(super) struct ChangedFiles<'a> {
    repository: &'a dyn Repository,
    naming: &'a Naming,
    /// The files that were promoted by themselves, by the target's path.
    promoted: HashMap<RepoPath, PromotedFile>,
    applications: BTreeMap<ApplicationName, PastOfApplication>,
}

#[derive(Default)]
struct PastOfApplication {
    states: Vec<PromotedState>,
    /// The source's folders, by the target's.
    folders: HashMap<String, String>,
}

impl<'a> ChangedFiles<'a> {
    pub(super) fn new(
        repository: &'a dyn Repository,
        naming: &'a Naming,
        promoted: HashMap<RepoPath, PromotedFile>,
    ) -> Self {
        Self {
            repository,
            naming,
            promoted,
            applications: BTreeMap::new(),
        }
    }

    /// Adds the past of a file that both sides have.
    pub(super) fn learn(&mut self, pair: &FilePair, past: &Past) {
        let name = pair.application.clone();
        let application = self.applications.entry(name).or_default();
        if let Some(source) = &pair.source_path {
            let folder = pair.path.folder().to_owned();
            let source = source.folder().to_owned();
            application.folders.entry(folder).or_insert(source);
        }
        application.states.extend(past.promoted_states());
    }

    /// Finds those of these files that the source added or removed since their application was last
    /// promoted. A file that the target changed meanwhile stays.
    pub(super) fn find<'p>(
        mut self,
        files: impl Iterator<Item = &'p FilePair>,
    ) -> Result<HashSet<RepoPath>, RepositoryError> {
        for application in self.applications.values_mut() {
            let states = &mut application.states;
            states.sort_by_key(|state| (Reverse(state.time), state.order));
        }
        let mut changed = HashSet::new();
        for pair in files {
            let Some(application) = self.applications.get(&pair.application) else {
                continue;
            };
            if self.base(application, pair)? == base_file(pair.target) {
                changed.insert(pair.path.clone());
            }
        }
        Ok(changed)
    }

    /// The source's file when it was last promoted.
    ///
    /// # Why
    ///
    /// As for places: a recorded promotion that left the file out is not its base.
    fn base(
        &self,
        application: &PastOfApplication,
        pair: &FilePair,
    ) -> Result<BaseFile, RepositoryError> {
        let mut older = application.states.as_slice();
        let promoted = self.promoted.get(&pair.path);
        for (index, state) in application.states.iter().enumerate() {
            if promoted.is_some_and(|promoted| state.time <= promoted.time) {
                break;
            }
            if state.is_set {
                return Ok(base_file(self.source_file(
                    application,
                    pair,
                    state.source,
                )?));
            }
            let Some(target) = state.recorded_in else {
                continue;
            };
            let target = self.repository.snapshot(target)?;
            let target = target.entry_at(pair.path.as_str())?;
            let source = self.source_file(application, pair, state.source)?;
            if source.is_some() == target.is_some() {
                return Ok(base_file(source));
            }
            older = &application.states[index + 1..];
        }
        if let Some(PromotedFile { source, .. }) = promoted {
            return Ok(base_file(self.source_file(application, pair, *source)?));
        }
        match older.first() {
            Some(state) => Ok(base_file(self.source_file(
                application,
                pair,
                state.source,
            )?)),
            None => Ok(BaseFile::Unknown),
        }
    }

    /// The source's file in a commit.
    fn source_file(
        &self,
        application: &PastOfApplication,
        pair: &FilePair,
        commit: CommitId,
    ) -> Result<Option<FileObject>, RepositoryError> {
        let snapshot = self.repository.snapshot(commit)?;
        if let Some(path) = &pair.source_path {
            return Ok(snapshot.entry_at(path.as_str())?.map(FileObject::from));
        }
        let Some(folder) = application.source_folder(pair.path.folder()) else {
            return Ok(None);
        };
        let Some((_, tree)) = snapshot.entry_at(folder.as_str())? else {
            return Ok(None);
        };
        // Both environments can share a folder; a file is no partner of its own.
        let own = (folder == pair.path.folder()).then(|| pair.path.file_name());
        let mut found = None;
        snapshot.read_tree(tree, &mut |entry| {
            let name = std::str::from_utf8(entry.name).unwrap_or_default();
            if self.naming.same(name, pair.path.file_name()) && Some(name) != own {
                found = Some(FileObject::from((entry.mode, entry.id)));
            }
        })?;
        Ok(found)
    }
}

/// A file that is known to exist, or known to be absent.
fn base_file(file: Option<FileObject>) -> BaseFile {
    file.map_or(BaseFile::Absent, BaseFile::Present)
}

impl PastOfApplication {
    /// The source's folder that belongs to one of the target's, by that of the nearest file above it.
    fn source_folder(&self, folder: &str) -> Option<String> {
        let ends = folder.rmatch_indices('/').map(|(at, _)| at);
        std::iter::once(folder.len())
            .chain(ends)
            .chain([0])
            .find_map(|end| {
                let source = self.folders.get(&folder[..end])?;
                let below = folder[end..].trim_start_matches('/');
                let parts = [source.as_str(), below].into_iter();
                Some(
                    parts
                        .filter(|part| !part.is_empty())
                        .collect::<Vec<_>>()
                        .join("/"),
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_the_source_is_found_by_the_nearest_one_above() {
        let folders = [("apps/prod/web", "apps/stg/web"), ("other/prod", "other")];
        let application = PastOfApplication {
            folders: folders.map(|(a, b)| (a.to_owned(), b.to_owned())).into(),
            ..PastOfApplication::default()
        };
        for (folder, expected) in [
            ("apps/prod/web", Some("apps/stg/web")),
            ("apps/prod/web/a/b", Some("apps/stg/web/a/b")),
            ("apps/prod", None),
            ("other/prod/x", Some("other/x")),
            ("", None),
        ] {
            assert_eq!(
                application.source_folder(folder).as_deref(),
                expected,
                "{folder}"
            );
        }
    }
}
