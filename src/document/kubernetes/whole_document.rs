//! Documents that only one side has.

use super::added;
use super::base::BaseNode;
use super::difference::{Difference, Insertion, Part};
use super::labels::Labels;
use super::secrets::secret_part;
use super::sides::Sides;
use super::version_places::Owner;
use crate::domain::Op;
use crate::yaml::Place;

/// The difference for a document that only the source has; it goes after the target's document `after`.
pub(super) fn added_document(
    sides: &Sides<'_>,
    s: usize,
    after: Option<usize>,
    labels: &Labels,
    base: BaseNode<'_>,
) -> Difference {
    let value = sides.source.root(s).value();
    Difference {
        op: Op::Add,
        part: Part::Document,
        document: labels.source(s),
        place: Place::root(after.map_or(0, |a| a + 1)),
        source: Some(Place::root(s)),
        path: String::new(),
        keys: Vec::new(),
        insertion: Some(Insertion {
            parent: Place::root(0),
            after,
        }),
        before: None,
        relation: base.one_sided_relation(Op::Add, &value, sides.naming),
        after: Some(added::value(sides, Part::Document, &Place::root(s), value)),
        base: None,
        rewritten: None,
        version: None,
        changes_old_type: false,
        secret: secret_part(Owner::of(sides.source.root(s)), &[]),
        contains_version: false,
        shared: None,
    }
}

/// The difference for a document that only the target has.
pub(super) fn removed_document(
    sides: &Sides<'_>,
    t: usize,
    labels: &Labels,
    base: BaseNode<'_>,
) -> Difference {
    let value = sides.target.root(t).value();
    Difference {
        op: Op::Remove,
        part: Part::Document,
        document: labels.target(t),
        place: Place::root(t),
        source: None,
        path: String::new(),
        keys: Vec::new(),
        insertion: None,
        relation: base.one_sided_relation(Op::Remove, &value, sides.naming),
        before: Some(value),
        after: None,
        base: None,
        rewritten: None,
        version: None,
        changes_old_type: false,
        secret: secret_part(Owner::of(sides.target.root(t)), &[]),
        contains_version: false,
        shared: None,
    }
}
