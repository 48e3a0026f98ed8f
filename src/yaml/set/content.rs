//! The text of a new value: the lines of its source, or a scalar in the target's quotes.

use super::super::fragment::Fragment;
use super::super::node::{Content, Layout, Node};
use super::super::scalar::{Kind, Quoting, Scalar, is_ambiguous};
use super::super::target::Target;
use super::super::text::{column, first_indent, indent, line_start, next_line};
use super::super::value::Value;
use super::super::write::{self, Context};
use super::super::{reindent, render};
use super::parent::Parent;

/// The text of a new value.
pub(super) struct NewValue {
    /// The part on the line of its key or dash.
    pub(super) inline: String,
    /// The lines below.
    pub(super) body: Vec<String>,
}

impl NewValue {
    fn inline(inline: String) -> Self {
        Self {
            inline,
            body: Vec::new(),
        }
    }
}

/// The new value for a block collection or a document's root.
///
/// `starts_inline` is whether the old value is a collection on the line of its dash, or a root
/// without a marker.
pub(super) fn new_value(
    target: &Target<'_>,
    node: &Node,
    parent: &Parent,
    value: &Fragment,
    starts_inline: bool,
) -> Option<NewValue> {
    let root = value.root()?;
    let source = &value.text()[root.span.clone()];
    Some(match &root.content {
        _ if root.layout() == Some(Layout::Block) => {
            return new_block(target, node, parent, value, starts_inline);
        }
        Content::Alias(_) => return None,
        Content::Scalar(Scalar {
            quoting: Quoting::Literal | Quoting::Folded,
            ..
        }) => block_scalar(target, node, parent, source),
        Content::Scalar(scalar) if !source.contains('\n') => {
            NewValue::inline(single_line(scalar, old_scalar(node), Context::Block))
        }
        _ => NewValue::inline(shifted(source, parent.column, target.newline)),
    })
}

/// The new value for a block collection, if it is one itself.
fn new_block(
    target: &Target<'_>,
    node: &Node,
    parent: &Parent,
    value: &Fragment,
    starts_inline: bool,
) -> Option<NewValue> {
    let root = value.root()?;
    let is_root = parent.layout.is_none();
    let is_same_kind = std::mem::discriminant(&root.content)
        == std::mem::discriminant(&node.content)
        && node.layout() == Some(Layout::Block);
    let is_on_dash_line = parent.is_sequence
        && !node.is_omitted()
        && node.layout() != Some(Layout::Block)
        && node.start == node.span.start
        && line_start(target.text, node.lead) == line_start(target.text, node.start);
    let depth = if is_same_kind || is_on_dash_line || (starts_inline && !is_root) {
        column(target.text, node.span.start)
    } else if is_root {
        0
    } else if parent.is_sequence {
        parent.column + 2
    } else if matches!(root.content, Content::Sequence { .. }) {
        parent.column + target.style.list.unwrap_or(target.style.width())
    } else {
        parent.column + target.style.width()
    };
    let mut body = reindent::lines(&without_tag(value, root)?, depth, target.style);
    let has_properties = node.anchor().is_some() || root.tag().is_some();
    if parent.is_sequence && !is_same_kind && !has_properties && !starts_inline {
        let spaces = indent(&body[0]);
        body[0].drain(..spaces);
        return Some(NewValue::inline(body.join(target.newline)));
    }
    Some(NewValue {
        inline: String::new(),
        body,
    })
}

fn old_scalar(node: &Node) -> Option<&Scalar> {
    match &node.content {
        Content::Scalar(scalar) => Some(scalar),
        _ => None,
    }
}

/// The fragment without the line with the tag of its root.
fn without_tag(value: &Fragment, root: &Node) -> Option<Fragment> {
    if root.tag().is_none() {
        return Some(value.clone());
    }
    let text = value.text();
    let body = next_line(text, root.start);
    Fragment::of_text(&text[body..], value.json)
}

/// The lines of a block scalar, indented for the target.
fn block_scalar(target: &Target<'_>, node: &Node, parent: &Parent, source: &str) -> NewValue {
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
        _ if indicator.contains(|c: char| c.is_ascii_digit()) => own + parent.column,
        Content::Scalar(Scalar {
            quoting: Quoting::Literal | Quoting::Folded,
            ..
        }) => {
            let old = &target.text[node.span.clone()];
            let old = old
                .lines()
                .skip(1)
                .filter(|line| !line.trim().is_empty())
                .map(indent)
                .min();
            old.filter(|old| *old > parent.column)
                .unwrap_or(parent.column + target.style.width())
        }
        _ if parent.is_sequence => parent.column + 2,
        _ => parent.column + target.style.width(),
    };
    let line = |line: &&str| {
        let rest = &line[own.min(indent(line))..];
        if line.len() <= own && line.trim().is_empty() {
            String::new()
        } else {
            format!("{:wanted$}{rest}", "")
        }
    };
    NewValue {
        inline: indicator.to_owned(),
        body: body.iter().map(line).collect(),
    }
}

/// A flow value, with all lines but the first indented by `depth`.
fn shifted(source: &str, depth: usize, newline: &str) -> String {
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

/// A scalar on one line, in the quotes of the old value if possible.
fn single_line(new: &Scalar, old: Option<&Scalar>, context: Context) -> String {
    let source_is_plain = new.quoting == Quoting::Plain;
    let own = match new.quoting {
        Quoting::Plain | Quoting::Single => new.quoting,
        Quoting::Double | Quoting::Literal | Quoting::Folded => Quoting::Double,
    };
    let preferred = match old {
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
    let as_source = preferred == Quoting::Plain && source_is_plain && context != Context::Json;
    if as_source
        && new.kind == Kind::Str
        && write::reads_back(&new.text, Some(Kind::Str), &new.text, context)
    {
        return new.text.clone();
    }
    let text = write::scalar(&new.text, new.kind, preferred, context);
    // A text that cannot be plain takes the quotes of the source.
    if preferred == Quoting::Plain && text.starts_with('"') && own == Quoting::Single {
        return write::scalar(&new.text, new.kind, own, context);
    }
    text
}

/// The new value for a flow collection or a JSON file.
pub(super) fn in_flow(target: &Target<'_>, node: &Node, value: &Fragment) -> Option<String> {
    let root = value.root()?;
    let context = if target.json {
        Context::Json
    } else {
        Context::Flow
    };
    if let Content::Scalar(scalar) = &root.content {
        return Some(single_line(scalar, old_scalar(node), context));
    }
    let source = &value.text()[root.span.clone()];
    let fits = root.layout() == Some(Layout::Flow) && (!target.json || value.json);
    if fits && !source.contains('\n') {
        return Some(source.to_owned());
    }
    // No alias and no merge key: JSON has neither, and in quotes they would be text.
    let model = value.resolved_model();
    let model: &Value = model.untagged();
    let line = &target.text[target.stream.line_start(node.lead)..];
    let spread = target.text[node.span.clone()].contains('\n')
        || (target.json && target.text.trim_end().contains('\n'));
    Some(if spread {
        let step = first_indent(target.text).unwrap_or(target.style.width());
        render::pretty(model, context, indent(line), step, target.newline)
    } else {
        render::flow(model, context)
    })
}
