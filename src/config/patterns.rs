//! Globs and regular expressions.

use globset::{Glob, GlobSet};
use regex::Regex;

use super::notes::{Note, Notes};
use super::pointer::Pointer;
use super::words::quoted;

/// Notes a glob that is not valid.
pub(super) fn check_glob(text: &str, at: Pointer, notes: &mut Notes) {
    if let Err(e) = Glob::new(text).and_then(|glob| GlobSet::new([glob])) {
        let message = format!("{} is not a valid glob: {}", quoted(text), e.kind());
        notes.fault(Note::at(at, message));
    }
}

/// Notes a regular expression that is not valid.
pub(super) fn check_regex(text: &str, at: Pointer, notes: &mut Notes) {
    if let Err(e) = Regex::new(text) {
        // The other lines of the message repeat the expression.
        let why = e.to_string();
        let why = why.lines().last().unwrap_or_default();
        let why = why.trim_start_matches("error: ");
        let message = format!("{} is not a valid regular expression: {why}", quoted(text));
        notes.fault(Note::at(at, message));
    }
}
