//! The source's own lines of a piece, moved to column 0.

use super::super::extent::{child_index, child_start};
use super::super::node::{Content, Document, Layout, Node, Span, Stream};
use super::super::place::{Place, Step};
use super::super::text::{column, indent, line_end, line_start, next_line};

/// Calls `found` with every alias whose anchor is not in the piece.
pub(super) fn dangling(
    piece: &Stream,
    node: &Node,
    place: &mut Place,
    found: &mut dyn FnMut(&Place, &str) -> Option<()>,
) -> Option<()> {
    match &node.content {
        Content::Alias(name) if std::ptr::eq(piece.resolve(0, node), node) => found(place, name),
        Content::Scalar(_) | Content::Alias(_) => Some(()),
        Content::Sequence { items, .. } => {
            for (index, item) in items.iter().enumerate() {
                place.steps.push(Step::Index(index));
                dangling(piece, item, place, found)?;
                place.steps.pop();
            }
            Some(())
        }
        Content::Mapping { entries, .. } => {
            for entry in entries {
                place.steps.push(Step::Key(entry.name().to_owned()));
                dangling(piece, &entry.value, place, found)?;
                place.steps.pop();
            }
            Some(())
        }
    }
}

/// Whether the stream is a JSON file.
pub(in super::super) fn is_json(stream: &Stream) -> bool {
    let [document] = stream.documents.as_slice() else {
        return false;
    };
    document.root.layout() == Some(Layout::Flow)
        && serde_json::from_str::<serde::de::IgnoredAny>(stream.text.trim_start_matches('\u{feff}'))
            .is_ok()
}

/// A document's own lines: without a bare `---`, with comments before it if it is the first.
pub(super) fn document_source(stream: &Stream, index: usize, document: &Document) -> Span {
    let text = &stream.text;
    let mut span = document.span.clone();
    if let Some(marker) = document.marker.filter(|marker| *marker == span.start)
        && text[marker..line_end(text, marker)].trim_end() == "---"
    {
        span.start = next_line(text, marker);
    } else if index == 0 && document.marker.is_none() {
        span.start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    }
    span
}

/// The column that continuation lines of the value at a place are measured from.
pub(super) fn parent_column(stream: &Stream, place: &Place) -> usize {
    let found = place.parent().and_then(|(parent, step)| {
        let parent = stream.node(&parent)?;
        let start = child_start(parent, child_index(parent, step)?)?;
        match parent.layout()? {
            Layout::Block => Some(column(&stream.text, start)),
            Layout::Flow => Some(indent(&stream.text[line_start(&stream.text, start)..])),
        }
    });
    found.unwrap_or(0)
}

/// A value that starts in the middle of a line, its further lines moved left.
pub(super) fn inline(stream: &Stream, node: &Node, depth: usize) -> String {
    let mut text = String::new();
    if let Some(tag) = &node.tag {
        text.push_str(tag);
        text.push(' ');
    }
    for (index, line) in stream.text[node.span.clone()].split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let cut = if index == 0 {
            0
        } else {
            depth.min(indent(line))
        };
        text.push_str(&line[cut..]);
        text.push('\n');
    }
    text
}

/// Whole lines moved left by `depth`; a first line that starts later is taken from there.
pub(super) fn dedented(stream: &Stream, span: Span, depth: usize) -> String {
    let mut text = String::with_capacity(span.len());
    let source = stream.text[span.clone()].trim_end_matches('\n');
    let from_line = line_start(&stream.text, span.start) == span.start;
    let kept = stream.text[span].len() - source.len();
    for (index, line) in source.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let cut = if index == 0 && !from_line {
            0
        } else {
            depth.min(indent(line))
        };
        text.push_str(&line[cut..]);
        text.push('\n');
    }
    // Blank lines at the end are part of the piece only where a block scalar keeps them.
    for _ in 1..kept {
        text.push('\n');
    }
    text
}
