//! The text that is being edited, and its style.

use super::fragment::Fragment;
use super::node::Stream;
use super::style::Style;
use super::text::newline;

/// The stream that is being edited, with the style that new text follows.
pub(super) struct Target<'s> {
    pub(super) stream: &'s Stream,
    pub(super) text: &'s str,
    pub(super) newline: &'static str,
    pub(super) style: Style,
    pub(super) json: bool,
}

/// The additions to one collection: each with the index of the child that it follows.
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
