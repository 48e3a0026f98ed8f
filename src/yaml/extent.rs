//! The lines that belong to an entry or item.

use super::node::{Content, Layout, Node, Span, Stream};
use super::place::Step;
use super::text::{column, is_first, line_start, next_line, previous_line};

/// The start of a child: its key, `?` or dash.
pub(super) fn child_start(node: &Node, index: usize) -> Option<usize> {
    match &node.content {
        Content::Mapping { entries, .. } => entries.get(index).map(|entry| entry.start),
        Content::Sequence { items, layout } => items.get(index).map(|item| match layout {
            Layout::Block => item.lead.saturating_sub(1),
            Layout::Flow => item.start,
        }),
        Content::Scalar(_) | Content::Alias(_) => None,
    }
}

/// The end of a child.
pub(super) fn child_end(node: &Node, index: usize) -> Option<usize> {
    match &node.content {
        Content::Mapping { entries, .. } => entries.get(index).map(super::node::Entry::end),
        Content::Sequence { items, .. } => items.get(index).map(Node::end),
        Content::Scalar(_) | Content::Alias(_) => None,
    }
}

/// The number of entries or items of a collection.
pub(super) fn child_count(node: &Node) -> usize {
    match &node.content {
        Content::Mapping { entries, .. } => entries.len(),
        Content::Sequence { items, .. } => items.len(),
        Content::Scalar(_) | Content::Alias(_) => 0,
    }
}

/// The index of the child at a step.
pub(super) fn child_index(node: &Node, step: &Step) -> Option<usize> {
    match (&node.content, step) {
        (Content::Mapping { entries, .. }, Step::Key(name)) => entries.position(name),
        (Content::Sequence { items, .. }, Step::Index(index)) => {
            (*index < items.len()).then_some(*index)
        }
        _ => None,
    }
}

/// The end of the node's anchor and tag; without them, the end of the indicator before it.
pub(super) fn properties_end(text: &str, node: &Node) -> usize {
    let mut at = node.lead;
    let anchor = node.anchor().map(|name| format!("&{name}"));
    let mut tokens: Vec<&str> = anchor.as_deref().into_iter().chain(node.tag()).collect();
    if node.start < node.span.start || node.is_omitted() {
        tokens.sort_by_key(|token| text[node.start..].find(token));
        let mut from = node.start;
        for token in tokens {
            if let Some(found) = text
                .get(from..node.span.start.max(from))
                .and_then(|rest| rest.find(token))
            {
                at = from + found + token.len();
                from = at;
            }
        }
    }
    at
}

impl Stream {
    /// The comment on the line that starts at `line`, if it has nothing else.
    pub(super) fn comment_on(&self, line: usize) -> Option<Span> {
        let at = line
            + (self.text[line..].len() - self.text[line..].trim_start_matches([' ', '\t']).len());
        let index = self
            .comments
            .binary_search_by_key(&at, |span| span.start)
            .ok()?;
        Some(self.comments[index].clone())
    }

    /// The comment at the end of the line at `at`.
    pub(super) fn comment_after(&self, at: usize) -> Option<Span> {
        let index = self.comments.partition_point(|span| span.start < at);
        let span = self.comments.get(index)?;
        (self.line_start(span.start) <= at).then(|| span.clone())
    }

    /// The start of the comment lines directly above `at`; without them, of the line at `at`.
    ///
    /// A comment that is indented deeper belongs to the lines above it.
    pub(super) fn leading(&self, at: usize) -> usize {
        let text = &self.text;
        let depth = column(text, at);
        let mut start = line_start(text, at);
        while let Some(before) = previous_line(text, start) {
            match self.comment_on(before) {
                Some(comment) if column(text, comment.start) <= depth => start = before,
                _ => break,
            }
        }
        start
    }

    /// The lines of a child of a block collection, with comments above and deeper comments below.
    ///
    /// The range starts in the middle of a line if the child does (`- name: a`).
    pub(super) fn extent(&self, node: &Node, index: usize) -> Option<Span> {
        let text = &self.text;
        let start = child_start(node, index)?;
        let depth = column(text, start);
        let from = if is_first(text, start) {
            self.leading(start)
        } else {
            start
        };
        let mut to = next_line(text, child_end(node, index)?);
        while to < text.len() {
            match self.comment_on(to) {
                Some(comment) if column(text, comment.start) > depth => to = next_line(text, to),
                _ => break,
            }
        }
        Some(from..to)
    }
}
