//! Writes the place of a difference, as a selector and in readable form.

use std::collections::HashMap;

use crate::document::Difference;
use crate::yaml::split_inside;

/// The selector of a difference: `FILE[#DOCUMENT][:PATH]`.
pub(super) fn selector(path: &str, difference: &Difference) -> String {
    let mut selector = path.to_owned();
    if difference.document.is_needed {
        selector.push('#');
        selector.push_str(&difference.document.text);
    }
    if !difference.path.is_empty() {
        selector.push(':');
        selector.push_str(&difference.path);
    }
    selector
}

/// The selector of a difference in a text file: `FILE:=parent/key`; `number` if it is not the first
/// place with these keys.
pub(super) fn line_selector(path: &str, difference: &Difference, number: Option<usize>) -> String {
    let keys = keys_of(&difference.path);
    match number {
        Some(number) => format!("{path}:={keys}~{number}"),
        None => format!("{path}:={keys}"),
    }
}

/// The keys of a JSONPath, joined by `/`, with list items in brackets and without the blocks of a
/// template: `spec/containers[web]/image`.
pub(in crate::engine) fn keys_of(path: &str) -> String {
    joined(path, '/')
}

fn joined(path: &str, separator: char) -> String {
    let mut keys = String::with_capacity(path.len());
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '[' => (closing(rest) + 1).min(rest.len()),
            first => {
                let start = first.len_utf8();
                let end = rest[start..].find(['.', '[']);
                end.map_or(rest.len(), |at| at + start)
            }
        };
        let (step, after) = rest.split_at(end);
        let inner = step
            .strip_prefix('[')
            .and_then(|inner| inner.strip_suffix(']'));
        match inner {
            Some(inner) if inner.starts_with('\'') => {
                let key = unquoted(inner);
                let is_block = key.starts_with("{{") || key.starts_with("{%");
                if !is_block || after.is_empty() {
                    push_key(&mut keys, separator, &key);
                }
            }
            Some(inner) => {
                let item = inner.strip_prefix('?').map(short_filter);
                keys.push('[');
                keys.push_str(item.as_deref().unwrap_or(inner));
                keys.push(']');
            }
            None => push_key(&mut keys, separator, step.trim_start_matches('.')),
        }
        rest = after;
    }
    keys
}

fn push_key(keys: &mut String, separator: char, key: &str) {
    if !keys.is_empty() {
        keys.push(separator);
    }
    keys.push_str(key);
}

/// A quoted key of a JSONPath without quotes and escapes.
fn unquoted(quoted: &str) -> String {
    let inner = quoted.trim_start_matches('\'');
    let inner = inner.strip_suffix('\'').unwrap_or(inner);
    let mut key = String::with_capacity(inner.len());
    let mut is_escaped = false;
    for c in inner.chars() {
        is_escaped = c == '\\' && !is_escaped;
        if !is_escaped {
            key.push(c);
        }
    }
    key
}

/// The selectors of a file so far.
#[derive(Default)]
pub(super) struct Taken {
    /// Each with the next number for another one like it.
    next: HashMap<String, usize>,
}

impl Taken {
    /// Makes a selector unique: two differences at one place (one item replaces another) need two.
    pub(super) fn unique(&mut self, selector: &str) -> String {
        let mut candidate = selector.to_owned();
        while let Some(next) = self.next.get(&candidate) {
            let number = *self.next.get(selector).unwrap_or(next);
            candidate = format!("{selector}~{number}");
            self.next.insert(selector.to_owned(), number + 1);
        }
        self.next.insert(candidate.clone(), 2);
        candidate
    }
}

/// A selector's path in readable form: `spec.containers[web].image`, inside a string
/// `spec.values | image.tag`.
pub(in crate::engine) fn shown(path: &str) -> String {
    match split_inside(path) {
        Some((string, inner)) => format!("{} | {}", shown_query(string), shown_query(inner)),
        None => shown_query(path),
    }
}

fn shown_query(path: &str) -> String {
    if ["['{{", "['{%"].iter().any(|block| path.contains(block)) {
        return joined(path, '.');
    }
    let text = path
        .strip_prefix("$.")
        .or_else(|| path.strip_prefix('$'))
        .unwrap_or(path);
    let mut readable = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("[?") {
        readable.push_str(&rest[..at]);
        let filter = &rest[at..];
        let close = closing(filter);
        let inner = &filter[2..close];
        readable.push('[');
        readable.push_str(&short_filter(inner));
        readable.push(']');
        rest = &filter[(close + 1).min(filter.len())..];
    }
    readable.push_str(rest);
    readable
}

/// Where a filter's bracket closes, not counting brackets within quotes.
fn closing(filter: &str) -> usize {
    let mut is_quoted = false;
    let mut is_escaped = false;
    for (i, c) in filter.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '\'' => is_quoted = !is_quoted,
            ']' if !is_quoted => return i,
            _ => {}
        }
    }
    filter.len()
}

/// The values of a filter, without its syntax: `web` for `@.name=='web'`.
fn short_filter(inner: &str) -> String {
    inner
        .split(" && ")
        .map(|test| match test.split_once(",'^") {
            Some((search, regex)) if search.starts_with("search(@") => regex
                .trim_end_matches("')")
                .trim_end_matches("[?]")
                .trim_end_matches("[:@]")
                .trim_end_matches('=')
                .replace("[?]", "?"),
            _ => {
                let value = test.split_once("==").map_or(test, |(_, v)| v);
                value.trim_matches('\'').to_owned()
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::{keys_of, shown};

    #[test]
    fn keys_are_joined_without_the_blocks_of_a_template() {
        for (path, expected) in [
            ("$.image.tag", "image/tag"),
            (
                "$.containers[?@.name=='web'].image",
                "containers[web]/image",
            ),
            ("$['{{- if .x }}'].image.tag", "image/tag"),
            ("$.image['{{- if .x }}']", "image/{{- if .x }}"),
            ("$['a.b'].c", "a.b/c"),
            ("$['it\\'s'][2]", "it's[2]"),
            ("$", ""),
        ] {
            assert_eq!(keys_of(path), expected);
        }
        assert_eq!(shown("$['{{- if .x }}'].image.tag"), "image.tag");
    }

    #[test]
    fn items_are_shown_by_their_key() {
        for (path, expected) in [
            (
                "$.spec.containers[?@.name=='web'].image",
                "spec.containers[web].image",
            ),
            (
                "$.resources[?search(@,'^https://x/y[?]')]",
                "resources[https://x/y]",
            ),
            (
                "$.images[?search(@.name,'^a/b[:@]')].digest",
                "images[a/b].digest",
            ),
            ("$.args[?search(@,'^--level=')]", "args[--level]"),
            (
                "$[?@.op=='replace' && @.path=='/a'].value",
                "[replace /a].value",
            ),
            ("$.ports[?@.containerPort==80].name", "ports[80].name"),
            ("$.a[?@=='x]y']", "a[x]y]"),
            ("$", ""),
            (
                "$.spec.values|$.containers[?@.name=='web'].image",
                "spec.values | containers[web].image",
            ),
        ] {
            assert_eq!(shown(path), expected);
        }
    }
}
