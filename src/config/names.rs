//! Names that must be there once and be one part of a path.

use std::collections::BTreeSet;

use super::notes::{Note, Notes};
use super::pointer::Pointer;
use super::words::quoted;

/// The names of one kind of thing, as they come.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    seen: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    /// Notes what is wrong with the name at `at`; `what` is the word for its bearer.
    pub(super) fn add(&mut self, what: &str, name: &'a str, at: &Pointer, notes: &mut Notes) {
        check_part(&format!("{what} name"), name, at, notes);
        if !self.seen.insert(name) {
            let message = format!("{what} {} is there twice", quoted(name));
            notes.fault(Note::at(at.clone(), message));
        }
    }
}

/// Notes a name that is not one part of a path on one line: it goes into paths and commit trailers.
pub(super) fn check_part(what: &str, name: &str, at: &Pointer, notes: &mut Notes) {
    if name.chars().any(char::is_control) {
        let message = format!("{what} {} holds a control character", quoted(name));
        notes.fault(Note::at(at.clone(), message));
    }
    if name.contains('/') {
        let message = format!("{what} {} holds a `/`", quoted(name));
        notes.fault(Note::at(at.clone(), message));
    }
}
