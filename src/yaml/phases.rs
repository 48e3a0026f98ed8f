//! Applies edits in phases, so that each edit finds its place.
//!
//! # Why
//!
//! First come the removals of entries that are added again, then all other
//! changes and additions, then all other removals. So an addition always finds
//! the child that it follows, and the last phase sees which collections become
//! empty.

use std::collections::{BTreeMap, BTreeSet};

use super::edit::Edit;
use super::error::EditError;
use super::extent::{child_count, child_index};
use super::fragment::Fragment;
use super::node::{Content, Layout, Node, Stream};
use super::patch::{self, Patch};
use super::place::{Place, Step};
use super::scalar::Quoting;
use super::target::{Additions, Target};
use super::text::newline;
use super::{block, documents, flow, set};

/// The text after all edits.
pub(super) fn run(stream: &Stream, edits: &[Edit]) -> Result<String, EditError> {
    let place = edits.first().map(Edit::place).unwrap_or_default();
    let parsed = |text: &str| Stream::parse(text).map_err(|_| EditError::Unproven(place.clone()));
    let break_at_end = newline(&stream.text);
    let is_open = !stream.text.is_empty() && !stream.text.ends_with('\n');
    let mut text = is_open.then(|| format!("{}{break_at_end}", stream.text));
    for phase in phases(stream, edits) {
        if !phase.is_empty() {
            text = Some(match &text {
                Some(text) => pass(&parsed(text)?, &phase)?,
                None => pass(stream, &phase)?,
            });
        }
    }
    let mut text = text.unwrap_or_else(|| stream.text.clone());
    // The line break after a block scalar is part of its value.
    let is_closed =
        || !ends_in_block_scalar(stream) && parsed(&text).is_ok_and(|s| ends_in_block_scalar(&s));
    if is_open && !is_closed() {
        let length = text.strip_suffix('\n').map_or(text.len(), str::len);
        text.truncate(length);
        if text.ends_with('\r') && break_at_end == "\r\n" {
            text.pop();
        }
    }
    Ok(text)
}

/// Whether the last value of a text is a block scalar.
fn ends_in_block_scalar(stream: &Stream) -> bool {
    let mut last = stream.documents.last().map(|document| &document.root);
    while let Some(node) = last {
        last = match &node.content {
            Content::Mapping { entries, .. } => entries.iter().last().map(|entry| &entry.value),
            Content::Sequence { items, .. } => items.last(),
            Content::Scalar(scalar) => {
                return matches!(scalar.quoting, Quoting::Literal | Quoting::Folded);
            }
            Content::Alias(_) => None,
        };
    }
    false
}

/// The edits by phase, with places that are valid at the start of the phase.
fn phases(stream: &Stream, edits: &[Edit]) -> [Vec<Edit>; 3] {
    let added: BTreeSet<Place> = edits
        .iter()
        .filter(|edit| matches!(edit, Edit::AddEntry { .. }))
        .map(Edit::place)
        .collect();
    let mut phases = [Vec::new(), Vec::new(), Vec::new()];
    let mut cleared: BTreeMap<Place, BTreeSet<usize>> = BTreeMap::new();
    for edit in edits {
        if let Edit::Remove { place } = edit
            && added.contains(place)
            && let Some((parent, step)) = place.parent()
            && let Some(index) = stream
                .node(&parent)
                .and_then(|node| child_index(node, step))
        {
            cleared.entry(parent).or_default().insert(index);
            phases[0].push(edit.clone());
        }
    }
    let cleared: BTreeMap<Place, Vec<usize>> = cleared
        .into_iter()
        .map(|(place, gone)| (place, gone.into_iter().collect()))
        .collect();
    let mut shifts: BTreeMap<Place, Vec<usize>> = BTreeMap::new();
    let mut document_slots: Vec<usize> = Vec::new();
    for edit in edits {
        let mut edit = edit.clone();
        match &mut edit {
            Edit::Remove { .. } | Edit::RemoveDocument { .. } => continue,
            Edit::AddEntry { mapping, after, .. } => {
                if let (Some(gone), Some(index)) = (cleared.get(mapping), *after) {
                    let left = index + 1 - gone.partition_point(|at| *at <= index);
                    *after = left.checked_sub(1);
                }
            }
            Edit::AddItem {
                sequence, after, ..
            } => {
                shifts
                    .entry(sequence.clone())
                    .or_default()
                    .push(after.map_or(0, |after| after + 1));
            }
            Edit::AddDocument { after, .. } => {
                document_slots.push(after.map_or(0, |after| after + 1));
            }
            Edit::Set { .. } => {}
        }
        phases[1].push(edit);
    }
    document_slots.sort_unstable();
    for slots in shifts.values_mut() {
        slots.sort_unstable();
    }
    let moved =
        |index: usize, slots: &[usize]| index + slots.partition_point(|slot| *slot <= index);
    let moved_document = |index: usize| moved(index, &document_slots);
    for edit in edits {
        match edit {
            Edit::Remove { place } if !added.contains(place) => {
                let mut new = Place::root(moved_document(place.document));
                let mut original = Place::root(place.document);
                for step in &place.steps {
                    new.steps.push(match (step, shifts.get(&original)) {
                        (Step::Index(index), Some(slots)) => Step::Index(moved(*index, slots)),
                        _ => step.clone(),
                    });
                    original.steps.push(step.clone());
                }
                phases[2].push(Edit::Remove { place: new });
            }
            Edit::RemoveDocument { document } => {
                phases[2].push(Edit::RemoveDocument {
                    document: moved_document(*document),
                });
            }
            _ => {}
        }
    }
    phases
}

/// Applies the edits of one phase.
fn pass(stream: &Stream, edits: &[Edit]) -> Result<String, EditError> {
    let target = Target::of(stream);
    let mut patches: Vec<Patch> = Vec::new();
    let mut additions: BTreeMap<Place, Additions> = BTreeMap::new();
    let mut removals: BTreeMap<Place, BTreeSet<usize>> = BTreeMap::new();
    let mut dropped: BTreeSet<usize> = BTreeSet::new();
    for edit in edits {
        let shape = || EditError::Shape(edit.place());
        match edit {
            Edit::Set { place, value } => {
                let node = node(stream, place)?;
                let value = value.as_value().ok_or_else(shape)?;
                patches.extend(set::patches(&target, place, node, &value).ok_or_else(shape)?);
            }
            Edit::AddEntry {
                mapping,
                key,
                after,
                entry,
            } => {
                let entry = entry.as_entry(key).ok_or_else(shape)?;
                additions
                    .entry(mapping.clone())
                    .or_default()
                    .push((*after, entry));
            }
            Edit::AddItem {
                sequence,
                after,
                item,
            } => {
                let item = item.as_item().ok_or_else(shape)?;
                additions
                    .entry(sequence.clone())
                    .or_default()
                    .push((*after, item));
            }
            Edit::Remove { place } => {
                let missing = || EditError::Missing(place.clone());
                let (parent, step) = place.parent().ok_or_else(missing)?;
                let index = child_index(node(stream, &parent)?, step).ok_or_else(missing)?;
                removals.entry(parent).or_default().insert(index);
            }
            Edit::AddDocument { after, document } => {
                patches.push(documents::add(&target, *after, document));
            }
            Edit::RemoveDocument { document } => {
                dropped.insert(*document);
            }
        }
    }
    patches.extend(documents::remove(&target, &dropped));
    for (place, additions) in &additions {
        let node = node(stream, place)?;
        let refused = || EditError::Unproven(place.clone());
        let found = if child_count(node) == 0 {
            let value = combined(node, additions).ok_or_else(refused)?;
            set::patches(&target, place, node, &value)
        } else if node.layout() == Some(Layout::Flow) {
            flow::add(&target, place, node, additions)
        } else {
            block::add(&target, place, node, additions)
        };
        patches.extend(found.ok_or_else(refused)?);
    }
    for (place, indexes) in &removals {
        let node = node(stream, place)?;
        let found = match node.layout() {
            Some(Layout::Flow) => flow::remove(&target, place, node, indexes),
            _ => block::remove(&target, place, node, indexes),
        };
        patches.extend(found.ok_or_else(|| EditError::Unproven(place.clone()))?);
    }
    patch::apply(&stream.text, patches).map_err(EditError::Overlap)
}

fn node<'s>(stream: &'s Stream, place: &Place) -> Result<&'s Node, EditError> {
    stream
        .node(place)
        .ok_or_else(|| EditError::Missing(place.clone()))
}

/// All additions to an empty collection as one value.
fn combined(node: &Node, additions: &Additions) -> Option<Fragment> {
    let json = additions.iter().all(|(_, fragment)| fragment.json);
    let text: String = additions
        .iter()
        .map(|(_, fragment)| fragment.text())
        .collect();
    let mut value = Fragment::of_text(&text, json)?;
    if let (Some(tag), Content::Mapping { .. } | Content::Sequence { .. }) =
        (node.tag(), &node.content)
    {
        value = Fragment::of_text(&format!("{tag}\n{text}"), json)?;
    }
    Some(value)
}
