//! What a conflict is, in one sentence.

use super::text::value::value_on_one_line;
use crate::domain::Reason;
use crate::plan::{Conflict, Hop};

/// The message of a conflict: its reason, or what base, source and target have.
pub(super) fn message(conflict: &Conflict, hop: &Hop) -> String {
    if !matches!(conflict.reason, Reason::ChangedInBoth { .. }) {
        return conflict.reason.to_string();
    }
    let names = ["base", hop.from.name.as_str(), hop.to.name.as_str()];
    let values = names.iter().zip(&conflict.values).map(|(name, value)| {
        let value = value
            .as_ref()
            .map_or("nothing".to_owned(), value_on_one_line);
        format!("{name} {value}")
    });
    let values = values.collect::<Vec<_>>().join(", ");
    format!("both changed {}: {values}", conflict.shown)
}
