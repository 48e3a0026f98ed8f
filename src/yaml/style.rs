//! The indentation style of a file.

use super::node::{Content, Layout, Node, Stream};
use super::text::column;

/// The indentation style of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    /// The most frequent indentation of keys below a key; `None` if nothing is nested.
    pub(super) step: Option<usize>,
    /// The indentation of dashes below a key, if the whole file uses the same.
    pub(super) list: Option<usize>,
}

impl Style {
    /// The indentation of keys below a key.
    pub(super) fn width(self) -> usize {
        self.step.unwrap_or(2)
    }

    /// Finds the style of a stream.
    pub(super) fn of(stream: &Stream) -> Self {
        let mut widths = Widths::default();
        for document in &stream.documents {
            widths.visit(&stream.text, &document.root);
        }
        let most = |counts: &[usize]| {
            let (width, count) = counts
                .iter()
                .enumerate()
                .max_by_key(|(width, count)| (**count, usize::MAX - *width))?;
            (*count > 0).then_some(width)
        };
        let agreed = widths.lists.iter().filter(|count| **count > 0).count() == 1;
        Self {
            step: most(&widths.steps).filter(|step| *step > 0),
            list: if agreed { most(&widths.lists) } else { None },
        }
    }
}

#[derive(Default)]
struct Widths {
    steps: [usize; 9],
    lists: [usize; 9],
}

impl Widths {
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
