//! Every place where two streams differ.
//!
//! # Why
//!
//! Preview, promotion and every mode start from one list of differences. What
//! a mode promotes is a matter of its base and its mask, never of another way
//! to compare: the base tells the relation, the mask reads the version field.

use super::base::BaseDocuments;
use super::difference::Difference;
use super::documents::documents;
use super::labels::Labels;
use super::sides::Sides;
use super::walk::{DocumentComparison, insertion_points, inverse};
use super::whole_document::{added_document, removed_document};

/// Lists the differences in the target's order; what is new stands where it will be.
pub fn compare(sides: &Sides<'_>) -> Vec<Difference> {
    let pairs = documents(sides.source, sides.target, sides.naming);
    let labels = Labels::new(sides);
    let base = BaseDocuments::new(sides);
    let source_of = inverse(&pairs.target_of, sides.target.documents().len());
    let after = insertion_points(&pairs.target_of, source_of.len());
    let mut found = Vec::new();
    for (s, t) in pairs.target_of.iter().enumerate() {
        match t {
            Some(t) => {
                let mut walk = DocumentComparison::new(sides, (s, *t), labels.target(*t));
                walk.node(
                    &sides.source.documents()[s].root,
                    &sides.target.documents()[*t].root,
                    base.of_pair(s, *t),
                );
                found.append(&mut walk.found);
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
    found
}
