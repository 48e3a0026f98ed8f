//! List scalars without their version.

use super::assignment::assignment;
use super::pinned_url::{pinned_url, without_versions};
use crate::document::image::ImageReference;
use crate::document::tokens;
use crate::yaml::{Content, Kind, Node};

/// The text of a scalar, the same for all ways to write null; empty for anything else.
pub(super) fn scalar_text(node: &Node) -> &str {
    match &node.content {
        Content::Scalar(scalar) if scalar.kind == Kind::Null => "null",
        Content::Scalar(scalar) => &scalar.text,
        _ => "",
    }
}

/// A scalar without its version, and its filter in selectors.
pub(super) struct Stem {
    pub(super) text: String,
    /// The prefix that the filter searches for.
    pub(super) head: String,
    /// The character class that follows, `[:@]`, or nothing.
    pub(super) tail: &'static str,
}

impl Stem {
    /// Whether the filter matches at most one of these sorted texts.
    pub(super) fn is_alone(&self, sorted: &[&str]) -> bool {
        let found = |start: &str| {
            let from = sorted.partition_point(|text| *text < start);
            let alike = sorted[from..].iter().take_while(|t| t.starts_with(start));
            alike.take(2).count()
        };
        let head = &self.head;
        match self.tail {
            "" => found(head) < 2,
            _ => found(&format!("{head}:")) + found(&format!("{head}@")) < 2,
        }
    }
}

/// The part of a scalar that identifies it in a list: a URL without its versions and query, an image
/// without its tag, the key of `KEY=VALUE` and `--flag=value`.
pub(super) fn stem(text: &str) -> Option<Stem> {
    let stem = |head: &str, tail| {
        Some(Stem {
            text: format!("{head}\u{1}{tail}"),
            head: head.to_owned(),
            tail,
        })
    };
    if let Some(url) = pinned_url(text) {
        return stem(&url.before[..=url.resource().len()], "");
    }
    if let Some((head, _)) = assignment(text) {
        return stem(head, "");
    }
    if !text.contains("://")
        && let Some(image) = ImageReference::parse(text)
        && image.has_version()
        && image.name.contains(|c: char| c.is_ascii_alphabetic())
        && (image.name.contains('/') || image.tag.is_none_or(tokens::is_pinned))
    {
        return stem(image.name, "[:@]");
    }
    if text.contains("://")
        && let Some(word) = tokens::words(text).into_iter().next()
    {
        let mut stem = stem(&text[..word.start], "")?;
        stem.text = without_versions(text)?;
        return Some(stem);
    }
    None
}
