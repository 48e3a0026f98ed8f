//! Characters that a reader cannot see, or takes for a space.
//!
//! # Why
//!
//! A reviewer approves what is on the screen. A character that shows nothing, that looks like a space
//! or that changes the order of the text around it can make two different values look equal.

/// Whether a character shows nothing, or cannot be told from a space: controls (tabs and line ends
/// too), every default-ignorable character, line and paragraph separators, and spaces but U+0020.
pub fn is_invisible(c: char) -> bool {
    // Nearly all text is this.
    if matches!(c, ' '..='~') {
        return false;
    }
    c.is_control() || c.is_whitespace() || is_default_ignorable(c) || is_blank(c)
}

/// `Default_Ignorable_Code_Point` of `DerivedCoreProperties.txt`, Unicode 17.0.
fn is_default_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' // soft hyphen
            | '\u{34f}'
            | '\u{61c}' // Arabic letter mark
            | '\u{115f}'..='\u{1160}' // Hangul fillers
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' // zero-width characters, direction marks
            | '\u{202a}'..='\u{202e}' // direction embeddings and overrides
            | '\u{2060}'..='\u{206f}' // word joiner, direction isolates
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' // variation selectors
            | '\u{feff}' // byte order mark
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}' // tags, more variation selectors
    )
}

/// Characters without ink that Unicode does not call ignorable: the empty Braille pattern, and
/// annotation marks.
fn is_blank(c: char) -> bool {
    matches!(c, '\u{2800}' | '\u{fff9}'..='\u{fffb}')
}
