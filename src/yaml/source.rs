//! The source text of a part of a stream, moved to column 0.

use super::extent::{child_index, child_start};
use super::node::{Content, Layout, Node, Span, Stream};
use super::place::Place;
use super::text::{column, indent, is_first, line_end, line_start, next_line};
use super::write::{self, Context};

/// A value without its key or dash and the comments around it.
pub(super) fn value(stream: &Stream, place: &Place) -> Option<String> {
    let node = stream.node(place)?;
    if node.is_omitted() && node.tag().is_none() {
        return Some("null\n".to_owned());
    }
    if node.layout() != Some(Layout::Block) {
        return Some(inline(stream, node, parent_column(stream, place)));
    }
    let start = node.span.start;
    let from = if is_first(&stream.text, start) {
        stream.leading(start)
    } else {
        start
    };
    let lines = dedented(stream, from..node.end(), column(&stream.text, start));
    Some(match node.tag() {
        Some(tag) => format!("{tag}\n{lines}"),
        None => lines,
    })
}

/// An entry or item of a collection; one of a flow collection becomes a block entry or item.
pub(super) fn child(stream: &Stream, node: &Node, index: usize) -> Option<String> {
    let start = child_start(node, index)?;
    if node.layout()? == Layout::Block {
        let extent = stream.extent(node, index)?;
        return Some(dedented(stream, extent, column(&stream.text, start)));
    }
    let (head, value) = match &node.content {
        Content::Mapping { entries, .. } => {
            let entry = entries.get(index)?;
            let key = if stream.is_json() || entry.complex.is_some() {
                write::key(entry.name(), Context::Block)
            } else {
                stream.text[entry.key.start..entry.key.span.end].to_owned()
            };
            (format!("{key}:"), &entry.value)
        }
        Content::Sequence { items, .. } => ("-".to_owned(), items.get(index)?),
        Content::Scalar(_) | Content::Alias(_) => return None,
    };
    let anchor = match value.anchor() {
        Some(name) => format!(" &{name}"),
        None => String::new(),
    };
    let depth = indent(&stream.text[stream.line_start(start)..]);
    Some(format!("{head}{anchor} {}", inline(stream, value, depth)))
}

/// A document without a bare `---`; for the first one, with the comments before it.
pub(super) fn document(stream: &Stream, index: usize) -> Option<String> {
    let document = stream.documents.get(index)?;
    let text = &stream.text;
    let mut span = document.span.clone();
    if let Some(marker) = document.marker.filter(|marker| *marker == span.start)
        && text[marker..line_end(text, marker)].trim_end() == "---"
    {
        span.start = next_line(text, marker);
    } else if index == 0 && document.marker.is_none() {
        span.start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    }
    Some(text.get(span)?.replace("\r\n", "\n"))
}

/// The column that the indentation of a value is relative to.
fn parent_column(stream: &Stream, place: &Place) -> usize {
    let found = place.parent().and_then(|(parent, step)| {
        let parent = stream.node(&parent)?;
        let start = child_start(parent, child_index(parent, step)?)?;
        match parent.layout()? {
            Layout::Block => Some(stream.column(start)),
            Layout::Flow => Some(indent(&stream.text[stream.line_start(start)..])),
        }
    });
    found.unwrap_or(0)
}

/// A value that starts in the middle of a line, with the lines after it moved left.
fn inline(stream: &Stream, node: &Node, depth: usize) -> String {
    let mut text = String::new();
    if let Some(tag) = node.tag() {
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

/// Moves lines left by `depth`; the first line may start in the middle.
fn dedented(stream: &Stream, span: Span, depth: usize) -> String {
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
    // Only a block scalar with `+` has blank lines at the end of a span.
    for _ in 1..kept {
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Step;

    #[test]
    fn later_lines_of_a_value_move_left_with_its_key() {
        let at = |text: &str, keys: &[&str]| {
            let stream = Stream::parse(text).unwrap();
            let step = |place: Place, key: &&str| place.child(Step::Key((*key).to_owned()));
            let place = keys.iter().fold(Place::root(0), step);
            value(&stream, &place).unwrap()
        };
        let nested = "a:\n    b: [x,\n        y]\n";
        assert_eq!(at(nested, &["a", "b"]), "[x,\n    y]\n");
        let in_flow = "a:\n    b: {c: [x,\n        y]}\n";
        assert_eq!(at(in_flow, &["a", "b", "c"]), "[x,\n    y]\n");
        assert_eq!(at("a: |\n  x\n   y\n", &["a"]), "|\n  x\n   y\n");
        assert_eq!(at("[x,\n  y]\n", &[]), "[x,\n  y]\n");
    }
}
