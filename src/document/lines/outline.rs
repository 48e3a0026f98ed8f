//! The entries of a text as YAML.
//!
//! # Why
//!
//! What identifies a list item, what a version is, what a rule or a selector means: all of it is the
//! same in every format. So a text of another format is compared as the YAML that has its keys and
//! values; only reading and editing know its lines.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use super::entry::{Entry, Quoting, Shape};
use crate::document::secret_lines::has_kind;
use crate::yaml::{ParseError, Step, Stream};

/// The YAML of a text's entries.
#[derive(Debug)]
pub(super) struct Outline {
    pub stream: Stream,
    /// Each entry's step from its parent.
    pub steps: Vec<Step>,
}

/// Makes the outline; where formats are typed, a value without quotes can be a number.
pub(super) fn outline(
    text: &str,
    entries: &[Entry],
    is_typed: bool,
) -> Result<Outline, ParseError> {
    let mut writer = Writer {
        text,
        entries,
        is_typed,
        yaml: String::with_capacity(text.len() + text.len() / 2),
        steps: vec![Step::Index(0); entries.len()],
        has_secret: has_kind(text) || text.contains("stringData"),
    };
    writer.content(0, 0);
    Ok(Outline {
        stream: Stream::parse(&writer.yaml)?,
        steps: writer.steps,
    })
}

struct Writer<'t> {
    text: &'t str,
    entries: &'t [Entry],
    is_typed: bool,
    yaml: String,
    steps: Vec<Step>,
    /// Whether a line can be the data of a secret, which is not shown.
    has_secret: bool,
}

impl Writer<'_> {
    /// Writes what an entry has: the entries below it, else its value.
    fn content(&mut self, index: usize, indent: usize) {
        let entry = &self.entries[index];
        if entry.children.is_empty() {
            self.yaml.push(' ');
            match entry.shape {
                Shape::Root if entry.value.is_none() => self.yaml.push_str("{}"),
                _ => self.value(entry),
            }
            self.yaml.push('\n');
            return;
        }
        if index > 0 {
            self.yaml.push('\n');
        }
        let is_item = |child: &usize| self.entries[*child].shape == Shape::Item;
        if entry.children.iter().all(is_item) {
            for (number, child) in entry.children.iter().enumerate() {
                self.comments(*child, indent);
                self.indent(indent);
                self.yaml.push('-');
                self.steps[*child] = Step::Index(number);
                self.content(*child, indent + 1);
            }
            return;
        }
        let mut taken: HashSet<String> = HashSet::new();
        let mut count: HashMap<String, usize> = HashMap::new();
        for child in &entry.children {
            let mut name = self.name(*child);
            while !taken.insert(name.clone()) {
                let of = self.name(*child);
                let number = count.entry(of.clone()).or_insert(1);
                *number += 1;
                name = format!("{of}~{number}");
            }
            self.comments(*child, indent);
            self.indent(indent);
            quoted(&name, &mut self.yaml);
            self.yaml.push(':');
            self.steps[*child] = Step::Key(name);
            self.content(*child, indent + 1);
        }
    }

    /// The key of an entry; of an item among keys, its value.
    fn name(&self, index: usize) -> String {
        let entry = &self.entries[index];
        match (entry.shape, &entry.value) {
            (Shape::Item | Shape::Line, Some(_)) if self.is_secret(index) => "line".to_owned(),
            (Shape::Item, Some(token)) => {
                let value: String = self.text[token.span.clone()].chars().take(100).collect();
                format!("- {value}")
            }
            (Shape::Item, None) => "-".to_owned(),
            _ => entry.name.clone(),
        }
    }

    /// Whether an entry can be the data of a secret.
    fn is_secret(&self, index: usize) -> bool {
        let parents = std::iter::successors(Some(index), |index| {
            (*index > 0).then(|| self.entries[*index].parent)
        });
        let is_data = |index: usize| {
            let entry = &self.entries[index];
            match entry.shape {
                Shape::Key => matches!(entry.name.as_str(), "data" | "stringData"),
                _ => (entry.value.as_ref()).is_some_and(|t| has_kind(&self.text[t.span.clone()])),
            }
        };
        self.has_secret && parents.into_iter().any(is_data)
    }

    fn value(&mut self, entry: &Entry) {
        let text = entry
            .value
            .as_ref()
            .map_or("", |token| &self.text[token.span.clone()]);
        let is_bare = (entry.value.as_ref()).is_none_or(|token| token.quoting == Quoting::Bare);
        if self.is_typed && is_bare && is_plain(text) {
            self.yaml.push_str(text);
        } else {
            quoted(text, &mut self.yaml);
        }
    }

    /// Writes the comments that can concern a promotion.
    fn comments(&mut self, index: usize, indent: usize) {
        for comment in &self.entries[index].comments {
            let comment = &self.text[comment.clone()];
            if comment.to_ascii_lowercase().contains("promote") {
                let comment = comment.trim_start_matches(['#', '/', ';', '!', '{', '-', '*', ' ']);
                self.indent(indent);
                self.yaml.push('#');
                let visible = |c: &char| !c.is_control() && !is_line_break(*c);
                self.yaml.extend(comment.chars().filter(visible));
                self.yaml.push('\n');
            }
        }
    }

    fn indent(&mut self, indent: usize) {
        self.yaml.extend(std::iter::repeat_n(' ', indent));
    }
}

/// Whether YAML reads a text as the number, boolean or word that it is.
fn is_plain(text: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'+' | b'-');
    !text.starts_with(['-', '+', '.']) && text.len() < 100 && text.bytes().all(is_word)
}

/// Whether some readers of YAML take a character for the end of a line.
fn is_line_break(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Appends a text in double quotes.
fn quoted(text: &str, into: &mut String) {
    into.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                into.push('\\');
                into.push(c);
            }
            c if c.is_control() || is_line_break(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                let _ = write!(into, "\\u{:04x}", u32::from(c));
            }
            c => into.push(c),
        }
    }
    into.push('"');
}
