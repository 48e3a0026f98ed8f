//! The habits of a file: how far it indents, and whether lists stand under their key.

use super::node::{Content, Layout, Node, Stream};
use super::text::column;

/// How a file is indented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    /// Columns from a key to the keys below it, as most have it; `None` if nothing is nested.
    pub(super) step: Option<usize>,
    /// Columns from a key to the dashes below it, where the whole file agrees.
    pub(super) list: Option<usize>,
}

impl Style {
    /// Columns from a key to the keys below it.
    pub(super) fn width(self) -> usize {
        self.step.unwrap_or(2)
    }

    /// Reads the habits of a stream.
    pub(super) fn of(stream: &Stream) -> Self {
        let mut seen = Seen::default();
        for document in &stream.documents {
            seen.visit(&stream.text, &document.root);
        }
        let most = |counts: &[usize]| {
            let (width, count) = counts
                .iter()
                .enumerate()
                .max_by_key(|(width, count)| (**count, usize::MAX - *width))?;
            (*count > 0).then_some(width)
        };
        let agreed = seen.lists.iter().filter(|count| **count > 0).count() == 1;
        Self {
            step: most(&seen.steps).filter(|step| *step > 0),
            list: if agreed { most(&seen.lists) } else { None },
        }
    }
}

#[derive(Default)]
struct Seen {
    steps: [usize; 9],
    lists: [usize; 9],
}

impl Seen {
    fn visit(&mut self, text: &str, node: &Node) {
        if let Content::Mapping {
            entries,
            layout: Layout::Block,
        } = &node.content
        {
            for entry in entries {
                let key = column(text, entry.start);
                let value = &entry.value;
                if value.layout() != Some(Layout::Block) {
                    continue;
                }
                let width = column(text, value.span.start).saturating_sub(key);
                let counts = match value.content {
                    Content::Sequence { .. } => &mut self.lists,
                    _ => &mut self.steps,
                };
                if let Some(count) = counts.get_mut(width) {
                    *count += 1;
                }
            }
        }
        if node.layout() == Some(Layout::Block) {
            node.children().for_each(|child| self.visit(text, child));
        }
    }
}
