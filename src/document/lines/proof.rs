//! Proving an edited text: it is read again and has the entries that were meant.

use std::collections::BTreeMap;
use std::ops::Range;

use super::entry::Shape;
use super::parsed::Lines;
use crate::document::copied_names::{renamed_copy, renamed_key, renamed_scalar};
use crate::domain::Naming;

/// What an entry means.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Meaning {
    depth: usize,
    shape: Shape,
    name: String,
    value: Option<String>,
}

/// The entries that a text has after an edit.
pub(super) struct Model {
    entries: Vec<Meaning>,
    /// What replaces entries, by the first of them: how many, and the new ones.
    changes: BTreeMap<usize, (usize, Vec<Meaning>)>,
    /// New entries, by the entry that they are before.
    added: BTreeMap<usize, Vec<Meaning>>,
}

/// The name of the first entry that is not what was meant.
pub(super) struct Fault(pub String);

impl Model {
    pub(super) fn of(lines: &Lines) -> Self {
        Self {
            entries: meanings(lines, 0..lines.entries.len()),
            changes: BTreeMap::new(),
            added: BTreeMap::new(),
        }
    }

    pub(super) fn set(&mut self, entry: usize, value: &str) {
        self.entries[entry].value = Some(unix(value)).filter(|value| !value.is_empty());
    }

    pub(super) fn remove(&mut self, entries: Range<usize>) {
        self.changes
            .insert(entries.start, (entries.len(), Vec::new()));
    }

    /// The entries of the source replace those of the target.
    pub(super) fn replace(
        &mut self,
        source: (&Lines, Range<usize>),
        target: Range<usize>,
        naming: &Naming,
    ) {
        let depth = self.entries[target.start].depth;
        let new = renamed(source, depth, naming);
        self.changes.insert(target.start, (target.len(), new));
    }

    /// The entries of the source come before an entry of the target, below `parent`.
    pub(super) fn add(
        &mut self,
        source: (&Lines, Range<usize>),
        parent: usize,
        before: usize,
        naming: &Naming,
    ) {
        let new = renamed(source, self.entries[parent].depth + 1, naming);
        self.added.entry(before).or_default().extend(new);
    }

    /// Checks that a text has exactly these entries.
    pub(super) fn proves(mut self, read: &Lines) -> Result<(), Fault> {
        let found = meanings(read, 0..read.entries.len());
        let mut found = found.iter();
        let mut skipped = 0;
        for index in 0..=self.entries.len() {
            for meant in self.added.remove(&index).unwrap_or_default() {
                check(&meant, found.next())?;
            }
            if let Some((count, new)) = self.changes.remove(&index) {
                skipped = skipped.max(count);
                for meant in new {
                    check(&meant, found.next())?;
                }
            }
            if skipped > 0 {
                skipped -= 1;
            } else if let Some(meant) = self.entries.get(index) {
                check(meant, found.next())?;
            }
        }
        match found.next() {
            Some(more) => Err(Fault(more.name.clone())),
            None => Ok(()),
        }
    }
}

fn check(meant: &Meaning, found: Option<&Meaning>) -> Result<(), Fault> {
    if found == Some(meant) {
        Ok(())
    } else {
        Err(Fault(meant.name.clone()))
    }
}

fn renamed(source: (&Lines, Range<usize>), depth: usize, naming: &Naming) -> Vec<Meaning> {
    let mut new = meanings(source.0, source.1);
    let above = new.first().map_or(0, |first| first.depth);
    for meaning in &mut new {
        meaning.depth = meaning.depth - above + depth;
        let value = meaning.value.as_deref();
        let (name, value) = if meaning.shape == Shape::Key {
            let key = Some(meaning.name.as_str());
            let value = value.map(|value| renamed_scalar(value, key, naming));
            (renamed_key(&meaning.name, naming), value)
        } else {
            let renamed = |text: &str| renamed_copy(text, naming, &[]);
            (renamed(&meaning.name), value.map(renamed))
        };
        (meaning.name, meaning.value) = (name, value);
    }
    new
}

fn meanings(lines: &Lines, range: Range<usize>) -> Vec<Meaning> {
    let mut depths: Vec<usize> = Vec::with_capacity(lines.entries.len());
    for (index, entry) in lines.entries.iter().enumerate() {
        depths.push(if index == 0 {
            0
        } else {
            depths[entry.parent] + 1
        });
    }
    range
        .map(|index| {
            let entry = &lines.entries[index];
            Meaning {
                depth: depths[index],
                shape: entry.shape,
                // The name of a line is its text without versions.
                name: match entry.shape {
                    Shape::Line => String::new(),
                    _ => entry.name.clone(),
                },
                value: (entry.value.as_ref())
                    .map(|token| unix(lines.value(token)))
                    .filter(|value| !value.is_empty()),
            }
        })
        .collect()
}

/// A text with line feeds alone.
fn unix(text: &str) -> String {
    text.replace("\r\n", "\n")
}
