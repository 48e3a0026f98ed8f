//! Values on one line.

use super::detail::Length;
use crate::plan::{Kind, Value, VersionField, version_of};
use crate::plan::{PlannedDifference, VersionChange};
use crate::render::terminal::escaped;
use crate::render::value_type::type_change;

/// The width of a value in a sentence.
const MAX_IN_SENTENCE: usize = 60;
/// The least length of an object id or digest; shorter hexadecimal text may be a word.
const SHORTEST_ID: usize = 40;
/// The shown length of an id, enough to distinguish two.
const SHOWN_OF_AN_ID: usize = 10;

/// The two sides of a difference, each on one line.
///
/// If both have the same text before a version, only the versions are shown: `1.4.2 -> 1.5.0` is
/// easier to read than two image references. If the type changes, strings are in quotes.
pub(in crate::render) fn sides(
    difference: &PlannedDifference,
    length: Length,
) -> (Option<String>, Option<String>) {
    let is_retyped = type_change(difference).is_some();
    if let Some(versions) = versions(difference).filter(|_| !is_retyped) {
        return versions;
    }
    let line = |v: &Value| one_line(v, is_retyped, length);
    (
        difference.before.as_ref().map(line),
        difference.after.as_ref().map(line),
    )
}

/// The two sides of a difference, each on one line, shortened.
pub fn shown_sides(difference: &PlannedDifference) -> (Option<String>, Option<String>) {
    sides(difference, Length::Shortened)
}

/// An application's version before and after.
pub(super) fn version_change(version: &VersionChange, length: Length) -> String {
    let text = |version: &Option<String>| match (version, length) {
        (None, _) => "(none)".to_owned(),
        (Some(version), Length::Full) => escaped(version).into_owned(),
        (Some(version), Length::Shortened) => abbreviated(&escaped(version)),
    };
    format!("{} -> {}", text(&version.before), text(&version.after))
}

fn versions(difference: &PlannedDifference) -> Option<(Option<String>, Option<String>)> {
    let field = difference.version?;
    let (before, after) = (
        scalar(difference.before.as_ref()?)?,
        scalar(difference.after.as_ref()?)?,
    );
    let part = |text| match field {
        VersionField::Image => reference(text),
        field => version_of(field, text),
    };
    let (old, new) = (part(before), part(after));
    let head = |text: &'_ str, version| {
        let head = text.strip_suffix(version)?;
        Some(head.trim_end_matches([':', '@']).to_owned())
    };
    let heads = (head(before, old), head(after, new));
    let is_same_head =
        !old.is_empty() && !new.is_empty() && heads.0.is_some() && heads.0 == heads.1;
    is_same_head.then(|| {
        (
            Some(escaped(old).into_owned()),
            Some(escaped(new).into_owned()),
        )
    })
}

/// The tag and digest of an image, without its name.
fn reference(image: &str) -> &str {
    let name_from = image.rfind('/').map_or(0, |slash| slash + 1);
    match image[name_from..].find([':', '@']) {
        Some(at) => image[name_from + at..].trim_start_matches([':', '@']),
        None => image,
    }
}

fn scalar(value: &Value) -> Option<&str> {
    match value.untagged() {
        Value::Scalar { text, .. } => Some(text),
        _ => None,
    }
}

/// A shortened value on one line.
pub(in crate::render) fn value_on_one_line(value: &Value) -> String {
    shortened(&one_line(value, false, Length::Shortened), MAX_IN_SENTENCE)
}

/// A value on one line: scalars as they are, lists and mappings in flow style.
///
/// Strings that would be something else without quotes have quotes.
fn one_line(value: &Value, is_quoted: bool, length: Length) -> String {
    let is_short = length == Length::Shortened;
    match value {
        Value::Scalar { text, .. } if is_short && text.starts_with("ENC[") => "ENC[…]".to_owned(),
        Value::Scalar { text, .. } if is_short && text.trim_end_matches('\n').contains('\n') => {
            format!("({} lines)", text.lines().count())
        }
        Value::Scalar {
            text,
            kind: Kind::Str,
        } => {
            let text = if is_short {
                text.trim_end_matches('\n')
            } else {
                text
            };
            let is_ambiguous = Kind::of_plain(text) != Kind::Str || text.trim() != text;
            if is_quoted || is_ambiguous {
                format!("\"{}\"", escaped(text))
            } else {
                escaped(text).into_owned()
            }
        }
        Value::Scalar {
            kind: Kind::Null, ..
        } => "null".to_owned(),
        Value::Scalar { text, .. } => escaped(text).into_owned(),
        Value::Sequence(items) => {
            let items: Vec<String> = (items.iter()).map(|v| one_line(v, false, length)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Mapping(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(k, v)| format!("{}: {}", escaped(k), one_line(v, false, length)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Alias(name) => format!("*{}", escaped(name)),
        Value::Tagged(tag, value) => {
            format!("{} {}", escaped(tag), one_line(value, is_quoted, length))
        }
    }
}

/// Shortens object ids and digests to their first characters, like Git.
pub(in crate::render) fn abbreviated(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let hex = rest.find(|c: char| !is_hex(c)).unwrap_or(rest.len());
        let (run, tail) = rest.split_at(hex);
        if run.len() >= SHORTEST_ID && run.contains(|c: char| c.is_ascii_digit()) {
            out.push_str(&run[..SHOWN_OF_AN_ID]);
            out.push('…');
        } else {
            out.push_str(run);
        }
        let other = tail.find(is_hex).unwrap_or(tail.len());
        out.push_str(&tail[..other]);
        rest = &tail[other..];
    }
    out
}

fn is_hex(c: char) -> bool {
    matches!(c, '0'..='9' | 'a'..='f')
}

/// Shortens a text to at most `width` characters by omitting the middle.
pub(in crate::render) fn shortened(text: &str, width: usize) -> String {
    let count = text.chars().count();
    if count <= width {
        return text.to_owned();
    }
    let room = width.max(3) - 1;
    let head = room.div_ceil(2);
    let tail = room - head;
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(count - tail).collect();
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_long_text_is_omitted() {
        assert_eq!(shortened("abcdefghij", 10), "abcdefghij");
        assert_eq!(shortened("abcdefghij", 7), "abc…hij");
        assert_eq!(shortened("größerer", 5), "gr…er");
    }

    #[test]
    fn a_reference_is_the_tag_and_digest_of_an_image() {
        assert_eq!(reference("localhost:5000/web"), "localhost:5000/web");
        assert_eq!(reference("localhost:5000/web:1@sha256:a"), "1@sha256:a");
        assert_eq!(reference("acme/web@sha256:a"), "sha256:a");
    }

    #[test]
    fn ids_and_digests_are_abbreviated() {
        let id = "b74bc7e7fbf366e29e8dcacb9a1e52227833647a";
        assert_eq!(abbreviated(&format!("main-{id}")), "main-b74bc7e7fb…");
        assert_eq!(
            abbreviated(&format!("1.0@sha256:{id}{id}x")),
            "1.0@sha256:b74bc7e7fb…x"
        );
        assert_eq!(abbreviated("deadbeef größe 1.2.3"), "deadbeef größe 1.2.3");
    }

    #[test]
    fn several_lines_are_counted() {
        let shown = |text, length| one_line(&Value::string(text), false, length);
        assert_eq!(shown("a\nb\nc\n", Length::Shortened), "(3 lines)");
        assert_eq!(shown("a\nb", Length::Full), "a\\u{a}b");
        assert_eq!(shown("a\n", Length::Shortened), "a");
        assert_eq!(shown("a\n", Length::Full), "\"a\\u{a}\"");
    }

    #[test]
    fn a_string_that_could_be_another_type_is_in_quotes() {
        for (text, expected) in [
            ("1.10", "\"1.10\""),
            ("true", "\"true\""),
            ("~", "\"~\""),
            ("", "\"\""),
            (" a", "\" a\""),
            ("1.10.0", "1.10.0"),
        ] {
            assert_eq!(
                one_line(&Value::string(text), false, Length::Shortened),
                expected
            );
        }
    }

    #[test]
    fn an_encrypted_value_is_shortened() {
        let value = Value::string("ENC[AES256_GCM,data:x]");
        assert_eq!(one_line(&value, false, Length::Shortened), "ENC[…]");
        assert_eq!(
            one_line(&value, false, Length::Full),
            "ENC[AES256_GCM,data:x]"
        );
    }

    #[test]
    fn structure_is_written_in_flow_style() {
        let value = Value::Mapping(vec![
            (
                "a".into(),
                Value::Sequence(vec![Value::string("x"), Value::string("")]),
            ),
            ("b".into(), Value::string("ENC[y]")),
        ]);
        assert_eq!(
            one_line(&value, false, Length::Shortened),
            "{a: [x, \"\"], b: ENC[…]}"
        );
    }
}
