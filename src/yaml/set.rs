//! One value in the place of another: what stands on the key's line, and the lines below.

use super::block::properties_end;
use super::extent::{child_index, child_start};
use super::fragment::Fragment;
use super::node::{Content, Layout, Node, Span};
use super::phases::Sheet;
use super::place::Place;
use super::scalar::{Kind, Quoting, Scalar, is_ambiguous};
use super::splice::Patch;
use super::text::{column, indent, is_first, line_end, line_start, next_line};
use super::value::Value;
use super::write::{self, Context};
use super::{reindent, render};

/// Where the old value stands.
struct Old {
    /// From its introducer to the end of its part of that line.
    inline: Span,
    /// Where the part begins, after white space.
    from: usize,
    /// Its whole lines below.
    body: Option<Span>,
}

/// What the new value is.
#[derive(Default)]
struct New {
    inline: String,
    body: Vec<String>,
}

/// What holds the value.
struct Holder {
    layout: Option<Layout>,
    column: usize,
    is_item: bool,
}

/// The patches that replace the value of a node.
pub(super) fn patches(sheet: &Sheet<'_>, place: &Place, node: &Node, value: &Fragment) -> Option<Vec<Patch>> {
    let holder = holder(sheet, place)?;
    let root = value.root()?;
    let properties = (node.tag != root.tag).then(|| properties(node, root));
    let patch = |span: Span, text: String| Patch { span, text, depth: place.steps.len(), place: place.clone() };
    let in_json = sheet.json && !(place.steps.is_empty() && is_bare(sheet) && !value.json);
    if holder.layout == Some(Layout::Flow) || in_json {
        let text = in_flow(sheet, node, value)?;
        return Some(vec![replaced(sheet, node, properties, text, &patch)]);
    }
    let is_compact = node.layout() == Some(Layout::Block)
        && line_start(sheet.text, properties_end(sheet.text, node)) == line_start(sheet.text, node.span.start);
    let is_open = place.steps.is_empty() && is_first(sheet.text, node.start) && node.lead <= line_start(sheet.text, node.start);
    let new = new(sheet, node, &holder, value, is_compact || is_open)?;
    if is_compact || is_open {
        return Some(vec![in_place(sheet, node, &holder, properties, &new, &patch)]);
    }
    let old = old(sheet, node)?;
    let mut found = Vec::new();
    let keeps_space = properties.is_none() && old.from < old.inline.end && !new.inline.is_empty();
    if keeps_space {
        found.push(patch(old.from..old.inline.end, new.inline));
    } else {
        let kept = match &properties {
            Some(properties) => properties.as_str(),
            None => sheet.text.get(node.start..properties_end(sheet.text, node)).unwrap_or(""),
        };
        let mut text = String::new();
        for part in [kept, &new.inline] {
            if !part.is_empty() {
                text.push(' ');
                text.push_str(part);
            }
        }
        if !text.is_empty() || old.inline.start < old.inline.end {
            if place.steps.is_empty() || has_introducer(sheet.text, node) {
                found.push(patch(old.inline.clone(), text));
            } else {
                let indent = " ".repeat(holder.column);
                found.push(patch(old.inline.clone(), format!("{}{indent}:{text}", sheet.newline)));
            }
        }
    }
    let lines: String = new.body.iter().flat_map(|line| [line.as_str(), sheet.newline]).collect();
    match old.body {
        Some(body) => found.push(patch(body, lines)),
        None if !lines.is_empty() => {
            let at = next_line(sheet.text, old.inline.end);
            found.push(patch(at..at, lines));
        }
        None => {}
    }
    Some(found)
}

/// Whether the file is nothing but `{}` or `[]`.
fn is_bare(sheet: &Sheet<'_>) -> bool {
    matches!(sheet.text.trim_start_matches('\u{feff}').trim(), "{}" | "[]")
}

/// Anchor of the old node and tag of the new one.
fn properties(node: &Node, new: &Node) -> String {
    let anchor = node.anchor.as_ref().map(|name| format!("&{name}"));
    anchor.iter().chain(&new.tag).map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// Whether a colon or dash stands before the value.
fn has_introducer(text: &str, node: &Node) -> bool {
    text[..node.lead].ends_with([':', '-', '?', ',', '['])
}

fn holder(sheet: &Sheet<'_>, place: &Place) -> Option<Holder> {
    let Some((parent, step)) = place.parent() else {
        return Some(Holder { layout: None, column: 0, is_item: false });
    };
    let parent = sheet.stream.node(&parent)?;
    let start = child_start(parent, child_index(parent, step)?)?;
    Some(Holder {
        layout: parent.layout(),
        column: column(sheet.text, start),
        is_item: matches!(parent.content, Content::Sequence { .. }),
    })
}

fn old(sheet: &Sheet<'_>, node: &Node) -> Option<Old> {
    let text = sheet.text;
    let lead = node.lead;
    let after = properties_end(text, node);
    if node.layout() == Some(Layout::Block) {
        let first = child_start(node, 0)?;
        let from = sheet.stream.leading(first);
        return Some(Old { inline: lead..after, from: after, body: Some(from..next_line(text, node.end())) });
    }
    if let Content::Scalar(Scalar { quoting: Quoting::Literal | Quoting::Folded, .. }) = node.content {
        let header = &text[node.span.start..line_end(text, node.span.start)];
        let length = header.find([' ', '\t']).unwrap_or(header.len());
        let below = next_line(text, node.span.start);
        let body = below..if node.span.end > below { next_line(text, node.span.end) } else { below };
        let inline = lead..node.span.start + length;
        return Some(Old { inline, from: node.span.start, body: Some(body) });
    }
    if node.is_left_out() {
        return Some(Old { inline: lead..after, from: after, body: None });
    }
    Some(Old { inline: lead..node.span.end, from: node.span.start, body: None })
}

/// The new value as text for a block collection or a document's root.
fn new(sheet: &Sheet<'_>, node: &Node, holder: &Holder, value: &Fragment, whole: bool) -> Option<New> {
    let root = value.root()?;
    let parent = holder.column;
    let source = &value.text()[root.span.clone()];
    let is_root = holder.layout.is_none();
    match (&root.content, root.layout()) {
        (_, Some(Layout::Block)) => {
            let same = std::mem::discriminant(&root.content) == std::mem::discriminant(&node.content)
                && node.layout() == Some(Layout::Block);
            let depth = if same {
                column(sheet.text, node.span.start)
            } else if whole && !is_root {
                column(sheet.text, node.span.start)
            } else if is_root {
                0
            } else if holder.is_item {
                parent + 2
            } else if matches!(root.content, Content::Sequence { .. }) {
                parent + sheet.style.list.unwrap_or(sheet.style.width())
            } else {
                parent + sheet.style.width()
            };
            let mut body = reindent::lines(&without_tag(value, root)?, depth, sheet.style);
            if holder.is_item && !same && node.anchor.is_none() && root.tag.is_none() && !whole {
                let inline = body.remove(0).trim_start_matches(' ').to_owned();
                let inline = std::iter::once(inline).chain(body).collect::<Vec<_>>().join(sheet.newline);
                return Some(New { inline, body: Vec::new() });
            }
            Some(New { inline: String::new(), body })
        }
        (Content::Scalar(Scalar { quoting: Quoting::Literal | Quoting::Folded, .. }), _) => {
            Some(block_scalar(sheet, node, holder, source))
        }
        (Content::Scalar(scalar), _) if source.contains('\n') => {
            let _ = scalar;
            Some(New { inline: moved(source, parent, sheet.newline), body: Vec::new() })
        }
        (Content::Scalar(scalar), _) => {
            let old = match &node.content {
                Content::Scalar(old) => Some(old),
                _ => None,
            };
            let inline = if root.is_left_out() && !is_root {
                String::new()
            } else {
                on_line(scalar, old, Context::Block)
            };
            Some(New { inline, body: Vec::new() })
        }
        (Content::Alias(_), _) => None,
        _ => Some(New { inline: moved(source, parent, sheet.newline), body: Vec::new() }),
    }
}

/// The fragment without the line that its root's tag takes.
fn without_tag(value: &Fragment, root: &Node) -> Option<Fragment> {
    if root.tag.is_none() {
        return Some(value.clone());
    }
    let text = value.text();
    let body = next_line(text, root.start);
    Fragment::of_text(&text[body..], value.json)
}

/// A block scalar in its source's own lines.
fn block_scalar(sheet: &Sheet<'_>, node: &Node, holder: &Holder, source: &str) -> New {
    let mut lines = source.split('\n');
    let header = lines.next().unwrap_or_default();
    let indicator = &header[..header.find([' ', '\t']).unwrap_or(header.len())];
    let body: Vec<&str> = lines.collect();
    let least = body.iter().filter(|line| !line.trim().is_empty()).map(|line| indent(line)).min();
    let own = least.unwrap_or(0);
    let wanted = match &node.content {
        _ if indicator.contains(|c: char| c.is_ascii_digit()) => own + holder.column,
        Content::Scalar(Scalar { quoting: Quoting::Literal | Quoting::Folded, .. }) => {
            let old = &sheet.text[node.span.clone()];
            let old = old.lines().skip(1).filter(|line| !line.trim().is_empty()).map(indent).min();
            old.filter(|old| *old > holder.column)
                .unwrap_or(holder.column + sheet.style.width())
        }
        _ if holder.is_item => holder.column + 2,
        _ => holder.column + sheet.style.width(),
    };
    let line = |line: &&str| {
        let rest = &line[own.min(indent(line))..];
        if line.len() <= own && line.trim().is_empty() { String::new() } else { format!("{:wanted$}{rest}", "") }
    };
    New { inline: indicator.to_owned(), body: body.iter().map(line).collect() }
}

/// A text of several lines whose further lines are measured from the holder.
fn moved(source: &str, depth: usize, newline: &str) -> String {
    let mut lines = source.split('\n');
    let mut text = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        text.push_str(newline);
        if !line.is_empty() {
            text.push_str(&" ".repeat(depth));
            text.push_str(line);
        }
    }
    text
}

/// A scalar on one line, in the target's quotes where its text allows.
fn on_line(new: &Scalar, old: Option<&Scalar>, context: Context) -> String {
    let source_is_plain = new.quoting == Quoting::Plain;
    let own = if source_is_plain { Quoting::Plain } else { Quoting::Double };
    let own = if new.quoting == Quoting::Single { Quoting::Single } else { own };
    let wish = match old {
        Some(Scalar { kind: Kind::Str, quoting: quoting @ (Quoting::Single | Quoting::Double), .. }) => *quoting,
        Some(Scalar { kind: Kind::Str, quoting: Quoting::Plain, .. }) if !is_ambiguous(&new.text) => {
            Quoting::Plain
        }
        _ => own,
    };
    let as_source = wish == Quoting::Plain && source_is_plain && context != Context::Json;
    if as_source && new.kind == Kind::Str && write::reads_back(&new.text, Some(Kind::Str), &new.text, context) {
        return new.text.clone();
    }
    let text = write::scalar(&new.text, new.kind, wish, context);
    // A plain wish that had to be quoted takes the source's quotes.
    if wish == Quoting::Plain && text.starts_with('"') && own == Quoting::Single {
        return write::scalar(&new.text, new.kind, own, context);
    }
    text
}

/// The new value between brackets.
fn in_flow(sheet: &Sheet<'_>, node: &Node, value: &Fragment) -> Option<String> {
    let root = value.root()?;
    let context = if sheet.json { Context::Json } else { Context::Flow };
    if let Content::Scalar(scalar) = &root.content {
        let old = match &node.content {
            Content::Scalar(old) => Some(old),
            _ => None,
        };
        return Some(on_line(scalar, old, context));
    }
    let source = &value.text()[root.span.clone()];
    let fits = root.layout() == Some(Layout::Flow) && (!sheet.json || value.json);
    if fits && !source.contains('\n') {
        return Some(source.to_owned());
    }
    let model: &Value = value.model().untagged();
    let line = &sheet.text[line_start(sheet.text, node.lead)..];
    let spread = sheet.text[node.span.clone()].contains('\n')
        || (sheet.json && sheet.text.trim_end().contains('\n'));
    Some(if spread {
        let step = first_indent(sheet.text).unwrap_or(sheet.style.width());
        render::pretty(model, context, indent(line), step, sheet.newline)
    } else {
        render::flow(model, context)
    })
}

/// The indentation of the first line that has one.
pub(super) fn first_indent(text: &str) -> Option<usize> {
    text.lines().map(indent).find(|width| *width > 0)
}

/// The patch for a value that is replaced where it stands, on one line or between brackets.
fn replaced(
    sheet: &Sheet<'_>,
    node: &Node,
    properties: Option<String>,
    text: String,
    patch: &dyn Fn(Span, String) -> Patch,
) -> Patch {
    let text = match &properties {
        Some(properties) if !properties.is_empty() => format!("{properties} {text}"),
        _ => text,
    };
    if node.is_left_out() {
        let end = properties_end(sheet.text, node);
        let from = if properties.is_some() { node.lead } else { end };
        let colon = if has_introducer(sheet.text, node) { "" } else { ":" };
        return patch(from..end, format!("{colon} {text}"));
    }
    let from = if properties.is_some() { node.start } else { node.span.start };
    patch(from..node.span.end, text)
}

/// The patch for a collection that begins on its dash's line, or for a root without a marker.
fn in_place(
    sheet: &Sheet<'_>,
    node: &Node,
    holder: &Holder,
    properties: Option<String>,
    new: &New,
    patch: &dyn Fn(Span, String) -> Patch,
) -> Patch {
    let from = if properties.is_some() { node.start } else { node.span.start };
    let mut text = properties.filter(|text| !text.is_empty()).unwrap_or_default();
    let has_head = !text.is_empty();
    let mut end = node.end();
    if new.body.is_empty() {
        if has_head && !new.inline.is_empty() {
            text.push(' ');
        }
        text.push_str(&new.inline);
    } else {
        let body = new.body.join(sheet.newline);
        if new.inline.is_empty() && !has_head {
            let cut = if holder.layout.is_none() { 0 } else { indent(&body) };
            text.push_str(&body[cut..]);
        } else {
            if has_head && !new.inline.is_empty() {
                text.push(' ');
            }
            text.push_str(&new.inline);
            text.push_str(sheet.newline);
            text.push_str(&body);
            end = line_end(sheet.text, end);
        }
    }
    patch(from..end.max(from), text)
}
