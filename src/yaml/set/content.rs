//! The new value as text: in its source's own lines, or in the target's quotes.

use super::super::fragment::Fragment;
use super::super::node::{Content, Layout, Node};
use super::super::phases::Sheet;
use super::super::scalar::{Kind, Quoting, Scalar, is_ambiguous};
use super::super::text::{column, indent, line_start, next_line};
use super::super::value::Value;
use super::super::write::{self, Context};
use super::super::{reindent, render};
use super::Holder;

/// What the new value is.
#[derive(Default)]
pub(super) struct New {
    pub(super) inline: String,
    pub(super) body: Vec<String>,
}

/// The new value as text for a block collection or a document's root.
pub(super) fn new(
    sheet: &Sheet<'_>,
    node: &Node,
    holder: &Holder,
    value: &Fragment,
    whole: bool,
) -> Option<New> {
    let root = value.root()?;
    let parent = holder.column;
    let source = &value.text()[root.span.clone()];
    let is_root = holder.layout.is_none();
    match (&root.content, root.layout()) {
        (_, Some(Layout::Block)) => {
            let same = std::mem::discriminant(&root.content)
                == std::mem::discriminant(&node.content)
                && node.layout() == Some(Layout::Block);
            let stays = holder.is_item
                && !node.is_left_out()
                && node.layout() != Some(Layout::Block)
                && node.start == node.span.start
                && line_start(sheet.text, node.lead) == line_start(sheet.text, node.start);
            let depth = if same || stays || (whole && !is_root) {
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
                let inline = std::iter::once(inline)
                    .chain(body)
                    .collect::<Vec<_>>()
                    .join(sheet.newline);
                return Some(New {
                    inline,
                    body: Vec::new(),
                });
            }
            Some(New {
                inline: String::new(),
                body,
            })
        }
        (
            Content::Scalar(Scalar {
                quoting: Quoting::Literal | Quoting::Folded,
                ..
            }),
            _,
        ) => Some(block_scalar(sheet, node, holder, source)),
        (Content::Scalar(_), _) if source.contains('\n') => Some(New {
            inline: moved(source, parent, sheet.newline),
            body: Vec::new(),
        }),
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
            Some(New {
                inline,
                body: Vec::new(),
            })
        }
        (Content::Alias(_), _) => None,
        _ => Some(New {
            inline: moved(source, parent, sheet.newline),
            body: Vec::new(),
        }),
    }
}

/// The fragment without the line that its root's tag takes.
pub(super) fn without_tag(value: &Fragment, root: &Node) -> Option<Fragment> {
    if root.tag.is_none() {
        return Some(value.clone());
    }
    let text = value.text();
    let body = next_line(text, root.start);
    Fragment::of_text(&text[body..], value.json)
}

/// A block scalar in its source's own lines.
pub(super) fn block_scalar(sheet: &Sheet<'_>, node: &Node, holder: &Holder, source: &str) -> New {
    let mut lines = source.split('\n');
    let header = lines.next().unwrap_or_default();
    let indicator = &header[..header.find([' ', '\t']).unwrap_or(header.len())];
    let body: Vec<&str> = lines.collect();
    let least = body
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| indent(line))
        .min();
    let own = least.unwrap_or(0);
    let wanted = match &node.content {
        _ if indicator.contains(|c: char| c.is_ascii_digit()) => own + holder.column,
        Content::Scalar(Scalar {
            quoting: Quoting::Literal | Quoting::Folded,
            ..
        }) => {
            let old = &sheet.text[node.span.clone()];
            let old = old
                .lines()
                .skip(1)
                .filter(|line| !line.trim().is_empty())
                .map(indent)
                .min();
            old.filter(|old| *old > holder.column)
                .unwrap_or(holder.column + sheet.style.width())
        }
        _ if holder.is_item => holder.column + 2,
        _ => holder.column + sheet.style.width(),
    };
    let line = |line: &&str| {
        let rest = &line[own.min(indent(line))..];
        if line.len() <= own && line.trim().is_empty() {
            String::new()
        } else {
            format!("{:wanted$}{rest}", "")
        }
    };
    New {
        inline: indicator.to_owned(),
        body: body.iter().map(line).collect(),
    }
}

/// A text of several lines whose further lines are measured from the holder.
pub(super) fn moved(source: &str, depth: usize, newline: &str) -> String {
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
pub(super) fn on_line(new: &Scalar, old: Option<&Scalar>, context: Context) -> String {
    let source_is_plain = new.quoting == Quoting::Plain;
    let own = if source_is_plain {
        Quoting::Plain
    } else {
        Quoting::Double
    };
    let own = if new.quoting == Quoting::Single {
        Quoting::Single
    } else {
        own
    };
    let wish = match old {
        Some(Scalar {
            kind: Kind::Str,
            quoting: quoting @ (Quoting::Single | Quoting::Double),
            ..
        }) => *quoting,
        Some(Scalar {
            kind: Kind::Str,
            quoting: Quoting::Plain,
            ..
        }) if !is_ambiguous(&new.text) => Quoting::Plain,
        _ => own,
    };
    let as_source = wish == Quoting::Plain && source_is_plain && context != Context::Json;
    if as_source
        && new.kind == Kind::Str
        && write::reads_back(&new.text, Some(Kind::Str), &new.text, context)
    {
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
pub(super) fn in_flow(sheet: &Sheet<'_>, node: &Node, value: &Fragment) -> Option<String> {
    let root = value.root()?;
    let context = if sheet.json {
        Context::Json
    } else {
        Context::Flow
    };
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
pub(in super::super) fn first_indent(text: &str) -> Option<usize> {
    text.lines().map(indent).find(|width| *width > 0)
}
