//! Texts from the repository as code, where nothing in them means anything.

/// Longer values are cut.
const LONGEST: usize = 120;

/// A text as a code span that ends in its line, whatever it holds.
///
/// A plain span where that is exact; else an element whose content has no character left that
/// Markdown, HTML or a forge reads.
pub(super) fn code(text: &str) -> String {
    let text = shortened(text);
    let is_plain = !text.is_empty()
        && !text.contains(['`', '|', '\\'])
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && !text.chars().any(is_order);
    if is_plain {
        return format!("`{text}`");
    }
    let mut out = String::from("<code>");
    for c in text.chars() {
        match c {
            '\n' => out.push('⏎'),
            c if is_order(c) => out.push('\u{fffd}'),
            c if c.is_ascii_alphanumeric() || matches!(c, ' ' | '/' | '-' | ',') => out.push(c),
            c if c.is_ascii() => out.extend(["&#", &u32::from(c).to_string(), ";"]),
            c => out.push(c),
        }
    }
    out.push_str("</code>");
    out
}

/// A line of a fenced block.
pub(super) fn line(text: &str) -> String {
    let harmless = |c| {
        if c != '\t' && is_order(c) {
            '\u{fffd}'
        } else {
            c
        }
    };
    text.chars().map(harmless).collect()
}

/// The first characters that fit; never half a character.
pub(super) fn first(text: &str, limit: usize) -> String {
    let mut left = limit;
    text.chars()
        .take_while(|c| {
            let fits = c.len_utf16() <= left;
            left = left.saturating_sub(c.len_utf16());
            fits
        })
        .collect()
}

fn shortened(text: &str) -> String {
    let mut chars = text.chars();
    let head: String = chars.by_ref().take(LONGEST).collect();
    if chars.next().is_some() {
        format!("{head}…")
    } else {
        head
    }
}

/// Characters that give orders instead of being seen: controls, and those that turn the direction.
fn is_order(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        )
}
