//! Every place where two streams differ.
//!
//! # Why
//!
//! Preview, promotion and every mode start from one list of differences. What
//! a mode promotes is a matter of its base and its mask, never of another way
//! to compare: the base tells the relation, the mask reads the version field.

use super::base::BaseDocuments;
use super::difference::Difference;
use super::documents::{added_document, documents, removed_document};
use super::labels::Labels;
use super::walk::{Walk, insertion_points, inverse};
use crate::domain::Naming;
use crate::yaml::Stream;

/// What source and target are compared against, to tell who changed a place.
#[derive(Clone, Copy, Debug)]
pub enum Base<'a> {
    /// The target itself: whatever differs is the source's change.
    Target,
    /// An older state of the source.
    Stream(&'a Stream),
}

/// The streams of one pair of files.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'a> {
    /// The source's file.
    pub source: &'a Stream,
    /// The target's file.
    pub target: &'a Stream,
    /// What tells who changed a place.
    pub base: Base<'a>,
    /// The environments' names.
    pub naming: &'a Naming,
    /// The target file's name, e.g. `kustomization.yaml`.
    pub file: &'a str,
}

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
                let mut walk = Walk::new(sides, (s, *t), labels.target(*t));
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
