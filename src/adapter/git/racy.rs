//! Writing the index without hiding anybody's change.
//!
//! # Why
//!
//! Git takes a file for unchanged when size and time are as in the index, unless
//! the index is as old as the file: then it looks into the file. Many builds of
//! Git compare whole seconds, libgit2 parts of them. So an index that libgit2
//! writes a second later could make Git pass over a change of equal length from
//! the second in which the old index was written. Such entries lose their size,
//! which makes Git look.

use std::fs::Metadata;
use std::path::Path;
use std::time::UNIX_EPOCH;

use git2::{Index, IndexEntry};

use super::paths::from_bytes;

/// Marks the entries of files in `top` that changed in the second of the index's last writing.
pub(super) fn unhide(index: &mut Index, top: &Path) -> Result<(), git2::Error> {
    let written = index.path().and_then(|file| file.metadata().ok());
    let Some((second, _)) = written.as_ref().and_then(time) else {
        return Ok(());
    };
    let hidden: Vec<IndexEntry> = index
        .iter()
        .filter(|entry| i64::from(entry.mtime.seconds()) >= second && entry.file_size > 0)
        .filter(|entry| {
            let found = top.join(from_bytes(&entry.path)).symlink_metadata().ok();
            let recorded = (i64::from(entry.mtime.seconds()), entry.mtime.nanoseconds());
            found
                .as_ref()
                .and_then(time)
                .is_some_and(|now| now != recorded)
        })
        .collect();
    for mut entry in hidden {
        entry.file_size = 0;
        index.add(&entry)?;
    }
    Ok(())
}

/// When a file was written, in seconds and billionths of one.
fn time(file: &Metadata) -> Option<(i64, u32)> {
    let since = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((i64::try_from(since.as_secs()).ok()?, since.subsec_nanos()))
}
