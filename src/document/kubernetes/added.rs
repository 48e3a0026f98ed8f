//! What is added to the target: the source's lines, with the target's names.

use super::difference::Part;
use super::sides::Sides;
use crate::document::copied_names::{renamed_copy, renamed_value};
use crate::document::lines::Format;
use crate::yaml::{Fragment, ParseError, Place, Step, Value};

/// The lines of the source that are added.
///
/// # Errors
/// When they are not valid with the target's names; `None` if they cannot stand alone.
pub(super) fn fragment(
    sides: &Sides<'_>,
    part: Part,
    source: &Place,
) -> Result<Fragment, Option<ParseError>> {
    let fragment = match part {
        Part::Document => Fragment::document(sides.source, source.document),
        Part::Entry => Fragment::entry(sides.source, source),
        Part::Item | Part::Value => Fragment::item(sides.source, source),
    };
    let rename = |text: &str| renamed_copy(text, sides.naming, &[]);
    Ok(fragment.ok_or(None)?.renamed(&rename)?)
}

/// The value that is added; `value` is the source's.
pub(super) fn value(sides: &Sides<'_>, part: Part, source: &Place, value: Value) -> Value {
    let names_source = |text: &str| sides.naming.names_source_in_text(text);
    if !value.has_text(&names_source) {
        return value;
    }
    // The lines decide, so that the difference has the value that is written.
    let of_lines = match sides.format {
        Format::Yaml => fragment(sides, part, source).ok(),
        _ => None,
    };
    if let Some(fragment) = of_lines {
        return fragment.resolved_model();
    }
    let key = match source.steps.last() {
        Some(Step::Key(key)) => Some(key.as_str()),
        _ => None,
    };
    renamed_value(value, key, sides.naming)
}
