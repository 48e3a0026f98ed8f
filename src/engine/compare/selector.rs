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
    use super::shown;

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
