//! Replaces a value: the part on the line of its key, and the lines below.

mod content;
mod parent;

use super::extent::{child_start, properties_end};
use super::fragment::Fragment;
use super::node::{Content, Layout, Node, Span};
use super::patch::Patch;
use super::place::Place;
use super::scalar::{Quoting, Scalar};
use super::target::Target;
use super::text::{indent, is_first, line_end, line_start, next_line};

use content::{NewValue, in_flow, new_value};
use parent::Parent;

/// The place of the old value.
struct OldValue {
    /// From the indicator before it to the end of its part of that line.
    inline: Span,
    /// The start of that part, after white space.
    from: usize,
    /// The lines below.
    body: Option<Span>,
}

/// The patches that replace the value of a node.
pub(super) fn patches(
    target: &Target<'_>,
    place: &Place,
    node: &Node,
    value: &Fragment,
) -> Option<Vec<Patch>> {
    let parent = Parent::of(target, place)?;
    let root = value.root()?;
    let properties = (node.tag() != root.tag()).then(|| properties(node, root));
    let patch = |span: Span, text: String| Patch::of(place, span, text);
    let in_json = target.json && !(place.steps.is_empty() && is_bare(target) && !value.json);
    if parent.layout == Some(Layout::Flow) || in_json {
        let text = in_flow(target, node, value)?;
        return Some(vec![replaced(
            target,
            node,
            properties.as_deref(),
            text,
            &patch,
        )]);
    }
    let is_compact = node.layout() == Some(Layout::Block)
        && line_start(target.text, properties_end(target.text, node))
            == line_start(target.text, node.span.start);
    let is_open = place.steps.is_empty()
        && is_first(target.text, node.start)
        && node.lead <= line_start(target.text, node.start);
    // A collection on the line of its dash, or a root without a marker.
    let starts_inline = is_compact || is_open;
    let new = new_value(target, node, &parent, value, starts_inline)?;
    if starts_inline {
        return Some(vec![in_place(
            target,
            node,
            &parent,
            properties.as_deref(),
            &new,
            &patch,
        )]);
    }
    let old = old_value(target, node)?;
    let mut found = Vec::new();
    let keeps_space = properties.is_none() && old.from < old.inline.end && !new.inline.is_empty();
    if keeps_space {
        found.push(patch(old.from..old.inline.end, new.inline));
    } else {
        let kept = match &properties {
            Some(properties) => properties.as_str(),
            None => target
                .text
                .get(node.start..properties_end(target.text, node))
                .unwrap_or(""),
        };
        let mut text = String::new();
        for part in [kept, &new.inline] {
            if !part.is_empty() {
                text.push(' ');
                text.push_str(part);
            }
        }
        if !text.is_empty() || old.inline.start < old.inline.end {
            if place.steps.is_empty() || has_indicator(target.text, node) {
                found.push(patch(old.inline.clone(), text));
            } else {
                let indent = " ".repeat(parent.column);
                found.push(patch(
                    old.inline.clone(),
                    format!("{}{indent}:{text}", target.newline),
                ));
            }
        }
    }
    let lines: String = new
        .body
        .iter()
        .flat_map(|line| [line.as_str(), target.newline])
        .collect();
    match old.body {
        Some(body) => found.push(patch(body, lines)),
        None if !lines.is_empty() => {
            let at = next_line(target.text, old.inline.end);
            found.push(patch(at..at, lines));
        }
        None => {}
    }
    Some(found)
}

/// Whether the file has only `{}` or `[]`.
fn is_bare(target: &Target<'_>) -> bool {
    matches!(
        target.text.trim_start_matches('\u{feff}').trim(),
        "{}" | "[]"
    )
}

/// The anchor of the old node and the tag of the new one.
fn properties(node: &Node, new: &Node) -> String {
    let anchor = node.anchor().map(|name| format!("&{name}"));
    let both = anchor.as_deref().into_iter().chain(new.tag());
    both.collect::<Vec<_>>().join(" ")
}

/// Whether there is an indicator before the value.
fn has_indicator(text: &str, node: &Node) -> bool {
    text[..node.lead].ends_with([':', '-', '?', ',', '['])
}

fn old_value(target: &Target<'_>, node: &Node) -> Option<OldValue> {
    let text = target.text;
    let lead = node.lead;
    let after = properties_end(text, node);
    if node.layout() == Some(Layout::Block) {
        let first = child_start(node, 0)?;
        let from = target.stream.leading(first);
        return Some(OldValue {
            inline: lead..after,
            from: after,
            body: Some(from..next_line(text, node.end())),
        });
    }
    if let Content::Scalar(Scalar {
        quoting: Quoting::Literal | Quoting::Folded,
        ..
    }) = node.content
    {
        let header = &text[node.span.start..line_end(text, node.span.start)];
        let length = header.find([' ', '\t']).unwrap_or(header.len());
        let below = next_line(text, node.span.start);
        let body = below..if node.span.end > below {
            next_line(text, node.span.end)
        } else {
            below
        };
        let inline = lead..node.span.start + length;
        return Some(OldValue {
            inline,
            from: node.span.start,
            body: Some(body),
        });
    }
    if node.is_omitted() {
        return Some(OldValue {
            inline: lead..after,
            from: after,
            body: None,
        });
    }
    Some(OldValue {
        inline: lead..node.span.end,
        from: node.span.start,
        body: None,
    })
}

/// The patch for a value in a flow collection or a JSON file.
fn replaced(
    target: &Target<'_>,
    node: &Node,
    properties: Option<&str>,
    text: String,
    patch: &dyn Fn(Span, String) -> Patch,
) -> Patch {
    let text = match properties {
        Some(properties) if !properties.is_empty() => format!("{properties} {text}"),
        _ => text,
    };
    if node.is_omitted() {
        let end = properties_end(target.text, node);
        let from = if properties.is_some() { node.lead } else { end };
        let colon = if has_indicator(target.text, node) {
            ""
        } else {
            ":"
        };
        return patch(from..end, format!("{colon} {text}"));
    }
    let from = if properties.is_some() {
        node.start
    } else {
        node.span.start
    };
    patch(from..node.span.end, text)
}

/// The patch for a collection on the line of its dash, or for a root without a marker.
fn in_place(
    target: &Target<'_>,
    node: &Node,
    parent: &Parent,
    properties: Option<&str>,
    new: &NewValue,
    patch: &dyn Fn(Span, String) -> Patch,
) -> Patch {
    let from = if properties.is_some() {
        node.start
    } else {
        node.span.start
    };
    let mut text = properties.unwrap_or_default().to_owned();
    let has_head = !text.is_empty();
    let mut end = node.end();
    if new.body.is_empty() {
        if has_head && !new.inline.is_empty() {
            text.push(' ');
        }
        text.push_str(&new.inline);
    } else {
        let body = new.body.join(target.newline);
        if new.inline.is_empty() && !has_head {
            let cut = if parent.layout.is_none() {
                0
            } else {
                indent(&body)
            };
            text.push_str(&body[cut..]);
        } else {
            if has_head && !new.inline.is_empty() {
                text.push(' ');
            }
            text.push_str(&new.inline);
            text.push_str(target.newline);
            text.push_str(&body);
            end = line_end(target.text, end);
        }
    }
    patch(from..end.max(from), text)
}
