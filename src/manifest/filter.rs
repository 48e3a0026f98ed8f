//! How an item of a list is written in a selector.

use super::identity::{entry, text_at};
use super::image::ImageReference;
use super::items::ListKey;
use super::selector::{quoted, regex_quoted};
use super::tokens;
use super::versions::pinned_url;
use crate::domain::Naming;
use crate::yaml::{Content, Kind, Node, member};

pub(super) fn scalar_text(node: &Node) -> &str {
    match &node.content {
        Content::Scalar(scalar) => &scalar.text,
        _ => "",
    }
}

/// What is left of a scalar without its version, and how that is told in a selector.
pub(super) struct Stem {
    pub(super) text: String,
    /// The beginning that the filter searches for.
    head: String,
    /// A class of characters that follows, such as `[:@]`.
    tail: &'static str,
}

/// The part of a scalar item that tells which one it is: a URL without its revision, an image
/// without its tag, a flag without its value.
pub(super) fn stem(text: &str) -> Option<Stem> {
    let stem = |head: &str, tail| {
        Some(Stem {
            text: format!("{head}\u{1}{tail}"),
            head: head.to_owned(),
            tail,
        })
    };
    if let Some((head, _, _)) = pinned_url(text) {
        return stem(head, "");
    }
    if text.starts_with('-')
        && let Some((flag, _)) = text.split_once('=')
    {
        return stem(&format!("{flag}="), "");
    }
    if !text.contains("://")
        && let Some(image) = ImageReference::parse(text)
        && image.has_version()
        && image.name.contains('/')
    {
        return stem(image.name, "[:@]");
    }
    if text.contains("://")
        && let Some(word) = tokens::words(text).into_iter().next()
    {
        let mut stem = stem(&text[..word.start], "")?;
        stem.text = format!("{}\u{1}{}", &text[..word.start], &text[word.end..]);
        return Some(stem);
    }
    None
}

/// The filter that writes an item in a selector, e.g. `[?@.name=='web']`; `None` for its position.
///
/// `rename` gives an added item's key as it will be in the target.
pub(super) fn filter(
    key: ListKey,
    item: &Node,
    rename: Option<&Naming>,
    is_stem: bool,
) -> Option<String> {
    let shown = |text: &str| rename.map_or_else(|| text.to_owned(), |n| n.rename(text));
    match key {
        ListKey::Position => None,
        ListKey::Scalar => {
            let text = shown(scalar_text(item));
            match stem(&text) {
                Some(stem) if is_stem => Some(format!(
                    "[?search(@,{})]",
                    regex_quoted(&stem.head, stem.tail)
                )),
                _ => Some(format!("[?@=={}]", literal(item, &text))),
            }
        }
        ListKey::Fields(fields) => {
            let parts: Option<Vec<String>> = fields
                .iter()
                .filter_map(|field| {
                    let node = entry(item, field)?;
                    let text = text_at(item, field)?;
                    Some(Some(format!(
                        "@{}=={}",
                        member(field),
                        literal(node, &shown(text))
                    )))
                })
                .collect();
            let parts = parts?;
            (!parts.is_empty()).then(|| format!("[?{}]", parts.join(" && ")))
        }
    }
}

/// A scalar as a JSONPath literal.
fn literal(node: &Node, text: &str) -> String {
    match &node.content {
        Content::Scalar(s) if matches!(s.kind, Kind::Bool | Kind::Null) => match s.kind {
            Kind::Null => "null".to_owned(),
            _ => text.to_ascii_lowercase(),
        },
        Content::Scalar(s) if s.kind == Kind::Int && text.parse::<i64>().is_ok() => text.to_owned(),
        _ => quoted(text),
    }
}
