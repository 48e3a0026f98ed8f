//! Finds selectors' places that are equal in source and target, or that were removed from both.
//!
//! # Why
//!
//! Every promotion can be repeated, also one with `--only`. What it promoted is equal afterwards, so a
//! selector without a difference is only a mistake if it matches no place at all, now or before a recent
//! commit: a promotion can also remove the place. Equal files are not opened otherwise; they are opened
//! here only for a selector that matches no difference.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::choice::Choice;
use crate::document::FileContent;
use crate::domain::RepoPath;
use crate::engine::compare::load;
use crate::engine::error::EngineError;
use crate::inventory::FileObject;
use crate::port::{History, PastCommit, RepositoryError, Snapshot, Walk};
use crate::yaml::Stream;

/// How many commits of a file are searched for a removed place.
const SEARCHED_COMMITS: usize = 100;

/// Lists the target's files of the chosen applications, equal ones too.
pub(in crate::engine) type ListFiles<'a> =
    &'a dyn Fn() -> Result<Vec<(RepoPath, FileObject)>, EngineError>;

/// The target's files of the chosen applications, equal ones too, and the commits before it.
pub(in crate::engine) struct Unchanged<'a> {
    pub files: ListFiles<'a>,
    pub target: &'a dyn Snapshot,
    pub history: &'a dyn History,
}

impl Unchanged<'_> {
    /// Which of the choices match a file of the target, or a place in one. Each file is read once.
    pub(super) fn find(&self, choices: &[&Choice]) -> Result<Vec<bool>, EngineError> {
        let mut found = vec![false; choices.len()];
        if choices.is_empty() {
            return Ok(found);
        }
        for (path, target) in (self.files)()? {
            let path = path.as_str();
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
        let Ok(file) = RepoPath::parse(path) else {
            return Ok(());
        };
        let walk = Walk {
            from: self.target.commit(),
            paths: &[file],
            limit: SEARCHED_COMMITS,
            except: None,
        };
        let mut visit = |commit: &PastCommit| -> Result<ControlFlow<()>, RepositoryError> {
            for file in commit.changes.iter().filter_map(|change| change.before) {
                for i in selecting(choices, &open, self.target, file.into(), path)? {
                    found[i] = true;
                }
            }
            open.retain(|i| !found[*i]);
            let is_done = open.is_empty();
            Ok(if is_done {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        };
        let mut fault = None;
        self.history
            .walk(&walk, &mut |commit| match visit(&commit) {
                Ok(next) => next,
                Err(error) => {
                    fault = Some(error);
                    ControlFlow::Break(())
                }
            })?;
        fault.map_or(Ok(()), |fault| Err(fault.into()))
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
