//! Text from a repository in one line.

use crate::domain::is_invisible;

/// Replaces what ends a line, and other control characters: a line end would forge a trailer.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(harmless).collect()
}

/// The character, or a replacement for a control character or a line end.
pub(super) fn harmless(c: char) -> char {
    let ends_line = matches!(c, '\u{2028}' | '\u{2029}');
    if c.is_control() || ends_line {
        char::REPLACEMENT_CHARACTER
    } else {
        c
    }
}

/// Replaces every character that a reader cannot see.
pub(super) fn visible(text: &str) -> String {
    let visible = |c| {
        if is_invisible(c) {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    text.chars().map(visible).collect()
}
