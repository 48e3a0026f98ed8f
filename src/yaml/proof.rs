//! The values that a stream must have after edits.

use std::collections::{BTreeMap, BTreeSet};

use super::edit::Edit;
use super::error::EditError;
use super::extent::{child_count, child_index};
use super::node::Stream;
use super::place::Place;
use super::value::Value;

/// The additions to and removals from one collection, by original index.
#[derive(Default)]
struct ExpectedChanges {
    /// By slot: 0 is the start, `i + 1` is after child `i`.
    added: BTreeMap<usize, Vec<(String, Value)>>,
    removed: BTreeSet<usize>,
}

/// The values of all documents after the edits.
pub(super) fn expected(stream: &Stream, edits: &[Edit]) -> Result<Vec<Value>, EditError> {
    let mut documents: Vec<Value> = stream
        .documents
        .iter()
        .map(|document| document.root.value())
        .collect();
    let mut changes: BTreeMap<Place, ExpectedChanges> = BTreeMap::new();
    let mut stream_changes = ExpectedChanges::default();
    for edit in edits {
        match edit {
            Edit::Set { place, value } => {
                *value_at(&mut documents, place)? = value.model().clone();
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
                    .push((key.clone(), entry.model().clone()));
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
                    .push((String::new(), item.model().clone()));
            }
            Edit::Remove { place } => {
                let missing = || EditError::Missing(place.clone());
                let (parent, step) = place.parent().ok_or_else(missing)?;
                let node = stream.node(&parent).ok_or_else(missing)?;
                let index = child_index(node, step).ok_or_else(missing)?;
                changes.entry(parent).or_default().removed.insert(index);
            }
            Edit::AddDocument { after, document } => {
                let slot = after.map_or(0, |after| after + 1);
                let value = (String::new(), document.model().clone());
                stream_changes.added.entry(slot).or_default().push(value);
            }
            Edit::RemoveDocument { document } => {
                stream_changes.removed.insert(*document);
            }
        }
    }
    // In reverse order, so that no change moves a place that is still to be changed.
    for (place, change) in changes.iter().rev() {
        let is_empty = stream.node(place).is_none_or(|node| child_count(node) == 0);
        let value = value_at(&mut documents, place)?.untagged_mut();
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

fn value_at<'v>(documents: &'v mut [Value], place: &Place) -> Result<&'v mut Value, EditError> {
    let root = documents.get_mut(place.document);
    place
        .steps
        .iter()
        .try_fold(root, |value, step| Some(value?.child_mut(step)))
        .flatten()
        .ok_or_else(|| EditError::Missing(place.clone()))
}

/// Whether the documents of a stream have exactly these values.
pub(super) fn matches(stream: &Stream, expected: &[Value]) -> bool {
    stream.documents.len() == expected.len()
        && stream
            .documents
            .iter()
            .zip(expected)
            .all(|(document, value)| document.root.value().means(value))
}
