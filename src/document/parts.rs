//! The parts of a value, including documents inside its strings.

use crate::yaml::{Stream, Value};

/// Whether a test holds for a value, for a value in it, or in a document inside one of its strings.
///
/// Only strings that may match are parsed. A string within such a document is one value.
pub(super) fn any_part(
    value: &Value,
    may_match: &dyn Fn(&str) -> bool,
    test: &dyn Fn(&Value) -> bool,
) -> bool {
    let inside = |text: &str| {
        let may_be_document = text.contains('\n') || text.starts_with(['{', '[']);
        may_be_document
            && may_match(text)
            && Stream::parse(text).is_ok_and(|stream| {
                let mut documents = 0..stream.documents().len();
                documents.any(|document| any_value(&stream.root(document).value(), test))
            })
    };
    any_value(value, &|part| {
        test(part) || matches!(part, Value::Scalar { text, .. } if inside(text))
    })
}

fn any_value(value: &Value, test: &dyn Fn(&Value) -> bool) -> bool {
    test(value)
        || match value {
            Value::Sequence(items) => items.iter().any(|item| any_value(item, test)),
            Value::Mapping(entries) => entries.iter().any(|(_, value)| any_value(value, test)),
            Value::Tagged(_, value) => any_value(value, test),
            Value::Scalar { .. } | Value::Alias(_) => false,
        }
}
