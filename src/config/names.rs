//! Checks that names are unique and fit into a path.

use std::collections::BTreeSet;

use super::file::File;
use super::notes::{Note, Notes};
use super::one_or_many::OneOrMany;
use super::pointer::Pointer;
use super::words::{any_of, did_you_mean, list, quoted};
use crate::domain::Environment;

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
            notes.fault(Note::at(at.clone(), message).hint("give one of them a different name"));
        }
    }
}

/// Notes an entry that sets none or several of the keys of which it needs exactly one; `kinds` are these
/// keys, and whether each is set.
pub(super) fn only_kind(
    what: &str,
    name: &str,
    kinds: &[(&str, bool)],
    at: &Pointer,
    notes: &mut Notes,
) {
    let set: Vec<&str> = (kinds.iter().filter(|(_, is_set)| *is_set))
        .map(|(key, _)| *key)
        .collect();
    let keys = any_of(kinds.iter().map(|(key, _)| *key));
    let message = match set.as_slice() {
        [_] => return,
        [] => format!("{what} {} has no kind", quoted(name)),
        several => format!(
            "{what} {} has several kinds: {}",
            quoted(name),
            list(several.iter().copied())
        ),
    };
    let note = Note::at(at.clone(), message).hint(format!("set exactly one of {keys}"));
    notes.fault(note.unless_fault_in(at.clone()));
}

/// The note about a reference to a name that is not defined.
pub(super) fn undefined<'a>(
    what: &str,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
    at: Pointer,
) -> Note {
    const SHOWN: usize = 20;
    let known: Vec<&str> = known.into_iter().collect();
    let near = did_you_mean(name, known.iter().copied());
    let note = Note::at(at, format!("no {what} is named {}{near}", quoted(name)));
    let shown = list(known.iter().take(SHOWN).copied());
    note.hint(match known.len() {
        0 => format!("define it under `{what}s`"),
        1..=SHOWN => format!("known {what}s: {shown}"),
        _ => format!("known {what}s: {shown}, ..."),
    })
}

/// Notes products and environments that do not exist; what is only for these never applies.
pub(super) fn check_named(
    file: &File,
    (products, places): (&Option<OneOrMany<String>>, &Option<OneOrMany<String>>),
    environments: &[Environment],
    at: &Pointer,
    notes: &mut Notes,
) {
    let products = products.iter();
    for (at, name) in products.flat_map(|list| list.each(&at.key("products"))) {
        if !file.products.iter().any(|p| p.name == *name) {
            let known = file.products.iter().map(|p| p.name.as_str());
            notes.fault(undefined("product", name, known, at));
        }
    }
    // Without a list of environments, they are found in paths, and any name can be right.
    if environments.is_empty() {
        return;
    }
    let places = places.iter();
    for (at, name) in places.flat_map(|list| list.each(&at.key("environments"))) {
        if !environments.iter().any(|e| e.has_name(name)) {
            let known = environments.iter().flat_map(Environment::names);
            notes.warning(undefined("environment", name, known, at));
        }
    }
}

/// Notes a name with a `/` or a control character: names go into paths and commit trailers.
pub(super) fn check_part(what: &str, name: &str, at: &Pointer, notes: &mut Notes) {
    if name.chars().any(char::is_control) {
        let message = format!("{what} {} contains a control character", quoted(name));
        notes.fault(Note::at(at.clone(), message).hint("write it on one line, as plain text"));
    }
    if name.contains('/') {
        let message = format!("{what} {} contains a `/`", quoted(name));
        notes.fault(Note::at(at.clone(), message).hint("use a name that is one part of a path"));
    }
}
