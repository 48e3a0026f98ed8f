//! Files that were parsed before their pairs are compared.

use std::collections::HashMap;
use std::sync::Arc;

use super::open_pair::Read;
use crate::domain::{ObjectId, RepoPath};
use crate::inventory::{FileObject, FilePair};
use crate::yaml::Stream;

/// The streams of files, by the blob and the name of the file.
#[derive(Default)]
pub(in crate::engine) struct ParsedFiles(HashMap<(ObjectId, String), Arc<Stream>>);

impl ParsedFiles {
    /// Adds the stream of a file.
    pub(in crate::engine) fn add(
        &mut self,
        path: &RepoPath,
        file: FileObject,
        stream: Arc<Stream>,
    ) {
        self.0
            .insert((file.id, path.file_name().to_owned()), stream);
    }

    /// Both sides of a pair, if both are known.
    pub(in crate::engine) fn pair(&self, pair: &FilePair) -> Option<Read> {
        let stream = |path: &RepoPath, file: Option<FileObject>| {
            let file = file.filter(|file| file.mode.is_file())?;
            let key = (file.id, path.file_name().to_owned());
            self.0.get(&key).map(Arc::clone)
        };
        let source = stream(pair.source_path.as_ref()?, pair.source)?;
        Some(Read::Yaml([source, stream(&pair.path, pair.target)?]))
    }
}
