//! Reads a file of a commit.

use crate::document::{FileContent, Unreadable, parse_file};
use crate::domain::FileMode;
use crate::inventory::FileObject;
use crate::port::{RepositoryError, Snapshot};

/// The size limit in bytes; larger files are reported as unreadable.
pub(in crate::engine) const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// Reads and parses one file.
pub(in crate::engine) fn load(
    snapshot: &dyn Snapshot,
    file: FileObject,
    path: &str,
) -> Result<FileContent, RepositoryError> {
    if matches!(file.mode, FileMode::Submodule | FileMode::Directory) {
        return Ok(FileContent::Whole);
    }
    let size = snapshot.blob_size(file.id)?;
    if size > MAX_BYTES {
        return Ok(FileContent::Unreadable(Unreadable {
            line: None,
            column: None,
            message: format!("the file has {size} bytes; the limit is {MAX_BYTES}"),
        }));
    }
    let bytes = snapshot.read_blob(file.id)?;
    if !file.mode.is_file() {
        return Ok(FileContent::Whole);
    }
    Ok(parse_file(path, bytes))
}
