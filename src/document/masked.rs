//! Values and texts without the data of secrets, for output.
//!
//! # Why
//!
//! Previews are printed in CI logs and stand in pull requests, where more people read them than the
//! repository. That a secret changes is shown; what it is never is. Ciphertext is no secret.

use std::borrow::Cow;
use std::collections::HashSet;

use super::kubernetes::SecretPart;
use super::sealed::is_ciphertext;
use super::secret::{is_secret, may_be_secret, patches_secret};
use super::secret_lines::{base_key, has_data, has_kind};
use super::secret_spans::secret_spans;
use crate::yaml::{Span, Value};

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
    if part == Some(SecretPart::Other) {
        // A part of a secret, which need not have the kind.
        return within(value, true);
    }
    if !value.has_text(&may_be_secret) || !is_secret(&value) {
        return value;
    }
    within(value, false)
}

/// Masks the data of the secrets in a value, which can be a part of one.
fn within(value: Value, is_part: bool) -> Value {
    match value {
        Value::Mapping(entries) => {
            let is_patch = patches_secret(&entries);
            let is_object = is_part
                || is_secret_object(
                    entries
                        .iter()
                        .map(|(key, value)| (key.as_str(), scalar(value))),
                );
            let masked = entries.into_iter().map(|(key, value)| {
                let value = match base_key(&key) {
                    "stringData" => map_scalars(value, &|_| MASK.to_owned()),
                    "patch" | "value" if is_patch => map_scalars(value, &|_| MASK.to_owned()),
                    "data" if is_object => map_scalars(value, &|_| MASK.to_owned()),
                    "secretGenerator" => map_literals(value),
                    _ => within(value, is_part),
                };
                (key, value)
            });
            Value::Mapping(masked.collect())
        }
        Value::Sequence(items) => {
            let within = |item| within(item, is_part);
            Value::Sequence(items.into_iter().map(within).collect())
        }
        Value::Tagged(tag, value) => Value::Tagged(tag, Box::new(within(*value, is_part))),
        Value::Scalar { ref text, .. }
            if is_secret(&value) || is_part && has_kind(text) && has_data(text) =>
        {
            Value::string(MASK)
        }
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
