//! A file of the source and the file of the target that belongs to it.

use super::trees::Entry;
use crate::domain::{ApplicationName, FileMode, ObjectId, RepoPath};

/// A file in source and target; one side may lack it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilePair {
    /// The target's path.
    pub path: RepoPath,
    /// The source's path, unless only the target has the file.
    pub source_path: Option<RepoPath>,
    /// The application.
    pub application: ApplicationName,
    /// The source's file.
    pub source: Option<FileObject>,
    /// The target's file.
    pub target: Option<FileObject>,
    /// What the file is for; every file that a configured layout matches is deployed.
    pub role: FileRole,
    /// The source's names in the path, each with its replacement.
    pub renames: Vec<(String, String)>,
}

impl FilePair {
    /// Whether one side is a submodule; the other one may be a file or a folder.
    pub fn is_submodule(&self) -> bool {
        [self.source, self.target]
            .into_iter()
            .flatten()
            .any(|file| file.mode == FileMode::Submodule)
    }
}

/// What a file is for, by its path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum FileRole {
    /// A manifest, or a values, template or settings file.
    Deployed,
    /// Another file of an application, such as a script: it only comes along with a new application.
    Attached,
    /// A file of documentation or of a tool, which no environment runs.
    Unrelated,
}

/// A file's content, by id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileObject {
    /// Its blob; a submodule's commit; or the tree of a folder that is a submodule on the other side.
    pub id: ObjectId,
    /// Its mode.
    pub mode: FileMode,
}

impl From<(FileMode, ObjectId)> for FileObject {
    fn from((mode, id): (FileMode, ObjectId)) -> Self {
        Self { id, mode }
    }
}

impl From<&Entry> for FileObject {
    fn from(entry: &Entry) -> Self {
        Self {
            id: entry.id,
            mode: entry.mode,
        }
    }
}
