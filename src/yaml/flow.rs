//! Adds and removes entries and items of flow collections.

use std::collections::BTreeSet;

use super::extent::{child_count, child_end, child_start};
use super::fragment::Fragment;
use super::node::{Content, Layout, Node, Span};
use super::patch::Patch;
use super::place::Place;
use super::render;
use super::scalar::Kind;
use super::target::{Additions, Target};
use super::text::{first_indent, indent, line_end, line_start, next_line};
use super::write::{self, Context};

/// Adds entries or items to a flow collection that is not empty.
pub(super) fn add(
    target: &Target<'_>,
    place: &Place,
    node: &Node,
    additions: &Additions,
) -> Option<Vec<Patch>> {
    let text = target.text;
    let count = child_count(node);
    if !text[node.span.clone()].ends_with(['}', ']']) {
        return None;
    }
    let mut patches = Vec::new();
    let mut insert = |at: usize, text: String| {
        patches.push(Patch::of(place, at..at, text));
    };
    let each_on_line = (0..count)
        .all(|index| child_start(node, index).is_some_and(|start| target.stream.is_first(start)));
    let mut appended = false;
    for (after, fragment) in additions {
        let near = child_start(node, after.unwrap_or(0))?;
        let depth = indent(&text[target.stream.line_start(near)..]);
        let piece = piece(
            target,
            node,
            fragment,
            if each_on_line { depth } else { 0 },
            each_on_line,
        )?;
        let padding = " ".repeat(depth);
        match after {
            None if each_on_line => insert(
                line_start(text, near),
                format!("{padding}{piece},{}", target.newline),
            ),
            None => insert(near, format!("{piece}, ")),
            Some(after) => {
                let end = child_end(node, *after)?;
                let comma = comma_after(target, end);
                let is_tail = after + 1 == count && comma.is_none();
                if !each_on_line {
                    insert(end, format!(", {piece}"));
                } else if is_tail {
                    // The old last child gets a comma; the new one has none, as the old one had.
                    let line = line_end(text, end);
                    let behind = target.stream.comment_after(end).is_some();
                    if behind && !appended {
                        insert(end, ",".to_owned());
                    }
                    let comma = if behind && !appended { "" } else { "," };
                    let at = if behind { line } else { end };
                    insert(at, format!("{comma}{}{padding}{piece}", target.newline));
                    appended = true;
                } else {
                    let at = line_end(text, comma.unwrap_or(end));
                    insert(at, format!("{}{padding}{piece},", target.newline));
                }
            }
        }
    }
    Some(patches)
}

/// The text of an entry or item in a flow collection.
fn piece(
    target: &Target<'_>,
    node: &Node,
    fragment: &Fragment,
    depth: usize,
    spread: bool,
) -> Option<String> {
    let context = if target.json {
        Context::Json
    } else {
        Context::Flow
    };
    let value = fragment.node()?;
    let source = fragment.text().get(value.span.clone())?;
    let is_own = !source.contains('\n')
        && value.layout() != Some(Layout::Block)
        && value.tag().is_none()
        && (!target.json || fragment.json);
    let written = match &value.content {
        _ if is_own && value.layout() == Some(Layout::Flow) => source.to_owned(),
        Content::Scalar(scalar) if scalar.kind == Kind::Str && value.tag().is_none() => {
            write::scalar(&scalar.text, scalar.kind, scalar.quoting, context)
        }
        _ if spread => {
            let step = first_indent(target.text).unwrap_or(2);
            let model = fragment.resolved_model();
            render::pretty(&model, context, depth, step, target.newline)
        }
        _ => render::flow(&fragment.resolved_model(), context),
    };
    Some(match &node.content {
        Content::Mapping { .. } => format!("{}: {written}", write::key(fragment.key()?, context)),
        _ => written,
    })
}

/// The comma after a child, on the same line or a later one.
fn comma_after(target: &Target<'_>, end: usize) -> Option<usize> {
    let mut at = end;
    loop {
        let rest = target.text.get(at..)?;
        match rest.chars().next()? {
            ',' => return Some(at),
            '#' => at = line_end(target.text, at),
            c if c.is_whitespace() => at += c.len_utf8(),
            _ => return None,
        }
    }
}

/// Removes entries or items from a flow collection.
pub(super) fn remove(
    target: &Target<'_>,
    place: &Place,
    node: &Node,
    indexes: &BTreeSet<usize>,
) -> Option<Vec<Patch>> {
    let text = target.text;
    let count = child_count(node);
    let deletion = |span: Span| Patch::of(place, span, String::new());
    if !text[node.span.clone()].ends_with(['}', ']']) {
        return None;
    }
    if indexes.len() == count {
        return Some(vec![deletion(node.span.start + 1..node.span.end - 1)]);
    }
    let last_kept = (0..count).rfind(|index| !indexes.contains(index))?;
    let mut patches = Vec::new();
    for index in indexes.range(..last_kept) {
        let start = child_start(node, *index)?;
        let comma = comma_after(target, child_end(node, *index)?)?;
        let next = child_start(node, index + 1)?;
        patches.push(deletion(match own_lines(target, start, comma + 1) {
            Some(lines) => lines,
            None => start..next,
        }));
    }
    if last_kept + 1 < count {
        let kept_end = child_end(node, last_kept)?;
        let end = child_end(node, count - 1)?;
        let tail_comma = comma_after(target, end);
        let first = child_start(node, last_kept + 1)?;
        match own_lines(target, first, tail_comma.map_or(end, |comma| comma + 1)) {
            Some(lines) => {
                if tail_comma.is_none() {
                    let comma = comma_after(target, kept_end)?;
                    patches.push(deletion(comma..comma + 1));
                }
                patches.push(deletion(lines));
            }
            None => patches.push(deletion(kept_end..end)),
        }
    }
    Some(patches)
}

/// The lines of a child; `None` if it shares them with anything but comments.
fn own_lines(target: &Target<'_>, start: usize, end: usize) -> Option<Span> {
    let text = target.text;
    if !target.stream.is_first(start) {
        return None;
    }
    let rest = text[end..line_end(text, end)].trim();
    if !rest.is_empty()
        && target
            .stream
            .comment_after(end)
            .is_none_or(|comment| !text[end..comment.start].trim().is_empty())
    {
        return None;
    }
    Some(target.stream.leading(start)..next_line(text, end))
}
