//! Any other text: lines with a key at their start, or without one.

use super::entry::{Builder, Entry, Position, Quoting, Shape, Token};
use super::scan::Scanner;
use crate::document::tokens;

/// Reads a text. One of a single line is a value without a key.
pub(super) fn read(text: &str) -> Vec<Entry> {
    let mut scanner = Scanner::new(text);
    let mut builder = Builder::new(text.len());
    let content = text.trim_start_matches('\u{feff}').trim();
    if !content.contains('\n') && key(content).is_none() {
        let start = text.find(content).unwrap_or_default();
        builder.entries[0].value = Some(Token {
            span: start..start + content.len(),
            quoting: Quoting::Bare,
        });
        return builder.finish();
    }
    let mut at = 0;
    while at < text.len() {
        let (mut content, next) = scanner.line(at);
        content.start = content.end - text[content.clone()].trim_start().len();
        let line = text[content.clone()].trim_end();
        let position = Position {
            line: at,
            start: content.start,
            end: next,
        };
        at = next;
        if line.is_empty() {
            builder.blank();
            continue;
        }
        // Only a comment for the promotion is one in every text.
        if line.starts_with('#') && line.to_ascii_lowercase().contains("promote") {
            builder.comment(position.line, content);
            continue;
        }
        let (shape, name, value) = match key(line) {
            Some((name, value)) => (Shape::Key, name.to_owned(), content.start + value),
            None => (Shape::Line, name(line), content.start),
        };
        let slot = (shape == Shape::Key).then_some(value);
        let (token, comment) =
            scanner.value(value..content.start + line.len(), &['\'', '"'], &["#"]);
        let index = builder.add(shape, &name, 0, &position);
        let entry = &mut builder.entries[index];
        entry.value = token;
        entry.slot = slot;
        entry.comments.extend(comment);
    }
    builder.finish()
}

/// The key at the start of a line, and the offset of what follows it.
fn key(line: &str) -> Option<(&str, usize)> {
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c)))?;
    let after = line[end..].trim_start();
    let offset = line.len() - after.len() + 1;
    let is_key = line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && (after.starts_with('=') && !after.starts_with("==")
            || after.starts_with(": ") && offset == end + 1);
    is_key.then(|| (&line[..end], offset))
}

/// What identifies a line without a key: its text without versions.
pub(super) fn name(line: &str) -> String {
    let mut name = String::with_capacity(line.len());
    let mut done = 0;
    for word in tokens::words(line) {
        name.push_str(&line[done..word.start]);
        name.push('*');
        done = word.end;
    }
    name.push_str(&line[done..]);
    name
}
