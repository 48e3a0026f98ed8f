//! Finds selectors' places that are equal in source and target, or that were removed from both.
//!
//! # Why
//!
//! Every promotion can be repeated, also one with `--only`. What it promoted is equal afterwards, so a
//! selector without a difference is only a mistake if it matches no place at all, now or in a recent
//! commit: a promotion can also remove the place. Equal files are not opened otherwise; they are opened
//! here only for a selector that matches no difference.

use std::collections::BTreeMap;

use super::choice::Choice;
use crate::document::FileContent;
use crate::engine::compare::load;
use crate::engine::error::EngineError;
use crate::inventory::{Equal, FileObject, Located};
use crate::port::{Repository, RepositoryError, Snapshot};
use crate::yaml::Stream;

/// How many commits before the target's are searched for a removed place.
const SEARCHED_COMMITS: usize = 100;

/// The target's files of the chosen applications, equal ones too, and the commits before it.
pub(in crate::engine) struct Unchanged<'a> {
    pub located: &'a Located<'a>,
    pub target: &'a dyn Snapshot,
    pub repository: &'a dyn Repository,
}

impl Unchanged<'_> {
    /// Which of the choices match a file of the target, or a place in one. Each file is read once.
    pub(super) fn find(&self, choices: &[&Choice]) -> Result<Vec<bool>, EngineError> {
        let mut found = vec![false; choices.len()];
        if choices.is_empty() {
            return Ok(found);
        }
        let pairs = self.located.pairs(Equal::Listed)?;
        for file in &pairs.files {
            let (path, Some(target)) = (file.path.as_str(), file.target) else {
                continue;
            };
            let is_open = |i: &usize| !found[*i] && choices[*i].names_file(path);
            let open: Vec<usize> = (0..choices.len()).filter(is_open).collect();
            for i in selecting(choices, &open, self.target, target, path)? {
                found[i] = true;
            }
        }
        let mut left: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for i in (0..choices.len()).filter(|i| !found[*i]) {
            if let Some(path) = choices[i].literal_file() {
                left.entry(path).or_default().push(i);
            }
        }
        for (path, open) in left {
            self.find_removed(choices, path, open, &mut found)?;
        }
        Ok(found)
    }

    /// Finds the choices whose place a recent commit has in the file at `path`.
    fn find_removed(
        &self,
        choices: &[&Choice],
        path: &str,
        mut open: Vec<usize>,
        found: &mut [bool],
    ) -> Result<(), EngineError> {
        let mut commit = self.target.commit();
        let mut newer = self.target.entry_at(path)?.map(FileObject::from);
        for _ in 0..SEARCHED_COMMITS {
            if open.is_empty() {
                return Ok(());
            }
            // The first commit has no parent, and a shallow clone may lack it.
            let Ok(parent) = self.repository.revision(&format!("{commit}~1")) else {
                return Ok(());
            };
            let snapshot = self.repository.snapshot(parent)?;
            let file = snapshot.entry_at(path)?.map(FileObject::from);
            if let Some(file) = file.filter(|file| Some(*file) != newer) {
                for i in selecting(choices, &open, snapshot.as_ref(), file, path)? {
                    found[i] = true;
                }
                open.retain(|i| !found[*i]);
            }
            (commit, newer) = (parent, file);
        }
        Ok(())
    }
}

/// Those of the `open` choices that match a file as a whole, or a place in it.
fn selecting(
    choices: &[&Choice],
    open: &[usize],
    snapshot: &dyn Snapshot,
    file: FileObject,
    path: &str,
) -> Result<Vec<usize>, RepositoryError> {
    let (mut found, within): (Vec<usize>, Vec<usize>) =
        open.iter().partition(|i| choices[**i].matches_file(path));
    if within.is_empty() {
        return Ok(found);
    }
    let content = load(snapshot, file, path)?;
    let documents: &Stream = match &content {
        FileContent::Yaml(documents) => documents,
        FileContent::Lines(lines) => lines.outline(),
        FileContent::Whole | FileContent::Unreadable(_) => return Ok(found),
    };
    let selects = |i: &usize| choices[*i].selects(path, documents);
    found.extend(within.into_iter().filter(selects));
    Ok(found)
}
