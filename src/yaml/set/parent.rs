//! The collection around the value that is replaced.

use super::super::extent::{child_index, child_start};
use super::super::node::{Content, Layout};
use super::super::place::Place;
use super::super::target::Target;

/// The collection around a value; for a document's root, one without a layout.
pub(super) struct Parent {
    pub(super) layout: Option<Layout>,
    /// The column of the key or dash.
    pub(super) column: usize,
    pub(super) is_sequence: bool,
}

impl Parent {
    pub(super) fn of(target: &Target<'_>, place: &Place) -> Option<Self> {
        let Some((parent, step)) = place.parent() else {
            return Some(Self {
                layout: None,
                column: 0,
                is_sequence: false,
            });
        };
        let parent = target.stream.node(&parent)?;
        let start = child_start(parent, child_index(parent, step)?)?;
        Some(Self {
            layout: parent.layout(),
            column: target.stream.column(start),
            is_sequence: matches!(parent.content, Content::Sequence { .. }),
        })
    }
}
