//! What goes to a terminal: colour, width, and text that cannot give it orders.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::IsTerminal;

use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};

use super::arguments::Color;

/// The width where there is no terminal, so that logs are the same everywhere.
const WIDTH_OF_NO_TERMINAL: usize = 120;

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
    /// For stdout.
    pub fn stdout(color: Color) -> Self {
        let stdout = std::io::stdout();
        let width = if stdout.is_terminal() {
            terminal_size::terminal_size().map_or(WIDTH_OF_NO_TERMINAL, |(w, _)| usize::from(w.0))
        } else {
            WIDTH_OF_NO_TERMINAL
        };
        Self {
            palette: palette(color, anstream::AutoStream::choice(&stdout)),
            width,
        }
    }

    /// For stderr.
    pub fn stderr(color: Color) -> Self {
        let choice = anstream::AutoStream::choice(&std::io::stderr());
        Self {
            palette: palette(color, choice),
            width: WIDTH_OF_NO_TERMINAL,
        }
    }

    /// Without colour, of a fixed width.
    #[cfg(test)]
    pub(super) fn plain(width: usize) -> Self {
        Self {
            palette: Palette::default(),
            width,
        }
    }
}

fn palette(color: Color, choice: ColorChoice) -> Palette {
    match (color, choice) {
        (Color::Never, _) | (Color::Auto, ColorChoice::Never) => Palette::default(),
        _ => Palette::coloured(),
    }
}

/// Whether a person can be asked: stdin and stderr are terminals.
pub(super) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// `text` with everything that a terminal would obey, or that would reorder it, written out.
///
/// # Why
///
/// Paths, values and server messages are anybody's text. An escape sequence in
/// one could hide a changed line from the person who confirms it; so could a
/// character that turns the writing direction.
pub(super) fn harmless(text: &str) -> Cow<'_, str> {
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
