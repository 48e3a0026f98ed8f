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
    /// Whether a person reads it, so that wide tables are shortened to fit.
    pub is_terminal: bool,
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
    pub fn plain(width: usize) -> Self {
        Self {
            palette: Palette::default(),
            width,
            is_terminal: true,
        }
    }
}

/// Writes each invisible character as `\u{...}`; tabs and line ends too.
///
/// # Why
///
/// Paths, values and server messages are untrusted. A terminal escape sequence, a direction control or
/// a character that cannot be seen could hide a change from the person who confirms the promotion. In
/// CI, a line such as `::add-mask::x` would be a command to the runner, so its first sign is escaped.
pub fn escaped(text: &str) -> Cow<'_, str> {
    escaped_at(text, |at, c| is_invisible(c) || is_command_sign(text, at))
}

/// Escapes the characters that `must_escape` accepts, given their positions.
pub(super) fn escaped_at(text: &str, must_escape: impl Fn(usize, char) -> bool) -> Cow<'_, str> {
    // Text that looks like an escape must not be taken for one.
    if !text.char_indices().any(|(at, c)| must_escape(at, c)) && !text.contains("\\u{") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        match c {
            '\\' => out.push_str("\\\\"),
            c if must_escape(at, c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Whether the character at a position of a line begins a command to the runner of GitHub Actions
/// (`::name::`) or Azure Pipelines (`##[name]`, `##vso[name]`).
pub(super) fn is_command_sign(line: &str, at: usize) -> bool {
    let (before, rest) = line.split_at(at);
    if let Some(rest) = rest.strip_prefix("::") {
        return before.trim_start().is_empty() && rest.contains("::");
    }
    rest.starts_with("##[") || rest.starts_with("##vso[")
}

/// Like [`escaped`], for a line of text that people wrote: tabs stay.
pub fn escaped_line(text: &str) -> Cow<'_, str> {
    escaped_at(text, |at, c| {
        c != '\t' && is_invisible(c) || is_command_sign(text, at)
    })
}

/// Like [`escaped`], for text of several lines: tabs stay, and each further line is indented.
pub fn escaped_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(escaped_line).collect();
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
    fn a_line_is_no_command_to_a_runner() {
        for (text, expected) in [
            ("::add-mask::x", "\\u{3a}:add-mask::x"),
            ("  ::error file=a::b", "  \\u{3a}:error file=a::b"),
            (
                "a ##vso[task.setvariable]b",
                "a \\u{23}#vso[task.setvariable]b",
            ),
            ("##[group]", "\\u{23}#[group]"),
        ] {
            assert_eq!(escaped(text), expected);
            assert_eq!(escaped_lines(text), expected);
        }
        for text in ["::1", "a::b::c", "## title", "#[derive]"] {
            assert_eq!(escaped(text), text);
        }
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
