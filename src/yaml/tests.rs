//! What this room promises, one promise per test.

mod conformance;
mod editing;
mod embedded;
mod growth;
mod reading;
pub(crate) mod skipped;

pub(super) use conformance::{all_places, with_shared};

use super::{Edit, EditError, Fragment, Kind, Place, Step, Stream, splice};

/// A place in the first document, from `a.b.0`.
fn place(path: &str) -> Place {
    let step = |part: &str| match part.parse() {
        Ok(index) => Step::Index(index),
        Err(_) => Step::Key(part.to_owned()),
    };
    Place::new(0, path.split('.').filter(|part| !part.is_empty()).map(step))
}

fn parsed(text: &str) -> Stream {
    Stream::parse(text).unwrap_or_else(|error| panic!("{error} in:\n{text}"))
}

fn set(text: &str, path: &str, value: &str) -> Result<String, EditError> {
    let value = Fragment::scalar(value, Kind::Str);
    splice(
        &parsed(text),
        &[Edit::Set {
            place: place(path),
            value,
        }],
    )
}

/// Sets the value at a path to the source's value at a path.
fn copy(text: &str, path: &str, source: &str, from: &str) -> Result<String, EditError> {
    let value = Fragment::value(&parsed(source), &place(from)).expect("a value");
    splice(
        &parsed(text),
        &[Edit::Set {
            place: place(path),
            value,
        }],
    )
}

fn remove(text: &str, paths: &[&str]) -> Result<String, EditError> {
    let edits: Vec<Edit> = paths
        .iter()
        .map(|path| Edit::Remove { place: place(path) })
        .collect();
    splice(&parsed(text), &edits)
}

/// Adds the source's entry at `from` to the mapping at `path`.
fn add_entry(
    text: &str,
    path: &str,
    after: Option<usize>,
    source: &str,
    from: &str,
) -> Result<String, EditError> {
    let entry = Fragment::entry(&parsed(source), &place(from)).expect("an entry");
    let key = entry.key().expect("a key").to_owned();
    splice(
        &parsed(text),
        &[Edit::AddEntry {
            mapping: place(path),
            key,
            after,
            entry,
        }],
    )
}

fn add_item(
    text: &str,
    path: &str,
    after: Option<usize>,
    source: &str,
    from: &str,
) -> Result<String, EditError> {
    let item = Fragment::item(&parsed(source), &place(from)).expect("an item");
    splice(
        &parsed(text),
        &[Edit::AddItem {
            sequence: place(path),
            after,
            item,
        }],
    )
}

/// Whether random tests and the replay run all of their cases, as in CI, or only a part, so that a
/// build at the desk is quick.
pub(crate) fn is_thorough() -> bool {
    std::env::var_os("GIT_PROMOTE_THOROUGH").is_some()
}
