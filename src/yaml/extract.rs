//! Copies fragments out of a stream.
//!
//! # Why
//!
//! A fragment must be valid alone, but an alias in it may refer to an anchor
//! elsewhere in the stream. Such an alias is replaced by its value. That is an
//! edit itself, so this file depends on [`splice_written`] and not the other way round. The fragment
//! also has the text with the alias, for a target that has the anchor, too.

use super::edit::Edit;
use super::extent::{child_index, child_start};
use super::fragment::{Aliased, Fragment, Shape, Spacing, for_each_dangling};
use super::node::{Layout, Node, Stream};
use super::place::{Place, Step};
use super::source;
use super::splice::splice_written;
use super::text::blanks_after;

impl Fragment {
    /// Copies the entry at a place of a resolved document, with the comments directly above it and
    /// at the end of its line.
    pub fn entry(stream: &Stream, place: &Place) -> Option<Self> {
        let (site, _) = stream.site(place)?;
        match site.parent()? {
            (parent, step @ Step::Key(_)) => {
                let entry = child(stream, &parent, step, Shape::Entry)?;
                entry.or_value_at(stream, place)
            }
            _ => None,
        }
    }

    /// Copies the list item at a place of a resolved document, with the comments directly above it
    /// and at the end of its line.
    pub fn item(stream: &Stream, place: &Place) -> Option<Self> {
        let (site, _) = stream.site(place)?;
        match site.parent()? {
            (parent, step @ Step::Index(_)) => {
                let item = child(stream, &parent, step, Shape::Item)?;
                item.or_value_at(stream, place)
            }
            _ => None,
        }
    }

    /// Copies the value at a place of a resolved document, without its key or dash and the comments
    /// around it.
    pub fn value(stream: &Stream, place: &Place) -> Option<Self> {
        let holder = stream.holder(place)?;
        let start = stream.node(&holder)?.start;
        let text = source::value(stream, &holder)?;
        standalone(stream, place.document, start, &text, Shape::Value)?.or_value_at(stream, place)
    }

    /// The fragment, if its text still has the value at its place. Otherwise the value, written anew:
    /// a `+` block scalar loses the blank lines after it, which belong to no node.
    fn or_value_at(self, stream: &Stream, place: &Place) -> Option<Self> {
        let value = stream.at(place)?.value();
        if self.resolved_model() == value {
            return Some(self);
        }
        Some(Self::from_value(&value))
    }

    /// Copies a whole document with its leading comments.
    pub fn document(stream: &Stream, index: usize) -> Option<Self> {
        let text = source::document(stream, index)?;
        Self::read(&text, Shape::Document, stream.is_json()).ok()
    }
}

fn child(stream: &Stream, parent: &Place, step: &Step, shape: Shape) -> Option<Fragment> {
    let node = stream.node(parent)?;
    let index = child_index(node, step)?;
    let text = source::child(stream, node, index)?;
    let start = child_start(node, index)?;
    let fragment = standalone(stream, parent.document, start, &text, shape)?;
    Some(fragment.with_spacing(spacing(stream, node, index)))
}

/// The blank lines around an entry or item.
fn spacing(stream: &Stream, node: &Node, index: usize) -> Spacing {
    if node.layout() != Some(Layout::Block) {
        return Spacing::default();
    }
    let below = |index: usize| {
        child_start(node, index + 1)?;
        Some(blanks_after(&stream.text, stream.extent(node, index)?.end).0)
    };
    Spacing {
        above: index.checked_sub(1).and_then(below),
        below: below(index),
    }
}

/// Reads the text of a piece that starts at `from`, with aliases of outside anchors expanded.
fn standalone(
    stream: &Stream,
    document: usize,
    from: usize,
    text: &str,
    shape: Shape,
) -> Option<Fragment> {
    let json = stream.is_json();
    if let Ok(fragment) = Fragment::read(text, shape, json) {
        return Some(fragment);
    }
    let aliased = Aliased::read(text.to_owned(), shape, json).ok()??;
    let piece = &aliased.fragment.stream;
    let mut edits = Vec::new();
    for_each_dangling(piece, &mut |place, name| {
        let anchors = &stream.documents.get(document)?.anchors;
        let node = stream.anchored(document, name, anchors.before(name, from)?)?;
        edits.push(Edit::Set {
            place: place.clone(),
            value: Fragment::from_value(&stream.resolved_node(document, node).value()),
        });
        Some(())
    })?;
    let text = splice_written(piece, &edits).ok()?;
    let mut fragment = Fragment::read(&text, shape, json).ok()?;
    fragment.aliased = Some(Box::new(aliased));
    Some(fragment)
}
