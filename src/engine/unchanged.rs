//! Places of the target that a selector names although nothing differs there.
//!
//! # Why
//!
//! A promotion can always be repeated, also one with `--only`: what it moved is
//! equal afterwards, and no mistake of the user's. A selector that names no
//! place at all is one. Equal files are never opened otherwise, so this is asked
//! only of a selector that matched no difference.

use super::EngineError;
use super::census::Census;
use super::load::{self, Loaded};
use super::pair::{self, Equal, FileObject, FilePair};
use super::scope::Scope;
use super::selection::Choice;
use super::tree::Trees;
use crate::domain::Naming;
use crate::port::Snapshot;

/// The target's files in the chosen scope, equal ones too.
pub(super) struct Unchanged<'a> {
    pub trees: &'a Trees<'a>,
    pub naming: &'a Naming,
    pub census: &'a Census,
    pub scope: &'a Scope<'a>,
    pub target: &'a dyn Snapshot,
}

impl Unchanged<'_> {
    /// Whether a choice names a file of the target, or a place in one.
    pub(super) fn has(&self, choice: &Choice) -> Result<bool, EngineError> {
        let pairs = pair::pair(
            self.trees,
            self.naming,
            self.census,
            self.scope,
            Equal::Listed,
        )?;
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
        Ok(match load::load(self.target, file, path)? {
            Loaded::Yaml(documents) => choice.selects(&documents),
            Loaded::Whole | Loaded::Fault(_) => false,
        })
    }
}
