//! What goes to a terminal: styles, width, and text that cannot give it orders.

use std::borrow::Cow;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

/// What can be written on, for one of the program's outputs.
#[derive(Clone, Copy, Debug)]
pub struct Canvas {
    /// The styles; all plain when there is no colour.
    pub palette: Palette,
    /// How many characters fit into a line.
    pub width: usize,
}

/// The styles by what they mean.
#[derive(Clone, Copy, Debug, Default)]
pub struct Palette {
    /// An application.
    pub heading: Style,
    /// A file.
    pub file: Style,
    /// Something that goes.
    pub removed: Style,
    /// Something that comes.
    pub added: Style,
    /// Something that goes, the words of it that changed.
    pub removed_words: Style,
    /// Something that comes, the words of it that changed.
    pub added_words: Style,
    /// What matters less.
    pub dim: Style,
    /// A hunk's header.
    pub hunk: Style,
    /// Something that stops.
    pub error: Style,
    /// Something to know.
    pub warning: Style,
    /// Something to do.
    pub hint: Style,
}

impl Palette {
    /// Colours.
    pub fn coloured() -> Self {
        let fg = |color: AnsiColor| color.on_default();
        Self {
            heading: Style::new().bold(),
            file: fg(AnsiColor::Cyan),
            removed: fg(AnsiColor::Red),
            added: fg(AnsiColor::Green),
            removed_words: fg(AnsiColor::Red).bold().invert(),
            added_words: fg(AnsiColor::Green).bold().invert(),
            dim: Style::new().dimmed(),
            hunk: fg(AnsiColor::Cyan),
            error: fg(AnsiColor::Red).bold(),
            warning: fg(AnsiColor::Yellow).bold(),
            hint: fg(AnsiColor::Cyan).bold(),
        }
    }
}

impl Canvas {
    /// Without colour, of a fixed width.
    #[cfg(test)]
    pub(crate) fn plain(width: usize) -> Self {
        Self {
            palette: Palette::default(),
            width,
        }
    }
}

/// `text` with everything that a terminal would obey, or that would reorder it, written out.
///
/// # Why
///
/// Paths, values and server messages are anybody's text. An escape sequence in
/// one could hide a changed line from the person who confirms it; so could a
/// character that turns the writing direction.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_order) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_order(c) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

fn is_order(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(
            c,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_written_out() {
        assert_eq!(
            harmless("a\u{1b}[2Kb\r\u{9b}c"),
            "a\\u{1b}[2Kb\\u{d}\\u{9b}c"
        );
    }

    #[test]
    fn text_that_turns_the_direction_is_written_out() {
        assert_eq!(harmless("x\u{202e}y"), "x\\u{202e}y");
    }

    #[test]
    fn ordinary_text_stays_itself() {
        assert!(matches!(harmless("größe: 1\t# 好"), Cow::Borrowed(_)));
    }
}
