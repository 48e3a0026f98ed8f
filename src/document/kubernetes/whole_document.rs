//! Documents that only one side has.

use super::base::{BaseNode, is_unchanged};
use super::difference::{Difference, Insertion, Part};
use super::labels::Labels;
use super::sides::Sides;
use crate::domain::{Op, Relation};
use crate::yaml::Place;

/// A document that only the source has; it goes behind the target's document `after`.
pub(super) fn added_document(
    sides: &Sides<'_>,
    s: usize,
    after: Option<usize>,
    labels: &Labels,
    base: BaseNode<'_>,
) -> Difference {
    let value = sides.source.documents()[s].root.value();
    let relation = match base {
        BaseNode::Node(base) if is_unchanged(&base.value(), &value, sides.naming) => {
            Relation::Ahead
        }
        BaseNode::Node(_) => Relation::Diverged,
        BaseNode::Target | BaseNode::Missing => Relation::SourceOnly,
    };
    Difference {
        op: Op::Add,
        part: Part::Document,
        document: labels.source(s),
        place: Place {
            document: after.map_or(0, |a| a + 1),
            steps: Vec::new(),
        },
        source: Some(Place {
            document: s,
            steps: Vec::new(),
        }),
        path: String::new(),
        keys: Vec::new(),
        insertion: Some(Insertion {
            parent: Place {
                document: 0,
                steps: Vec::new(),
            },
            after,
        }),
        before: None,
        after: Some(value),
        rewritten: None,
        relation,
        version: None,
    }
}

/// A document that only the target has.
pub(super) fn removed_document(
    sides: &Sides<'_>,
    t: usize,
    labels: &Labels,
    base: BaseNode<'_>,
) -> Difference {
    let value = sides.target.documents()[t].root.value();
    let relation = match base {
        BaseNode::Node(base) if is_unchanged(&base.value(), &value, sides.naming) => {
            Relation::Behind
        }
        BaseNode::Node(_) => Relation::Diverged,
        BaseNode::Target | BaseNode::Missing => Relation::TargetOnly,
    };
    Difference {
        op: Op::Remove,
        part: Part::Document,
        document: labels.target(t),
        place: Place::root(t),
        source: None,
        path: String::new(),
        keys: Vec::new(),
        insertion: None,
        before: Some(value),
        after: None,
        rewritten: None,
        relation,
        version: None,
    }
}
