//! Finds selectors' places that are equal in source and target, or that were removed from both.
//!
//! # Why
//!
//! Every promotion can be repeated, also one with `--only`. What it promoted is equal afterwards, so a
//! selector without a difference is only a mistake if it matches no place at all, now or in a recent
//! commit: a promotion can also remove the place. Equal files are not opened otherwise; they are opened
//! here only for a selector that matches no difference.

use super::selection::Choice;
use crate::document::FileContent;
use crate::domain::FileMode;
use crate::engine::compare::load;
use crate::engine::error::EngineError;
use crate::inventory::{Equal, FileObject, FilePair, Located};
use crate::port::{Repository, RepositoryError, Snapshot};

/// How many commits before the target's are searched for a removed place.
const SEARCHED_COMMITS: usize = 100;

/// The target's files of the chosen applications, equal ones too, and the commits before it.
pub(in crate::engine) struct Unchanged<'a> {
    pub located: &'a Located<'a>,
    pub target: &'a dyn Snapshot,
    pub repository: &'a dyn Repository,
}

impl Unchanged<'_> {
    /// Whether a choice matches a file of the target, or a place in one.
    pub(super) fn has(&self, choice: &Choice) -> Result<bool, EngineError> {
        let pairs = self.located.pairs(Equal::Listed)?;
        let named = |f: &&FilePair| f.target.is_some() && choice.names_file(f.path.as_str());
        for file in pairs.files.iter().filter(named) {
            let path = file.path.as_str();
            let Some(target) = file.target else { continue };
            if selects(choice, self.target, target, path)? {
                return Ok(true);
            }
        }
        self.was_removed(choice)
    }

    /// Whether a recent commit has the place of a choice that names a file without a glob.
    fn was_removed(&self, choice: &Choice) -> Result<bool, EngineError> {
        let Some(path) = choice.literal_file() else {
            return Ok(false);
        };
        let mut commit = self.target.commit();
        let mut newer = file_at(self.target, path)?;
        for _ in 0..SEARCHED_COMMITS {
            // The first commit has no parent, and a shallow clone may lack it.
            let Ok(parent) = self.repository.revision(&format!("{commit}~1")) else {
                return Ok(false);
            };
            let snapshot = self.repository.snapshot(parent)?;
            let file = file_at(snapshot.as_ref(), path)?;
            if let Some(file) = file.filter(|file| Some(*file) != newer)
                && selects(choice, snapshot.as_ref(), file, path)?
            {
                return Ok(true);
            }
            (commit, newer) = (parent, file);
        }
        Ok(false)
    }
}

/// Whether a choice matches a file as a whole, or a place in it.
fn selects(
    choice: &Choice,
    snapshot: &dyn Snapshot,
    file: FileObject,
    path: &str,
) -> Result<bool, RepositoryError> {
    if choice.matches_file(path) {
        return Ok(true);
    }
    Ok(match load(snapshot, file, path)? {
        FileContent::Yaml(documents) => choice.selects(path, &documents),
        FileContent::Lines(lines) => choice.selects(path, lines.outline()),
        FileContent::Whole | FileContent::Unreadable(_) => false,
    })
}

/// The file at a path of a commit.
fn file_at(snapshot: &dyn Snapshot, path: &str) -> Result<Option<FileObject>, RepositoryError> {
    let mut found = FileObject {
        id: snapshot.root(),
        mode: FileMode::Directory,
    };
    for name in path.split('/') {
        if found.mode != FileMode::Directory {
            return Ok(None);
        }
        let mut child = None;
        snapshot.read_tree(found.id, &mut |entry| {
            if entry.name == name.as_bytes() {
                child = Some(FileObject {
                    id: entry.id,
                    mode: entry.mode,
                });
            }
        })?;
        match child {
            Some(child) => found = child,
            None => return Ok(None),
        }
    }
    Ok(Some(found))
}
