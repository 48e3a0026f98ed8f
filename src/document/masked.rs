//! Values and texts without the data of secrets, for output.
//!
//! # Why
//!
//! Previews are printed in CI logs and stand in pull requests, where more people read them than the
//! repository. That a secret changes is shown; what it is never is. Ciphertext is no secret.

use std::borrow::Cow;
use std::collections::HashSet;

use super::file::{FileContent, parse_file};
use super::kubernetes::SecretPart;
use super::sealed::is_ciphertext;
use super::secret::{is_secret, may_be_secret};
use crate::yaml::{Content, Node, Quoting, Scalar, Span, Stream, Value};

/// What stands for the data of a secret.
pub const MASK: &str = "***";

/// What stands for data that the text before does not have.
const CHANGED: &str = "*** (changed)";

/// The value of a difference at these keys, with the data of secrets masked.
pub fn masked_value(value: Value, part: Option<SecretPart>, keys: &[String]) -> Value {
    let is_document = keys.is_empty();
    if part == Some(SecretPart::Data) && !is_document {
        let is_literal = keys.iter().any(|key| key == "secretGenerator");
        return map_scalars(value, &|text| {
            if is_literal {
                literal(text)
            } else {
                MASK.to_owned()
            }
        });
    }
    if !value.has_text(&may_be_secret) || !is_secret(&value) {
        return value;
    }
    within(value)
}

/// Masks the data of the secrets in a value.
fn within(value: Value) -> Value {
    match value {
        Value::Mapping(entries) => {
            let is_object = is_secret_object(
                entries
                    .iter()
                    .map(|(key, value)| (key.as_str(), scalar(value))),
            );
            let masked = entries.into_iter().map(|(key, value)| {
                let value = match key.as_str() {
                    "data" | "stringData" if is_object => map_scalars(value, &|_| MASK.to_owned()),
                    "secretGenerator" => map_literals(value),
                    _ => within(value),
                };
                (key, value)
            });
            Value::Mapping(masked.collect())
        }
        Value::Sequence(items) => Value::Sequence(items.into_iter().map(within).collect()),
        Value::Tagged(tag, value) => Value::Tagged(tag, Box::new(within(*value))),
        Value::Scalar { .. } if is_secret(&value) => Value::string(MASK),
        value => value,
    }
}

/// Masks the literals of a `secretGenerator`.
fn map_literals(value: Value) -> Value {
    match value {
        Value::Mapping(entries) => {
            let masked = entries.into_iter().map(|(key, value)| match key.as_str() {
                "literals" => (key, map_scalars(value, &literal)),
                _ => (key, value),
            });
            Value::Mapping(masked.collect())
        }
        Value::Sequence(items) => Value::Sequence(items.into_iter().map(map_literals).collect()),
        value => value,
    }
}

/// A literal `KEY=VALUE` with its value masked.
fn literal(text: &str) -> String {
    text.split_once('=')
        .map_or_else(|| MASK.to_owned(), |(key, _)| format!("{key}={MASK}"))
}

fn map_scalars(value: Value, mask: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::Scalar { text, kind } if is_ciphertext(&text) => Value::Scalar { text, kind },
        Value::Scalar { text, .. } => Value::string(mask(&text)),
        Value::Sequence(items) => Value::Sequence(
            items
                .into_iter()
                .map(|item| map_scalars(item, mask))
                .collect(),
        ),
        Value::Mapping(entries) => Value::Mapping(
            (entries.into_iter())
                .map(|(key, value)| (key, map_scalars(value, mask)))
                .collect(),
        ),
        Value::Tagged(tag, value) => Value::Tagged(tag, Box::new(map_scalars(*value, mask))),
        Value::Alias(name) => Value::Alias(name),
    }
}

fn scalar(value: &Value) -> Option<&str> {
    match value.untagged() {
        Value::Scalar { text, .. } => Some(text),
        _ => None,
    }
}

/// Whether the entries of an object are those of a `Secret`.
fn is_secret_object<'e>(mut entries: impl Iterator<Item = (&'e str, Option<&'e str>)>) -> bool {
    entries.any(|entry| entry == ("kind", Some("Secret")))
}

/// The texts of a file before and after, with the data of secrets masked, line by line.
pub fn masked_texts<'t>(path: &str, texts: [&'t str; 2]) -> [Cow<'t, str>; 2] {
    let spans = texts.map(|text| secret_spans(path, text));
    let [before, after] = texts;
    let known: HashSet<&str> = (spans[0].iter())
        .flat_map(|span| before[span.clone()].lines())
        .map(str::trim)
        .collect();
    let masked = |text: &'t str, spans: &[Span], mask: &dyn Fn(&str) -> &'static str| {
        if spans.is_empty() {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(replaced(text, spans, mask))
        }
    };
    [
        masked(before, &spans[0], &|_| MASK),
        masked(after, &spans[1], &|line| {
            if known.contains(line) { MASK } else { CHANGED }
        }),
    ]
}

/// The text with the words of each line of the spans replaced.
fn replaced(text: &str, spans: &[Span], mask: &dyn Fn(&str) -> &'static str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for span in spans {
        if span.start < done {
            continue;
        }
        masked.push_str(&text[done..span.start]);
        for line in text[span.clone()].split_inclusive('\n') {
            let words = line.trim();
            let (head, tail) = line.split_at(line.len() - line.trim_start().len());
            masked.push_str(head);
            if !words.is_empty() {
                masked.push_str(mask(words));
            }
            masked.push_str(&tail[words.len()..]);
        }
        done = span.end;
    }
    masked.push_str(&text[done..]);
    masked
}

/// The places of the data of secrets, in order.
fn secret_spans(path: &str, text: &str) -> Vec<Span> {
    if !may_be_secret(text) {
        return Vec::new();
    }
    let FileContent::Yaml(stream) = parse_file(path, text.as_bytes().to_vec()) else {
        return Vec::new();
    };
    let mut spans = Vec::new();
    for document in stream.documents() {
        find_spans(text, &document.root, &mut spans);
    }
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    spans
}

fn find_spans(text: &str, node: &Node, spans: &mut Vec<Span>) {
    match &node.content {
        Content::Mapping { entries, .. } => {
            let is_object = is_secret_object(entries.iter().map(|entry| {
                let value = match &entry.value.content {
                    Content::Scalar(scalar) => Some(scalar.text.as_str()),
                    _ => None,
                };
                (entry.name(), value)
            }));
            for entry in entries {
                match entry.name() {
                    "data" | "stringData" if is_object => scalar_spans(&entry.value, spans),
                    "secretGenerator" => literal_spans(text, &entry.value, spans),
                    _ => find_spans(text, &entry.value, spans),
                }
            }
        }
        Content::Sequence { items, .. } => {
            for item in items {
                find_spans(text, item, spans);
            }
        }
        Content::Scalar(scalar) if may_be_secret(&scalar.text) => {
            if is_secret(&Value::string(scalar.text.as_str())) {
                spans.extend(spans_in_string(text, node, scalar));
            }
        }
        Content::Scalar(_) | Content::Alias(_) => {}
    }
}

/// The places of the data of secrets in a string that holds documents; the whole string unless it is a
/// literal block, whose lines are those of its text.
fn spans_in_string(text: &str, node: &Node, string: &Scalar) -> Vec<Span> {
    let whole = || vec![node.span.clone()];
    if string.quoting != Quoting::Literal {
        return whole();
    }
    let Ok(stream) = Stream::parse(&string.text) else {
        return whole();
    };
    let mut inside = Vec::new();
    for document in stream.documents() {
        find_spans(&string.text, &document.root, &mut inside);
    }
    let mut starts = Vec::new();
    let mut next = node.span.start;
    for line in text[node.span.clone()].split_inclusive('\n') {
        starts.push((next, line.trim_end().len()));
        next += line.len();
    }
    let mut spans = Vec::new();
    let mut at = 0;
    // The first line of the block has its indicator.
    for (line, (start, length)) in string
        .text
        .split_inclusive('\n')
        .zip(starts.into_iter().skip(1))
    {
        let indent = length.saturating_sub(line.trim_end().len());
        let end = at + line.trim_end().len();
        for span in &inside {
            let (from, to) = (span.start.max(at), span.end.min(end));
            if from < to {
                spans.push(start + indent + from - at..start + indent + to - at);
            }
        }
        at += line.len();
    }
    spans
}

/// The places of the values in the literals of a `secretGenerator`.
fn literal_spans(text: &str, generators: &Node, spans: &mut Vec<Span>) {
    let Content::Sequence { items, .. } = &generators.content else {
        return;
    };
    let mut literals = Vec::new();
    for list in items.iter().filter_map(|item| item.entry("literals")) {
        scalar_spans(list, &mut literals);
    }
    spans.extend(literals.into_iter().map(|span| {
        let key = text[span.clone()].find('=').map_or(0, |sign| sign + 1);
        span.start + key..span.end
    }));
}

/// The places of all scalars of a node that are no ciphertext.
fn scalar_spans(node: &Node, spans: &mut Vec<Span>) {
    match &node.content {
        Content::Mapping { entries, .. } => {
            for entry in entries {
                scalar_spans(&entry.value, spans);
            }
        }
        Content::Sequence { items, .. } => {
            for item in items {
                scalar_spans(item, spans);
            }
        }
        Content::Scalar(scalar) if !is_ciphertext(&scalar.text) => spans.push(node.span.clone()),
        Content::Scalar(_) | Content::Alias(_) => {}
    }
}
