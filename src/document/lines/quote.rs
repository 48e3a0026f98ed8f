//! Writing a value in the quotes of the value that it replaces.

use super::entry::Quoting;

/// The text between the target's quotes; `None` if the value cannot be written in them.
///
/// # Why
///
/// How a format escapes characters is not known for certain, so only texts that need no escapes change
/// their quotes.
pub(super) fn requoted(text: &str, source: Quoting, target: Quoting) -> Option<&str> {
    let is_plain = |c: char| !c.is_control() && !matches!(c, '\'' | '"' | '\\' | '$' | '`');
    let is_bare = |c: char| is_plain(c) && !c.is_whitespace() && !matches!(c, '#' | ';' | ',');
    let fits = match (source, target) {
        (source, target) if source == target => true,
        (_, Quoting::Bare) => !text.is_empty() && text.chars().all(is_bare),
        _ => text.chars().all(is_plain),
    };
    fits.then_some(text)
}
