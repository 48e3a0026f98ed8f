//! Text from the repository as code, so that no markup in it has an effect.

use crate::render::terminal::escaped;

/// Stands for what was left out of a value.
pub(super) const ELLIPSIS: char = '…';

/// The most characters of a value that are shown.
const LONGEST: usize = 120;

/// A text as a code span on one line.
///
/// Text with special characters becomes a `<code>` element in which every character with a meaning
/// in Markdown, HTML or a forge is escaped.
pub(super) fn code(text: &str) -> String {
    span(&shortened(&escaped(text)))
}

/// A text of a table's cell as a code span; an empty one stays empty.
pub(in crate::render) fn cell(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        code(text)
    }
}

/// A sentence as a code span, in full: what it names must not be hidden.
pub(in crate::render) fn whole(text: &str) -> String {
    span(&escaped(text))
}

fn span(text: &str) -> String {
    let is_plain = !text.is_empty()
        && !text.contains(['`', '|', '\\'])
        && !text.starts_with(' ')
        && !text.ends_with(' ');
    if is_plain {
        return format!("`{text}`");
    }
    let mut out = String::from("<code>");
    for c in text.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || matches!(c, ' ' | '/' | '-' | ',') => out.push(c),
            c if c.is_ascii() => out.extend(["&#", &u32::from(c).to_string(), ";"]),
            c => out.push(c),
        }
    }
    out.push_str("</code>");
    out
}

/// The first characters that fit into a limit; none is split.
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
        format!("{head}{ELLIPSIS}")
    } else {
        head
    }
}
