//! A text of another format than YAML, with its entries.

use std::collections::HashMap;
use std::ops::Range;

use super::entry::{Entry, Token};
use super::format::{Format, TextFormat};
use super::outline::outline;
use crate::yaml::{Place, Step, Stream};

/// A text of another format than YAML, with its entries and the YAML that has the same values.
#[derive(Debug)]
pub struct Lines {
    text: String,
    format: &'static TextFormat,
    pub(super) entries: Vec<Entry>,
    outline: Stream,
    /// Each entry's step from its parent.
    steps: Vec<Step>,
    /// The entries by parent and step.
    below: HashMap<(usize, Step), usize>,
}

impl Lines {
    /// Reads a file that is settings by its name; `None` for any other file.
    pub fn of_settings(path: &str, text: &str) -> Option<Self> {
        Self::read(text.to_owned(), TextFormat::of_settings(path)?)
    }

    /// Reads a template that makes YAML.
    pub fn of_template(text: String) -> Option<Self> {
        Self::read(text, TextFormat::template())
    }

    /// Reads a file that is neither YAML nor settings by its name.
    pub fn of_text(path: &str, text: String) -> Option<Self> {
        let format = TextFormat::of_text(path, &text);
        Self::read(text, format)
    }

    /// Reads an edited text in the same format.
    pub(super) fn again(&self, text: String) -> Option<Self> {
        Self::read(text, self.format)
    }

    /// Reads a text; `None` if it cannot be read as entries.
    fn read(text: String, format: &'static TextFormat) -> Option<Self> {
        let entries = (format.read)(&text)?;
        let outline = outline(&text, &entries, format.is_typed).ok()?;
        let steps = outline.steps.iter().cloned().enumerate().skip(1);
        let below = steps.map(|(index, step)| ((entries[index].parent, step), index));
        Some(Self {
            below: below.collect(),
            steps: outline.steps,
            outline: outline.stream,
            text,
            format,
            entries,
        })
    }

    /// The YAML that has the same keys and values.
    pub fn outline(&self) -> &Stream {
        &self.outline
    }

    /// What kind of text it is.
    pub fn format(&self) -> Format {
        self.format.format
    }

    /// Whether quotes make a difference.
    pub(super) fn is_typed(&self) -> bool {
        self.format.is_typed
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, without a copy.
    pub fn into_text(self) -> String {
        self.text
    }

    /// The number of the entry at a place of the outline.
    pub(super) fn at(&self, place: &Place) -> Option<usize> {
        place.steps.iter().try_fold(0, |entry, step| {
            self.below.get(&(entry, step.clone())).copied()
        })
    }

    /// An entry's step from its parent.
    pub(super) fn step(&self, entry: usize) -> &Step {
        &self.steps[entry]
    }

    /// The text of a value, without quotes.
    pub(super) fn value(&self, token: &Token) -> &str {
        &self.text[token.span.clone()]
    }

    /// The entries of an entry and all below it, which are in one piece.
    pub(super) fn subtree(&self, entry: usize) -> Range<usize> {
        let mut last = entry;
        while let Some(child) = self.entries[last].children.last() {
            last = *child;
        }
        entry..last + 1
    }
}
