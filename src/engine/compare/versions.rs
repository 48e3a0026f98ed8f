//! Compares states of a pair's files that are not those of the promotion.

use super::load::{BaseFile, load, load_base};
use super::{Read, sides};
use crate::document::{self, Difference};
use crate::domain::Naming;
use crate::inventory::{FileObject, FilePair};
use crate::port::{RepositoryError, Snapshot};

/// Compares states of a pair's files.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Versions<'a> {
    pub pair: &'a FilePair,
    /// Where both files differ now, if that is known.
    pub now: Option<&'a [&'a Difference]>,
    pub blobs: &'a dyn Snapshot,
    pub naming: &'a Naming,
}

impl Versions<'_> {
    /// Lists where a state of the source's file and one of the target's differ; `None` if they cannot be
    /// compared field by field.
    pub(in crate::engine) fn differences(
        &self,
        source: FileObject,
        target: FileObject,
    ) -> Result<Option<Vec<Difference>>, RepositoryError> {
        let is_now = (Some(source), Some(target)) == (self.pair.source, self.pair.target);
        if let Some(now) = self.now.filter(|_| is_now) {
            return Ok(Some(now.iter().copied().cloned().collect()));
        }
        self.compare((source, self.source_path()), (target, self.target_path()))
    }

    /// Lists where both files differ now, with an older state of the source's as their base.
    pub(in crate::engine) fn differences_since(
        &self,
        base: BaseFile,
    ) -> Result<Option<Vec<Difference>>, RepositoryError> {
        let (Some(source), Some(target)) = (self.pair.source, self.pair.target) else {
            return Ok(None);
        };
        let base = load_base(self.blobs, base, self.source_path())?;
        let source = load(self.blobs, source, self.source_path())?;
        let target = load(self.blobs, target, self.target_path())?;
        let read = Read::of(source, target);
        Ok(read.map(|read| {
            let open = read.open(self.pair, base.as_ref());
            document::compare(&sides(&open, self.naming))
        }))
    }

    /// Lists what changed from one state of the target's file to the next.
    pub(in crate::engine) fn target_changes(
        &self,
        before: FileObject,
        after: FileObject,
    ) -> Result<Option<Vec<Difference>>, RepositoryError> {
        let path = self.target_path();
        self.compare((after, path), (before, path))
    }

    /// Lists what changed from one state of the source's file to the next.
    pub(in crate::engine) fn source_changes(
        &self,
        before: FileObject,
        after: FileObject,
    ) -> Result<Option<Vec<Difference>>, RepositoryError> {
        let path = self.source_path();
        self.compare((after, path), (before, path))
    }

    fn compare(
        &self,
        (new, new_path): (FileObject, &str),
        (old, old_path): (FileObject, &str),
    ) -> Result<Option<Vec<Difference>>, RepositoryError> {
        if new == old {
            return Ok(Some(Vec::new()));
        }
        let new = load(self.blobs, new, new_path)?;
        let old = load(self.blobs, old, old_path)?;
        let read = Read::of(new, old);
        Ok(read.map(|read| document::compare(&sides(&read.open(self.pair, None), self.naming))))
    }

    fn target_path(&self) -> &str {
        self.pair.path.as_str()
    }

    fn source_path(&self) -> &str {
        let path = self.pair.source_path.as_ref();
        path.unwrap_or(&self.pair.path).as_str()
    }
}
