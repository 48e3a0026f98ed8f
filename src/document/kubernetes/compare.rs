//! All places where two streams differ.
//!
//! # Why
//!
//! Preview, promotion and all modes start from the same list of differences. A mode
//! only chooses among them: by the relation, which comes from the base, and by the
//! version field.

use std::collections::{HashMap, HashSet};

use super::MAX_DIFFERENCES;
use super::anchors;
use super::base::{BaseDocuments, BaseNode};
use super::difference::Difference;
use super::document_comparison::{DocumentComparison, insertion_points, inverse};
use super::documents::documents;
use super::labels::Labels;
use super::sides::Sides;
use super::whole_document::{added_document, removed_document};
use crate::yaml::Place;

/// The differences of two streams.
pub(super) struct Compared<'a> {
    /// In the target's order.
    pub found: Vec<Difference>,
    /// The places of strings that differ and may hold documents, with their bases.
    pub strings: HashMap<Place, BaseNode<'a>>,
}

/// Lists the differences, with strings as one value.
pub(super) fn compare_streams<'a>(sides: &Sides<'a>) -> Compared<'a> {
    let pairs = documents(sides.source, sides.target, sides.naming);
    let labels = Labels::new(sides);
    let base = BaseDocuments::new(sides);
    let source_of = inverse(&pairs.target_of, sides.target.documents().len());
    let after = insertion_points(&pairs.target_of, source_of.len());
    let mut found = Vec::new();
    let mut paired = Vec::new();
    let mut strings = HashMap::new();
    for (s, t) in pairs.target_of.iter().enumerate() {
        if found.len() > MAX_DIFFERENCES {
            break;
        }
        match t {
            Some(t) => {
                let mut comparison = DocumentComparison::new(sides, (s, *t), labels.target(*t));
                comparison.node(
                    sides.source.root(s),
                    sides.target.root(*t),
                    base.of_pair(s, *t),
                );
                found.append(&mut comparison.found);
                paired.append(&mut comparison.paired);
                strings.extend(comparison.strings);
            }
            None => found.push(added_document(
                sides,
                s,
                after[s],
                &labels,
                base.of_source(s),
            )),
        }
    }
    for t in (0..source_of.len()).filter(|t| source_of[*t].is_none()) {
        found.push(removed_document(sides, t, &labels, base.of_target(t)));
    }
    found.sort_by_key(|d| d.place.document);
    anchors::share(sides.target, &HashSet::from_iter(paired), &mut found);
    Compared { found, strings }
}
