//! Which document of the source is which of the target.

use super::base::{BaseNode, is_unchanged};
use super::compare::Sides;
use super::difference::{Difference, Insertion, Part};
use super::identity::Identity;
use super::labels::Labels;
use crate::domain::{Naming, Op, Relation};
use crate::yaml::{Place, Stream};

/// For each source document, its target document.
pub(super) struct DocumentPairs {
    pub(super) target_of: Vec<Option<usize>>,
}

/// Matches the documents: by identity, then by less of it, then the only ones of a kind.
pub(super) fn documents(source: &Stream, target: &Stream, naming: &Naming) -> DocumentPairs {
    let identities = |stream: &Stream| -> Vec<Option<Identity>> {
        stream
            .documents()
            .iter()
            .map(|d| Identity::of(&d.root).map(|i| i.canonical(naming)))
            .collect()
    };
    let (source_ids, target_ids) = (identities(source), identities(target));
    let mut target_of: Vec<Option<usize>> = vec![None; source_ids.len()];
    let mut taken = vec![false; target_ids.len()];
    let mut pair = |target_of: &mut [Option<usize>], same: &dyn Fn(usize, usize) -> bool| {
        for (s, partner) in target_of.iter_mut().enumerate() {
            if partner.is_none() {
                *partner = (0..target_ids.len()).find(|t| !taken[*t] && same(s, *t));
                if let Some(t) = *partner {
                    taken[t] = true;
                }
            }
        }
    };
    // The whole identity; then without the namespace; then the only one of its kind on both sides.
    pair(
        &mut target_of,
        &|s, t| match (&source_ids[s], &target_ids[t]) {
            (Some(a), Some(b)) => a == b,
            _ => false,
        },
    );
    pair(
        &mut target_of,
        &|s, t| match (&source_ids[s], &target_ids[t]) {
            (Some(a), Some(b)) => a.kind == b.kind && a.group == b.group && a.name == b.name,
            _ => false,
        },
    );
    // Another name is another object, unless one side has none or there is nothing else it could be.
    let is_single = source_ids.len() == 1 && target_ids.len() == 1;
    pair(
        &mut target_of,
        &|s, t| match (&source_ids[s], &target_ids[t]) {
            (Some(a), Some(b)) => {
                let is_unnamed = a.name.is_empty() || b.name.is_empty();
                a.kind == b.kind && (is_single || is_unnamed)
            }
            (None, None) => true,
            _ => is_single,
        },
    );
    DocumentPairs { target_of }
}

/// A document that only the source has.
pub(super) fn added_document(
    sides: &Sides<'_>,
    s: usize,
    pairs: &DocumentPairs,
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
    let after = pairs.target_of[..s]
        .iter()
        .rev()
        .find_map(|t| *t)
        .or_else(|| pairs.target_of[s..].iter().find_map(|t| *t)?.checked_sub(1));
    let has_follower = pairs.target_of[s..].iter().any(Option::is_some);
    let after = match after {
        None if !has_follower => sides.target.documents().len().checked_sub(1),
        other => other,
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
