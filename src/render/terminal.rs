//! Terminal output: styles, width, and escaped control characters.

use std::borrow::Cow;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

/// The styles and the width of an output.
#[derive(Clone, Copy, Debug)]
pub struct Canvas {
    /// The styles; all plain without colour.
    pub palette: Palette,
    /// The characters that fit on a line.
    pub width: usize,
}

/// The styles by meaning.
#[derive(Clone, Copy, Debug, Default)]
pub struct Palette {
    /// An application's name.
    pub heading: Style,
    /// A file's path.
    pub file: Style,
    /// A removed line or value.
    pub removed: Style,
    /// An added line or value.
    pub added: Style,
    /// The changed words of a removed line.
    pub removed_words: Style,
    /// The changed words of an added line.
    pub added_words: Style,
    /// Secondary text.
    pub dim: Style,
    /// The header of a hunk.
    pub hunk: Style,
    /// The word `error`.
    pub error: Style,
    /// The word `warning`.
    pub warning: Style,
    /// The words `hint` and `note`.
    pub hint: Style,
}

impl Palette {
    /// The styles with colour.
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
    /// A canvas without colour.
    #[cfg(test)]
    pub(crate) fn plain(width: usize) -> Self {
        Self {
            palette: Palette::default(),
            width,
        }
    }
}

/// Escapes control characters, and invisible ones that change the order of text.
///
/// # Why
///
/// Paths, values and server messages are untrusted. A terminal escape sequence or a bidirectional
/// control character could hide a changed line from the person who confirms the promotion.
pub fn escaped(text: &str) -> Cow<'_, str> {
    let must_escape = |c| c != '\t' && is_invisible(c);
    if !text.chars().any(must_escape) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if must_escape(c) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Whether a character is a control character, or invisible and may change the order of text.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_escaped() {
        assert_eq!(
            escaped("a\u{1b}[2Kb\r\u{9b}c"),
            "a\\u{1b}[2Kb\\u{d}\\u{9b}c"
        );
    }

    #[test]
    fn bidirectional_controls_are_escaped() {
        assert_eq!(escaped("x\u{202e}y"), "x\\u{202e}y");
    }

    #[test]
    fn ordinary_text_is_not_copied() {
        assert!(matches!(escaped("größe: 1\t# 好"), Cow::Borrowed(_)));
    }
}
