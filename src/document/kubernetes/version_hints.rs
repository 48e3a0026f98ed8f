//! Whether a file may have a version, by a look at its text.
//!
//! # Why
//!
//! The versions of a large repository are in a part of its files, and parsing the others would take
//! most of the time of a table of all versions. A file without any of the keys at which versions stand
//! (`version_places.rs`), and without a value that is one in any field, has none.
//!
//! Whatever the look does not understand may have one: a wrong yes only costs time.

use memchr::{memchr_iter, memchr2_iter};

use super::pinned_url;
use super::version_places;
use crate::document::is_manifest;

/// Whether the versions of the file at `path` can be other than none.
pub fn may_have_versions(path: &str, bytes: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(bytes) else {
        return true;
    };
    !is_manifest(path)
        || !is_understood(text)
        || !has_block_roots(text)
        || pinned_url::can_be_in(text)
        || has_registry_image(text)
        || has_key_of_version(text)
}

/// Whether keys and values stand in the text as they are: without escapes, templates, keys in the form
/// `? key` or `*alias : value`, URLs with a query, or other ends of lines.
fn is_understood(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Without a branch for each byte, many are looked at in one step.
    let is_odd = |odd, byte: &u8| odd | matches!(byte, b'\\' | b'?' | b'\r' | b'\0');
    let is_odd_pair = |odd, (before, byte): (&u8, &u8)| {
        let is_template = matches!((before, byte), (b'{', b'{' | b'%'));
        let is_after_space = matches!((before, byte), (b' ' | b'\t' | b'\n', b':'));
        odd | is_template | is_after_space
    };
    let pairs = || bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    !text.starts_with(':')
        && !bytes.iter().fold(false, is_odd)
        && !pairs().fold(false, is_odd_pair)
        && (text.is_ascii() || !text.contains(['\u{85}', '\u{2028}', '\u{2029}']))
}

/// Whether each document is a mapping: only scalars and items of a root are versions without a key.
fn has_block_roots(text: &str) -> bool {
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let line = rest.split('\n').next().unwrap_or(rest);
        let bytes = line.as_bytes();
        let start_of_line = at;
        at += line.len() + 1;
        match bytes {
            [b'-', b'-', b'-', rest @ ..] if rest.trim_ascii_start().is_empty() => continue,
            [b'-', b'-', b'-', ..] => return false,
            [b'.', b'.', b'.', ..] => continue,
            _ => {}
        }
        let start = bytes.trim_ascii_start();
        if start.is_empty() || start[0] == b'#' {
            continue;
        }
        let is_flow = bytes[0] == b'{';
        let is_key = bytes[0].is_ascii_alphanumeric();
        let value = line.split(" #").next().unwrap_or(line);
        let has_value = value.contains(": ") || value.trim_end().ends_with(':');
        if !(is_flow || is_key && has_value) {
            return false;
        }
        // The rest of the document is not looked at.
        let is_marker = |end: &usize| {
            let next_line = &rest[end + 1..];
            next_line.starts_with("---") || next_line.starts_with("...")
        };
        let Some(end) = memchr_iter(b'\n', rest.as_bytes()).find(is_marker) else {
            return true;
        };
        at = start_of_line + end + 1;
    }
    true
}

fn is_end_of_word(b: u8) -> bool {
    b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'=' | b',')
}

/// Whether there is a word that is no URL and has a tag or a digest after a slash.
fn has_registry_image(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr_iter(b'/', bytes).any(|slash| {
        let host = bytes[..slash].rsplit(|b| is_end_of_word(*b)).next();
        let rest = bytes[slash..].split(|b| is_end_of_word(*b)).next();
        let (Some(host), Some(rest)) = (host, rest) else {
            return false;
        };
        let is_url = host.ends_with(b":") && rest.starts_with(b"//");
        let rest = rest.strip_suffix(b":").unwrap_or(rest);
        let is_first = !host.contains(&b'/');
        is_first && !is_url && rest.iter().any(|b| matches!(b, b':' | b'@'))
    })
}

fn has_key_of_version(text: &str) -> bool {
    let keys: Vec<&str> = keys(text).collect();
    let has = |name| keys.contains(&name);
    // A value whose key another value names (`nested.rs`).
    let is_nested = has("value") && ["path", "parameters", "set"].into_iter().any(has);
    is_nested || version_places::can_be_among(&keys)
}

/// The words before `:` and `=`: whatever can be a key, or the end of one.
fn keys(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let is_quote = |b: &u8| matches!(b, b'"' | b'\'' | b' ');
    let is_end = |b: &u8| is_end_of_word(*b) || matches!(b, b'{' | b'[');
    let word = move |end: usize| {
        let end = bytes[..end]
            .iter()
            .rposition(|b| !is_quote(b))
            .map_or(0, |at| at + 1);
        let start = bytes[..end].iter().rposition(is_end).map_or(0, |at| at + 1);
        &text[start..end]
    };
    // The key of every object, which is no version at the root; in a flow collection, the start of a line
    // can be anywhere.
    let is_api_version = move |word: &str, end: usize| {
        if word != "apiVersion" {
            return false;
        }
        let before = text[..end].strip_suffix(word).unwrap_or(&text[..end]);
        let of_document = || before.rsplit("\n---").next().unwrap_or(before);
        before.is_empty() || before.ends_with('\n') && !of_document().contains(['{', '['])
    };
    memchr2_iter(b':', b'=', bytes)
        .map(move |end| (word(end), end))
        .filter(move |(word, end)| !is_api_version(word, *end))
        .map(|(word, _)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_keys_and_values_of_versions_has_none() {
        let service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  labels: {app.kubernetes.io/name: web}\nspec:\n  ports:\n    - {name: http, port: 80}\n";
        let text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  LOG: debug\n  URL: http://api:80/v1\n  CONF: |\n    a = 1\n---\nresources:\n- a.yaml\n";
        for (text, expected) in [
            (service, false),
            (text, false),
            ("{\"apiVersion\": \"v1\", \"kind\": \"Service\"}", false),
            ("spec: {image: a}", true),
            ("spec: {\"my-image\" : a}", true),
            ("kind: ConfigMap\ndata: {WEB_TAG: a}", true),
            ("kind: ConfigMap\ndata: {apiVersion: '1.2'}", true),
            ("kind: Pod\nmetadata: {name: a}", false),
            ("images:\n- name: a", true),
            ("kind: ConfigMap\ndata: {\napiVersion: '1.2'}", true),
            ("chart: a\nversion: 1", true),
            ("a: {repository: b, tag: c}", true),
            ("a: staging", false),
            ("args: [--web-image=a]", true),
            ("a: ghcr.io/a/b:1", true),
            ("a: ghcr.io/a/b@sha256:1", true),
            ("a: https://example.org/a", false),
            ("a: https://example.org/a.tgz", true),
            ("- github.com/a/b?ref=v1", true),
            ("a: github.com/a/b?ref=v1", true),
            (
                "patch: |-\n  - op: replace\n    path: /spec/image\n    value: a",
                true,
            ),
            ("a: \"\\x69mage\"", true),
            ("? image\n# b\n: a", true),
            ("a: {{ b }}", true),
            ("v1.2", true),
            ("--- v1.2", true),
            ("- v1.2", true),
            ("a: b\n---\n- v1.2", true),
            ("# a: b\n'v1: 2'", true),
            ("v1.2 # see: x", true),
            ("a: b # see: x", false),
        ] {
            assert_eq!(
                may_have_versions("a.yaml", text.as_bytes()),
                expected,
                "{text}"
            );
        }
        assert!(
            may_have_versions("a.env", b"A=1"),
            "settings are not looked at"
        );
        assert!(may_have_versions("a.yaml", b"\xff"), "not UTF-8");
    }
}
