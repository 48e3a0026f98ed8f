//! Checks edits before they are applied.

use std::collections::BTreeSet;

use super::edit::Edit;
use super::error::EditError;
use super::extent::{child_count, child_start};
use super::node::{Content, Node, Span, Stream};
use super::place::{Place, Step};
use super::scalar::Kind;

/// Refuses edits of missing places, behind aliases, that overlap, or that break aliases.
pub(super) fn edits(stream: &Stream, edits: &[Edit]) -> Result<(), EditError> {
    let mut replaced: BTreeSet<Place> = BTreeSet::new();
    let mut taken: Vec<(Place, Span)> = Vec::new();
    for edit in edits {
        match edit {
            Edit::Set { place, .. } => {
                let node = find(stream, place)?;
                taken.push((place.clone(), node.span.clone()));
            }
            Edit::Remove { place } => {
                let node = find(stream, place)?;
                let (parent, step) = place
                    .parent()
                    .ok_or_else(|| EditError::Missing(place.clone()))?;
                let parent = find(stream, &parent)?;
                let start = super::extent::child_index(parent, step)
                    .and_then(|index| child_start(parent, index))
                    .unwrap_or(node.start);
                taken.push((place.clone(), start..node.end()));
            }
            Edit::AddEntry { mapping, after, .. } => {
                let node = find(stream, mapping)?;
                let is_mapping = matches!(node.content, Content::Mapping { .. });
                collection(node, mapping, is_mapping, *after)?;
            }
            Edit::AddItem {
                sequence, after, ..
            } => {
                let node = find(stream, sequence)?;
                let is_sequence = matches!(node.content, Content::Sequence { .. });
                collection(node, sequence, is_sequence, *after)?;
            }
            Edit::AddDocument { after, .. } => {
                if after.is_some_and(|after| after >= stream.documents.len()) {
                    return Err(EditError::Missing(Place::root(after.unwrap_or(0))));
                }
            }
            Edit::RemoveDocument { document } => {
                if *document >= stream.documents.len() {
                    return Err(EditError::Missing(Place::root(*document)));
                }
            }
        }
        if matches!(
            edit,
            Edit::Set { .. } | Edit::Remove { .. } | Edit::RemoveDocument { .. }
        ) {
            let place = edit.place();
            if !replaced.insert(place.clone()) {
                return Err(EditError::Overlap(place));
            }
        }
    }
    overlap(edits, &replaced)?;
    present(stream, edits)?;
    anchors(stream, taken)
}

/// Finds the node of a place.
fn find<'s>(stream: &'s Stream, place: &Place) -> Result<&'s Node, EditError> {
    let missing = || EditError::Missing(place.clone());
    let mut node = &stream
        .documents
        .get(place.document)
        .ok_or_else(missing)?
        .root;
    for step in &place.steps {
        if matches!(node.content, Content::Alias(_)) {
            return Err(EditError::ThroughAlias(place.clone()));
        }
        node = node.child(step).ok_or_else(missing)?;
    }
    Ok(node)
}

/// Checks that an addition fits the node and that the child it follows exists.
fn collection(
    node: &Node,
    place: &Place,
    fits: bool,
    after: Option<usize>,
) -> Result<(), EditError> {
    match &node.content {
        Content::Alias(_) => return Err(EditError::ThroughAlias(place.clone())),
        Content::Scalar(scalar) if scalar.kind != Kind::Null => {
            return Err(EditError::NotACollection(place.clone()));
        }
        // Only `Set` turns `{}` into a sequence or `[]` into a mapping.
        Content::Mapping { .. } | Content::Sequence { .. } if !fits => {
            return Err(EditError::NotACollection(place.clone()));
        }
        _ => {}
    }
    match after {
        Some(after) if after >= child_count(node) => {
            Err(EditError::Missing(place.child(Step::Index(after))))
        }
        _ => Ok(()),
    }
}

/// Refuses edits below a value that is replaced or removed.
fn overlap(edits: &[Edit], replaced: &BTreeSet<Place>) -> Result<(), EditError> {
    for edit in edits {
        let mut place = match edit {
            Edit::AddEntry { mapping, .. } => mapping.clone(),
            Edit::AddItem { sequence, .. } => sequence.clone(),
            Edit::AddDocument { .. } | Edit::RemoveDocument { .. } => continue,
            Edit::Set { place, .. } | Edit::Remove { place } => match place.parent() {
                Some((parent, _)) => parent,
                None => continue,
            },
        };
        loop {
            if replaced.contains(&place) {
                return Err(EditError::Overlap(edit.place()));
            }
            if place.steps.pop().is_none() {
                break;
            }
        }
    }
    Ok(())
}

/// Refuses additions that make a key a duplicate.
fn present(stream: &Stream, edits: &[Edit]) -> Result<(), EditError> {
    let removed: BTreeSet<&Place> = edits
        .iter()
        .filter_map(|edit| match edit {
            Edit::Remove { place } => Some(place),
            _ => None,
        })
        .collect();
    let mut added = BTreeSet::new();
    for edit in edits {
        if let Edit::AddEntry { .. } = edit {
            let place = edit.place();
            let is_removed = removed.contains(&place);
            if (stream.node(&place).is_some() && !is_removed) || !added.insert(place.clone()) {
                return Err(EditError::Present(place));
            }
        }
    }
    Ok(())
}

/// Refuses to remove an anchor that an alias elsewhere refers to.
fn anchors(stream: &Stream, mut taken: Vec<(Place, Span)>) -> Result<(), EditError> {
    // They do not overlap, so the last one that starts before an offset is the only one around it.
    taken.sort_by_key(|(place, span)| (place.document, span.start, span.end));
    let touched: BTreeSet<usize> = taken.iter().map(|(place, _)| place.document).collect();
    for (index, document) in stream.documents.iter().enumerate() {
        if document.anchors.is_empty() || !touched.contains(&index) {
            continue;
        }
        let removed_by = |at: usize| {
            let before =
                |(place, span): &(Place, Span)| (place.document, span.start) <= (index, at);
            let (place, span) = taken[..taken.partition_point(before)].last()?;
            (place.document == index && span.contains(&at)).then_some(place)
        };
        let mut aliases = Vec::new();
        collect_aliases(&document.root, &mut aliases);
        for (name, at) in aliases {
            if removed_by(at).is_some() {
                continue;
            }
            let anchored = document.anchors.before(name, at);
            if let Some(place) = anchored.and_then(removed_by) {
                return Err(EditError::AnchorInUse {
                    place: place.clone(),
                    anchor: name.to_owned(),
                });
            }
        }
    }
    Ok(())
}

fn collect_aliases<'n>(node: &'n Node, into: &mut Vec<(&'n str, usize)>) {
    if let Content::Alias(name) = &node.content {
        into.push((name, node.span.start));
    }
    node.children()
        .for_each(|child| collect_aliases(child, into));
}
