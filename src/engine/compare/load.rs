//! Reads a file of a commit.

use crate::document::{FileContent, Unreadable, is_manifest, parse_file};
use crate::domain::FileMode;
use crate::inventory::FileObject;
use crate::port::{RepositoryError, Snapshot};

/// The size limit in bytes; larger files are not read.
pub(in crate::engine) const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// An older state of the source's file, which shows which side changed a place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(in crate::engine) enum BaseFile {
    /// There is no base.
    #[default]
    Unknown,
    /// The file did not exist.
    Absent,
    /// The file.
    Present(FileObject),
}

/// Reads and parses one file.
pub(in crate::engine) fn load(
    snapshot: &dyn Snapshot,
    file: FileObject,
    path: &str,
) -> Result<FileContent, RepositoryError> {
    if matches!(file.mode, FileMode::Submodule | FileMode::Directory) {
        return Ok(FileContent::Whole);
    }
    Ok(match read(snapshot, file)? {
        // Only an exact selector would promote it.
        Err(_) if !is_manifest(path) => FileContent::Whole,
        Err(unreadable) => FileContent::Unreadable(unreadable),
        Ok(_) if !file.mode.is_file() => FileContent::Whole,
        Ok(bytes) => parse_file(path, bytes),
    })
}

/// Reads and parses the base of a file; an absent one is an empty file.
pub(super) fn load_base(
    snapshot: &dyn Snapshot,
    base: BaseFile,
    path: &str,
) -> Result<Option<FileContent>, RepositoryError> {
    match base {
        BaseFile::Unknown => Ok(None),
        BaseFile::Absent => Ok(Some(parse_file(path, Vec::new()))),
        BaseFile::Present(file) => load(snapshot, file, path).map(Some),
    }
}

/// The bytes of a file or link, unless there are too many.
pub(in crate::engine) fn read(
    snapshot: &dyn Snapshot,
    file: FileObject,
) -> Result<Result<Vec<u8>, Unreadable>, RepositoryError> {
    let size = snapshot.blob_size(file.id)?;
    if size > MAX_BYTES {
        return Ok(Err(Unreadable {
            line: None,
            column: None,
            message: format!("the file has {size} bytes; the limit is {MAX_BYTES}"),
        }));
    }
    snapshot.read_blob(file.id).map(Ok)
}
