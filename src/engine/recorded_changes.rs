//! Reads the changes of a commit from which a promotion's id is computed.

use super::compare::MAX_BYTES;
use crate::domain::{FileMode, ObjectId};
use crate::plan::{Changes, Content};
use crate::port::{ChangedFile, Snapshot};

/// The contents of changed files before and after; `None` if git-promote could not have written them.
pub(super) fn recorded_changes<'f>(
    blobs: &dyn Snapshot,
    files: impl IntoIterator<Item = &'f ChangedFile>,
) -> Option<Changes> {
    let mut changes = Changes::default();
    for file in files {
        let sides = [file.before, file.after].map(|side| content(blobs, side));
        let [Ok(before), Ok(after)] = &sides else {
            return None;
        };
        changes.add(file.path.as_ref()?, before.as_ref(), after.as_ref());
    }
    Some(changes)
}

/// What the program could not have written: too large, or no blob at all.
struct NotOwn;

fn content(
    snapshot: &dyn Snapshot,
    file: Option<(FileMode, ObjectId)>,
) -> Result<Option<Content>, NotOwn> {
    let Some((mode, blob)) = file else {
        return Ok(None);
    };
    let bytes = match snapshot.blob_size(blob) {
        Ok(size) if size <= MAX_BYTES => snapshot.read_blob(blob).map_err(|_| NotOwn)?,
        _ => return Err(NotOwn),
    };
    Ok(Some(Content { mode, bytes }))
}
