//! Checks whether a commit takes back what another one changed.

use std::collections::{HashMap, HashSet};

use crate::domain::{FileMode, ObjectId, RepoPath};
use crate::engine::compare::MAX_BYTES;
use crate::port::{ChangedFile, PastCommit, Snapshot};

/// How much of a commit another one takes back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Extent {
    Nothing,
    Part,
    All,
}

/// How much of the older commit's changes the newer one takes back.
pub(super) fn extent(newer: &PastCommit, older: &PastCommit, blobs: &dyn Snapshot) -> Extent {
    if older.changes.is_empty() && newer.changes.is_empty() {
        // Both only record something.
        return Extent::All;
    }
    let paths: HashSet<&Option<RepoPath>> = older.changes.iter().map(|file| &file.path).collect();
    let others = newer.changes.iter();
    // Files that may have been moved in between; equal files of other applications have the same change.
    let mut moved: Vec<&ChangedFile> = others.filter(|file| !paths.contains(&file.path)).collect();
    let of_file = |file: &ChangedFile| {
        let same_path = newer.changes.iter().find(|other| other.path == file.path);
        let mut take_moved = || {
            let at = moved.iter().position(|other| is_inverse(other, file))?;
            Some(moved.swap_remove(at))
        };
        let inverse = same_path.or_else(&mut take_moved);
        inverse.map_or(Extent::Nothing, |inverse| of_file(inverse, file, blobs))
    };
    let extents: Vec<Extent> = older.changes.iter().map(of_file).collect();
    match (extents.iter().min(), extents.iter().max()) {
        (Some(Extent::All), _) => Extent::All,
        (_, None | Some(Extent::Nothing)) => Extent::Nothing,
        _ => Extent::Part,
    }
}

fn of_file(newer: &ChangedFile, older: &ChangedFile, blobs: &dyn Snapshot) -> Extent {
    if is_inverse(newer, older) {
        return Extent::All;
    }
    // The file was changed in between, so the lines decide.
    let lines = |file: &ChangedFile| Some([text(blobs, file.before)?, text(blobs, file.after)?]);
    let (Some(newer), Some(older)) = (lines(newer), lines(older)) else {
        return Extent::Nothing;
    };
    let (newer, older) = (change(&newer), change(&older));
    let back = |n: i64| -n;
    if newer.len() == older.len() && older.iter().all(|(l, n)| newer.get(l) == Some(&back(*n))) {
        Extent::All
    } else if older.iter().any(|(line, n)| {
        let taken_back = newer.get(line).copied().unwrap_or_default();
        taken_back.signum() == back(n.signum())
    }) {
        Extent::Part
    } else {
        Extent::Nothing
    }
}

/// Whether a change leads from the state after another one to the state before it.
fn is_inverse(newer: &ChangedFile, older: &ChangedFile) -> bool {
    newer.before == older.after && newer.after == older.before
}

/// How many more of each line a text has after a change.
fn change([before, after]: &[String; 2]) -> HashMap<&str, i64> {
    let mut counts: HashMap<&str, i64> = HashMap::new();
    for (text, count) in [(before, -1), (after, 1)] {
        for line in text.lines() {
            *counts.entry(line).or_default() += count;
        }
    }
    counts.retain(|_, count| *count != 0);
    counts
}

/// The text of a file; empty if there is none, `None` if it cannot be read as text.
fn text(blobs: &dyn Snapshot, file: Option<(FileMode, ObjectId)>) -> Option<String> {
    let Some((mode, id)) = file else {
        return Some(String::new());
    };
    let is_small = mode.is_file() && blobs.blob_size(id).ok()? <= MAX_BYTES;
    let bytes = is_small.then(|| blobs.read_blob(id).ok()).flatten()?;
    String::from_utf8(bytes).ok()
}
