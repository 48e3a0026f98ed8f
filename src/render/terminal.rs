//! Terminal output: styles, width, and escaped control characters.

use std::borrow::Cow;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::domain::is_invisible;

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

/// Writes each invisible character as `\u{...}`; tabs and line ends too.
///
/// # Why
///
/// Paths, values and server messages are untrusted. A terminal escape sequence, a direction control or
/// a character that cannot be seen could hide a change from the person who confirms the promotion.
pub fn escaped(text: &str) -> Cow<'_, str> {
    escaped_except(text, |_| false)
}

/// Like [`escaped`], but characters that `stays` accepts are left as they are.
fn escaped_except(text: &str, stays: impl Fn(char) -> bool) -> Cow<'_, str> {
    let must_escape = |c: char| is_invisible(c) && !stays(c);
    // Text that looks like an escape must not be taken for one.
    if !text.chars().any(must_escape) && !text.contains("\\u{") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            c if must_escape(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Like [`escaped`], for text of several lines: tabs stay, and each further line is indented.
pub fn escaped_lines(text: &str) -> String {
    let lines: Vec<_> = (text
        .split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line)))
    .map(|line| escaped_except(line, |c| c == '\t'))
    .collect();
    lines.join("\n    ")
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
    fn characters_that_cannot_be_seen_are_escaped() {
        for c in
            "\u{85}\u{a0}\u{ad}\u{200b}\u{202e}\u{2028}\u{3164}\u{fe0f}\u{feff}\u{e0041}".chars()
        {
            let shown = format!("x\\u{{{:x}}}y", u32::from(c));
            assert_eq!(escaped(&format!("x{c}y")), shown);
        }
        assert_eq!(escaped("a\tb\nc"), "a\\u{9}b\\u{a}c");
    }

    #[test]
    fn an_escape_in_the_text_itself_looks_different_from_an_escaped_character() {
        let texts = ["a\u{1b}", "a\\u{1b}", "a\\\u{1b}", "a\\\\u{1b}"];
        let shown: Vec<_> = texts.iter().map(|text| escaped(text)).collect();
        assert_eq!(
            shown,
            [r"a\u{1b}", r"a\\u{1b}", r"a\\\u{1b}", r"a\\\\u{1b}"]
        );
    }

    #[test]
    fn lines_stay_lines_and_cannot_begin_a_message() {
        assert_eq!(
            escaped_lines("a\tb\r\nerror: c\u{1b}"),
            "a\tb\n    error: c\\u{1b}"
        );
    }

    #[test]
    fn ordinary_text_is_not_copied() {
        assert!(matches!(escaped(r"größe: C:\dir # 好"), Cow::Borrowed(_)));
    }
}
