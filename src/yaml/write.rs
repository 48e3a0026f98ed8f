//! Writes scalars so that they are read back as the same value.

use std::fmt::Write as _;

use super::characters::is_plain;
use super::node::{Content, Stream};
use super::scalar::{Kind, Quoting, is_ambiguous, old_key};

/// The place where a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// In a block collection.
    Block,
    /// In a flow collection.
    Flow,
    /// In a JSON file.
    Json,
}

/// Writes a scalar on one line, in the preferred quoting if its text allows it.
pub(super) fn scalar(text: &str, kind: Kind, preferred: Quoting, context: Context) -> String {
    if kind == Kind::Str {
        return string(text, preferred, context);
    }
    let plain = if kind == Kind::Null && text.is_empty() {
        "null"
    } else {
        text
    };
    match (context, kind) {
        (Context::Json, Kind::Null) => "null".to_owned(),
        (Context::Json, Kind::Bool) => plain.to_ascii_lowercase(),
        _ => plain.to_owned(),
    }
}

/// Writes a key on one line.
pub(super) fn key(text: &str, context: Context) -> String {
    // `8080` is the same text as a number; `y`, as of a coordinate, is plain in every file.
    let is_own_text = !is_ambiguous(text)
        || matches!(text, "y" | "Y" | "n" | "N")
        || Kind::of_plain(text) == Kind::Int && old_key(text).is_some_and(|read| read == text);
    let is_plain = context != Context::Json
        && is_own_text
        && !starts_as_other(text)
        && reads_back(text, None, text, Context::Flow);
    if is_plain {
        text.to_owned()
    } else {
        string(text, Quoting::Double, context)
    }
}

fn string(text: &str, preferred: Quoting, context: Context) -> String {
    let printable = text.chars().all(is_plain);
    match preferred {
        _ if context == Context::Json || !printable => double(text),
        Quoting::Plain if starts_as_other(text) => double(text),
        Quoting::Plain
            if !is_ambiguous(text) && reads_back(text, Some(Kind::Str), text, context) =>
        {
            text.to_owned()
        }
        Quoting::Single => format!("'{}'", text.replace('\'', "''")),
        _ => double(text),
    }
}

/// Whether some readers take the start of a plain text for something else.
fn starts_as_other(text: &str) -> bool {
    ["---", "...", ":", "?"]
        .iter()
        .any(|mark| text.starts_with(mark))
}

/// Writes a double-quoted string, with escapes that are valid in JSON too.
pub(super) fn double(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if !is_plain(c) => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether `source`, in the context, is read as the text and, if given, the kind.
pub(super) fn reads_back(source: &str, kind: Option<Kind>, text: &str, context: Context) -> bool {
    if source.is_empty() || source.contains(['\n', '\r']) {
        return false;
    }
    let probe = match context {
        Context::Block => format!("k: {source}\n"),
        Context::Flow | Context::Json => format!("k: [{source}, x]\n"),
    };
    let Ok(stream) = Stream::parse(&probe) else {
        return false;
    };
    let [document] = stream.documents() else {
        return false;
    };
    let Content::Mapping { entries, .. } = &document.root.content else {
        return false;
    };
    let [entry] = &entries[..] else {
        return false;
    };
    let value = match (&entry.value.content, context) {
        (Content::Sequence { items, .. }, Context::Flow | Context::Json) if items.len() == 2 => {
            &items[0]
        }
        (_, Context::Block) => &entry.value,
        _ => return false,
    };
    matches!(&value.content, Content::Scalar(found)
        if found.text == text && kind.is_none_or(|kind| kind == found.kind))
        && value.tag().is_none()
        && value.anchor().is_none()
        && entry.value.end() + usize::from(context != Context::Block) >= probe.trim_end().len()
}
