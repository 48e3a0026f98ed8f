//! Index entries for files whose content is known.
//!
//! # Why
//!
//! What a file shall be is in the commit: reading it back from the disk would
//! stage what an editor saved meanwhile, and guess its mode where the disk knows
//! none. Git takes a file for unchanged by its size and times, so these are
//! written down only for the very file that was put there.

use std::fs::Metadata;

use git2::{IndexEntry, IndexEntryExtendedFlag, IndexTime, Oid};

/// The entry of a file that is not on the disk on purpose.
pub(super) fn left_out(path: &[u8], file: (Oid, u32), old: Option<IndexEntry>) -> IndexEntry {
    IndexEntry {
        flags: old.map_or(0, |old| old.flags),
        flags_extended: IndexEntryExtendedFlag::SKIP_WORKTREE.bits(),
        ..unseen(path, file)
    }
}

/// The entry of a file that was put where `now` was found; Git looks into any other.
pub(super) fn entry(
    path: &[u8],
    file: (Oid, u32),
    put: Option<&Metadata>,
    now: Option<&Metadata>,
) -> IndexEntry {
    let unseen = unseen(path, file);
    match (put, now) {
        (Some(put), Some(now)) if is_same(put, now) => seen(unseen, now),
        _ => unseen,
    }
}

/// An entry that makes Git look into the file.
fn unseen(path: &[u8], (id, mode): (Oid, u32)) -> IndexEntry {
    IndexEntry {
        ctime: IndexTime::new(0, 0),
        mtime: IndexTime::new(0, 0),
        dev: 0,
        ino: 0,
        mode,
        uid: 0,
        gid: 0,
        file_size: 0,
        id,
        flags: 0,
        flags_extended: 0,
        path: path.to_vec(),
    }
}

/// Whether nobody wrote to a file since.
fn is_same(before: &Metadata, now: &Metadata) -> bool {
    before.len() == now.len()
        && before.file_type() == now.file_type()
        && before.modified().ok() == now.modified().ok()
}

#[cfg(unix)]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index holds the low 32 bits of each"
)]
fn seen(entry: IndexEntry, file: &Metadata) -> IndexEntry {
    use std::os::unix::fs::MetadataExt as _;
    IndexEntry {
        ctime: IndexTime::new(file.ctime() as i32, file.ctime_nsec() as u32),
        mtime: IndexTime::new(file.mtime() as i32, file.mtime_nsec() as u32),
        dev: file.dev() as u32,
        ino: file.ino() as u32,
        uid: file.uid(),
        gid: file.gid(),
        file_size: file.size() as u32,
        ..entry
    }
}

#[cfg(not(unix))]
fn seen(entry: IndexEntry, _: &Metadata) -> IndexEntry {
    entry
}
