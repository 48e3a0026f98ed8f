//! The text that edits change.

use super::fragment::Fragment;
use super::node::Stream;
use super::style::Style;
use super::text::newline;

/// A text that is being edited, and its habits.
pub(super) struct Target<'s> {
    pub(super) stream: &'s Stream,
    pub(super) text: &'s str,
    pub(super) newline: &'static str,
    pub(super) style: Style,
    pub(super) json: bool,
}

/// What is added to one collection: after which child, and the entry or item.
pub(super) type Additions = Vec<(Option<usize>, Fragment)>;

impl<'s> Target<'s> {
    pub(super) fn of(stream: &'s Stream) -> Self {
        Self {
            stream,
            text: &stream.text,
            newline: newline(&stream.text),
            style: Style::of(stream),
            json: stream.is_json(),
        }
    }
}
