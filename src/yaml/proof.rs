//! The values that a stream must have after edits.

use std::collections::{BTreeMap, BTreeSet};

use super::edit::Edit;
use super::error::EditError;
use super::extent::{child_count, child_index};
use super::fragment::Fragment;
use super::node::{Node, Stream};
use super::place::Place;
use super::value::Value;

/// The additions to and removals from one collection, by original index.
#[derive(Default)]
struct ExpectedChanges {
    /// By slot: 0 is the start, `i + 1` is after child `i`.
    added: BTreeMap<usize, Vec<(String, Value)>>,
    removed: BTreeSet<usize>,
}

/// How documents are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reading {
    /// As they are written, with aliases.
    Written,
    /// With aliases followed and merge keys merged.
    Resolved,
}

impl Reading {
    fn value(self, stream: &Stream, document: usize) -> Value {
        match self {
            Self::Written => stream.documents[document].root.value(),
            Self::Resolved => stream.root(document).value(),
        }
    }

    fn node<'s>(self, stream: &'s Stream, place: &Place) -> Option<&'s Node> {
        match self {
            Self::Written => stream.node(place),
            Self::Resolved => stream.at(place),
        }
    }

    fn model(self, fragment: &Fragment) -> Value {
        match self {
            Self::Written => fragment.model().clone(),
            Self::Resolved => fragment.resolved_model(),
        }
    }
}

/// The values of all documents after the edits.
pub(super) fn expected(
    stream: &Stream,
    edits: &[Edit],
    reading: Reading,
) -> Result<Vec<Value>, EditError> {
    let mut documents: Vec<Value> = (0..stream.documents.len())
        .map(|document| reading.value(stream, document))
        .collect();
    let mut changes: BTreeMap<Place, ExpectedChanges> = BTreeMap::new();
    let mut stream_changes = ExpectedChanges::default();
    for edit in edits {
        match edit {
            Edit::Set { place, value } => {
                *value_at(stream, &mut documents, place, reading)? = reading.model(value);
            }
            Edit::AddEntry {
                mapping,
                key,
                after,
                entry,
            } => {
                let slot = after.map_or(0, |after| after + 1);
                let added = &mut changes.entry(mapping.clone()).or_default().added;
                added
                    .entry(slot)
                    .or_default()
                    .push((key.clone(), reading.model(entry)));
            }
            Edit::AddItem {
                sequence,
                after,
                item,
            } => {
                let slot = after.map_or(0, |after| after + 1);
                let added = &mut changes.entry(sequence.clone()).or_default().added;
                added
                    .entry(slot)
                    .or_default()
                    .push((String::new(), reading.model(item)));
            }
            Edit::Remove { place } => {
                let missing = || EditError::Missing(place.clone());
                let (parent, step) = place.parent().ok_or_else(missing)?;
                let node = reading.node(stream, &parent).ok_or_else(missing)?;
                let index = child_index(node, step).ok_or_else(missing)?;
                changes.entry(parent).or_default().removed.insert(index);
            }
            Edit::AddDocument { after, document } => {
                let slot = after.map_or(0, |after| after + 1);
                let value = (String::new(), reading.model(document));
                stream_changes.added.entry(slot).or_default().push(value);
            }
            Edit::RemoveDocument { document } => {
                stream_changes.removed.insert(*document);
            }
        }
    }
    // In reverse order, so that no change moves a place that is still to be changed.
    for (place, change) in changes.iter().rev() {
        let is_empty = reading
            .node(stream, place)
            .is_none_or(|node| child_count(node) == 0);
        let value = value_at(stream, &mut documents, place, reading)?.untagged_mut();
        if is_empty && !matches!(value, Value::Mapping(_) | Value::Sequence(_)) {
            let named = change
                .added
                .values()
                .flatten()
                .any(|(name, _)| !name.is_empty());
            *value = if named {
                Value::Mapping(Vec::new())
            } else {
                Value::Sequence(Vec::new())
            };
        }
        match value {
            Value::Mapping(entries) => change.apply(entries, Clone::clone),
            Value::Sequence(items) => change.apply(items, |(_, value)| value.clone()),
            _ => return Err(EditError::NotACollection(place.clone())),
        }
    }
    stream_changes.apply(&mut documents, |(_, value)| value.clone());
    Ok(documents)
}

impl ExpectedChanges {
    fn apply<T>(&self, children: &mut Vec<T>, made: impl Fn(&(String, Value)) -> T) {
        let old = std::mem::take(children);
        let added = |slot: usize| self.added.get(&slot).into_iter().flatten();
        children.extend(added(0).map(&made));
        for (index, child) in old.into_iter().enumerate() {
            if !self.removed.contains(&index) {
                children.push(child);
            }
            children.extend(added(index + 1).map(&made));
        }
    }
}

/// The value at a place of which no collection above has changed yet.
///
/// So its children are where they are in the stream, which has an index of the keys.
fn value_at<'v>(
    stream: &Stream,
    documents: &'v mut [Value],
    place: &Place,
    reading: Reading,
) -> Result<&'v mut Value, EditError> {
    let missing = || EditError::Missing(place.clone());
    let mut node = reading
        .node(stream, &Place::root(place.document))
        .ok_or_else(missing)?;
    let mut value = documents.get_mut(place.document).ok_or_else(missing)?;
    for step in &place.steps {
        let index = child_index(node, step).ok_or_else(missing)?;
        node = node.child(step).ok_or_else(missing)?;
        value = value.child_mut(index).ok_or_else(missing)?;
    }
    Ok(value)
}

/// Whether the documents of a stream have exactly these values.
///
/// A new entry of a merged mapping can be anywhere in the mappings that it is merged into, so the
/// order of keys only counts as it is written.
pub(super) fn matches(stream: &Stream, expected: &[Value], reading: Reading) -> bool {
    let is_same = |(document, value): (usize, &Value)| {
        let found = reading.value(stream, document);
        match reading {
            Reading::Written => found == *value,
            Reading::Resolved => found.equals_in_any_order(value),
        }
    };
    stream.documents.len() == expected.len() && expected.iter().enumerate().all(is_same)
}
