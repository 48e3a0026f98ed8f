//! Writing places as selectors.

use crate::yaml::{Step, member};

/// One step of a place, with its filter in selectors.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub step: Step,
    /// The filter of a list item with a key.
    pub filter: Option<String>,
}

/// The JSONPath of a place, with list items by key.
pub(super) fn path(steps: &[Shown]) -> String {
    let mut out = String::from("$");
    for shown in steps {
        match &shown.filter {
            Some(filter) => out.push_str(filter),
            None => out.push_str(&step(&shown.step)),
        }
    }
    out
}

/// One step without a filter: `.name` or `[0]`.
pub(super) fn step(step: &Step) -> String {
    match step {
        Step::Key(name) => member(name),
        Step::Index(index) => format!("[{index}]"),
        Step::Inside => "|$".to_owned(),
    }
}

/// A JSONPath string literal in single quotes (RFC 9535, section 2.3.1.2).
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for c in text.chars() {
        match c {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if u32::from(c) < 0x20 => {
                out.push_str("\\u00");
                out.push(char::from_digit(u32::from(c) >> 4, 16).unwrap_or('0'));
                out.push(char::from_digit(u32::from(c) & 15, 16).unwrap_or('0'));
            }
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// A quoted regular expression (RFC 9485) that finds texts beginning with `head`.
pub(super) fn regex_quoted(head: &str, tail: &str) -> String {
    let mut regex = String::from("^");
    for c in head.chars() {
        match c {
            '?' | '+' | '*' | '(' | ')' | '{' | '}' | '|' | '$' => {
                regex.push('[');
                regex.push(c);
                regex.push(']');
            }
            '[' | ']' | '\\' | '^' => regex.push('.'),
            c => regex.push(c),
        }
    }
    regex.push_str(tail);
    quoted(&regex)
}
