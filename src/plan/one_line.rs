//! Text from a repository in one line.

/// Replaces control characters: text from a repository may hold anything, and a line end would
/// forge a trailer.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(harmless).collect()
}

/// The character, or a replacement for a control character.
pub(super) fn harmless(c: char) -> char {
    if c.is_control() { '\u{fffd}' } else { c }
}
