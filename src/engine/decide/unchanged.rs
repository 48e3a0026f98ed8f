//! Finds selectors' places that are equal in source and target.
//!
//! # Why
//!
//! Every promotion can be repeated, also one with `--only`. What it promoted is equal afterwards, so a
//! selector without a difference is only a mistake if it matches no place at all. Equal files are
//! not opened otherwise; they are opened here only for a selector that matches no difference.

use super::selection::Choice;
use crate::document::FileContent;
use crate::engine::compare::load;
use crate::engine::error::EngineError;
use crate::inventory::{Equal, FileObject, FilePair, Located};
use crate::port::Snapshot;

/// The target's files of the chosen applications, equal ones too.
pub(in crate::engine) struct Unchanged<'a> {
    pub located: &'a Located<'a>,
    pub target: &'a dyn Snapshot,
}

impl Unchanged<'_> {
    /// Whether a choice matches a file of the target, or a place in one.
    pub(super) fn has(&self, choice: &Choice) -> Result<bool, EngineError> {
        let pairs = self.located.pairs(Equal::Listed)?;
        let named = |f: &&FilePair| f.target.is_some() && choice.names_file(f.path.as_str());
        for file in pairs.files.iter().filter(named) {
            let path = file.path.as_str();
            let Some(target) = file.target else { continue };
            if choice.matches_file(path) || self.selects(choice, target, path)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn selects(&self, choice: &Choice, file: FileObject, path: &str) -> Result<bool, EngineError> {
        Ok(match load(self.target, file, path)? {
            FileContent::Yaml(documents) => choice.selects(&documents),
            FileContent::Whole | FileContent::Unreadable(_) => false,
        })
    }
}
