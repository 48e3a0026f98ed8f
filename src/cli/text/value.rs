//! A value on one line.

use crate::cli::terminal::harmless;
use crate::manifest::version_of;
use crate::plan::PlannedDifference;
use crate::yaml::{Kind, Value};

/// The two sides of a difference, each on one line.
///
/// Where both carry a version after the same beginning, only the versions are
/// shown: `1.4.2 -> 1.5.0` says more than two image references.
pub(super) fn sides(difference: &PlannedDifference) -> (Option<String>, Option<String>) {
    if let Some(versions) = versions(difference) {
        return versions;
    }
    let (before, after) = (difference.before.as_ref(), difference.after.as_ref());
    let kinds = (before.and_then(kind), after.and_then(kind));
    let is_retyped = matches!(kinds, (Some(a), Some(b)) if a != b);
    let line = |v: &Value| one_line(v, is_retyped);
    (before.map(line), after.map(line))
}

fn versions(difference: &PlannedDifference) -> Option<(Option<String>, Option<String>)> {
    let field = difference.version?;
    let (before, after) = (
        scalar(difference.before.as_ref()?)?,
        scalar(difference.after.as_ref()?)?,
    );
    let (old, new) = (version_of(field, before), version_of(field, after));
    let is_same_head = !old.is_empty()
        && !new.is_empty()
        && before.strip_suffix(old) == after.strip_suffix(new)
        && before.ends_with(old);
    is_same_head.then(|| {
        (
            Some(harmless(old).into_owned()),
            Some(harmless(new).into_owned()),
        )
    })
}

fn scalar(value: &Value) -> Option<&str> {
    match value.untagged() {
        Value::Scalar { text, .. } => Some(text),
        _ => None,
    }
}

fn kind(value: &Value) -> Option<Kind> {
    match value.untagged() {
        Value::Scalar { kind, .. } => Some(*kind),
        _ => None,
    }
}

/// A value on one line: scalars as they are, lists and mappings in flow style.
fn one_line(value: &Value, is_quoted: bool) -> String {
    match value {
        Value::Scalar { text, .. } if text.starts_with("ENC[") => "ENC[…]".to_owned(),
        Value::Scalar { text, .. } if text.trim_end_matches('\n').contains('\n') => {
            format!("({} lines)", text.lines().count())
        }
        Value::Scalar {
            text,
            kind: Kind::Str,
        } => {
            let text = text.trim_end_matches('\n');
            if is_quoted || text.is_empty() || text.trim() != text {
                format!("\"{}\"", harmless(text))
            } else {
                harmless(text).into_owned()
            }
        }
        Value::Scalar {
            kind: Kind::Null, ..
        } => "null".to_owned(),
        Value::Scalar { text, .. } => harmless(text).into_owned(),
        Value::Sequence(items) => {
            let items: Vec<String> = items.iter().map(|v| one_line(v, false)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Mapping(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(k, v)| format!("{}: {}", harmless(k), one_line(v, false)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Alias(name) => format!("*{}", harmless(name)),
        Value::Tagged(tag, value) => format!("{} {}", harmless(tag), one_line(value, is_quoted)),
    }
}

/// `text` in at most `width` characters, the middle left out.
pub(super) fn shortened(text: &str, width: usize) -> String {
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
    fn a_long_text_loses_its_middle() {
        assert_eq!(shortened("abcdefghij", 10), "abcdefghij");
        assert_eq!(shortened("abcdefghij", 7), "abc…hij");
        assert_eq!(shortened("größerer", 5), "gr…er");
    }

    #[test]
    fn several_lines_are_counted() {
        assert_eq!(one_line(&Value::string("a\nb\nc\n"), false), "(3 lines)");
        assert_eq!(one_line(&Value::string("a\n"), false), "a");
    }

    #[test]
    fn a_sealed_value_is_not_printed() {
        assert_eq!(
            one_line(&Value::string("ENC[AES256_GCM,data:x]"), false),
            "ENC[…]"
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
        assert_eq!(one_line(&value, false), "{a: [x, \"\"], b: ENC[…]}");
    }
}
