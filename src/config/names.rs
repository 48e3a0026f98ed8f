//! Checks that names are unique and fit into a path.

use std::collections::BTreeSet;

use super::notes::{Note, Notes};
use super::pointer::Pointer;
use super::words::quoted;

/// The names seen so far for one kind of thing.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    seen: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    /// Adds the name at `at` and notes what is wrong with it; `what` is the kind of thing it names.
    pub(super) fn add(&mut self, what: &str, name: &'a str, at: &Pointer, notes: &mut Notes) {
        check_part(&format!("{what} name"), name, at, notes);
        if !self.seen.insert(name) {
            let message = format!("{what} {} is defined twice", quoted(name));
            notes.fault(Note::at(at.clone(), message));
        }
    }
}

/// Notes a name with a `/` or a control character: names go into paths and commit trailers.
pub(super) fn check_part(what: &str, name: &str, at: &Pointer, notes: &mut Notes) {
    if name.chars().any(char::is_control) {
        let message = format!("{what} {} contains a control character", quoted(name));
        notes.fault(Note::at(at.clone(), message));
    }
    if name.contains('/') {
        let message = format!("{what} {} contains a `/`", quoted(name));
        notes.fault(Note::at(at.clone(), message));
    }
}
