//! Turns edits of resolved places into edits of the text.
//!
//! # Why
//!
//! Places that share a node of the text can only change together. So the edits
//! of all of them become one edit of that node, and are refused if they differ.
//! An alias is never replaced by a literal.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::edit::Edit;
use super::error::EditError;
use super::node::{Content, Stream};
use super::place::{Place, Step};

/// What an edit does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    Set,
    Remove,
    AddEntry,
    AddItem,
    Document,
}

/// What changes in the text: the kind of edit, and its place in the text.
type Node = (Kind, Place);

/// The edits of the text for each resolved place, or collection that gets new children.
type Origins = BTreeMap<Place, Vec<Edit>>;

/// The edits of the text that make edits of resolved places.
///
/// # Errors
/// When a place is missing, or edits of places that share a node differ.
pub(super) fn edits<'e>(stream: &Stream, edits: &'e [Edit]) -> Result<Cow<'e, [Edit]>, EditError> {
    let is_shared = |edit: &Edit| match edit {
        Edit::AddDocument { .. } | Edit::RemoveDocument { .. } => false,
        _ => stream.has_references(edit.place().document),
    };
    if !edits.iter().any(is_shared) {
        return Ok(Cow::Borrowed(edits));
    }
    let mut written = Vec::new();
    let mut nodes: BTreeMap<Node, Origins> = BTreeMap::new();
    for edit in edits {
        if !is_shared(edit) {
            written.push(edit.clone());
            continue;
        }
        let (kind, origin, place, new) = written_edit(stream, edit)?;
        let origins = nodes.entry((kind, place)).or_default();
        origins.entry(origin).or_default().push(new);
    }
    drop_merged_entries(stream, &mut nodes);
    refuse_removed_anchors(&nodes)?;
    for ((_, place), origins) in nodes {
        // The layout of the new text comes from the edit at the node's own place.
        let own = origins.get_key_value(&place);
        let Some((chosen, edits)) = own.or_else(|| origins.first_key_value()) else {
            continue;
        };
        for (origin, others) in &origins {
            let is_alike = others.len() == edits.len()
                && others.iter().zip(edits).all(|(a, b)| a.makes_same(b));
            if !is_alike {
                return Err(EditError::Shared {
                    place: chosen.clone(),
                    other: origin.clone(),
                });
            }
        }
        written.extend(edits.iter().cloned());
    }
    Ok(Cow::Owned(written))
}

/// Refuses to set an alias whose anchor another edit removes: the value would be set there.
fn refuse_removed_anchors(nodes: &BTreeMap<Node, Origins>) -> Result<(), EditError> {
    let edits = || {
        nodes
            .values()
            .flat_map(|origins| origins.values().flatten())
    };
    let removed: BTreeSet<Place> = edits()
        .filter(|edit| matches!(edit, Edit::Remove { .. }))
        .map(Edit::place)
        .collect();
    for ((_, place), origins) in nodes {
        let is_removed = || place.and_above().any(|above| removed.contains(&above));
        let alias = origins.iter().find(|(origin, edits)| {
            *origin != place && edits.iter().any(|edit| matches!(edit, Edit::Set { .. }))
        });
        if let Some((other, _)) = alias
            && is_removed()
        {
            return Err(EditError::Shared {
                place: place.clone(),
                other: other.clone(),
            });
        }
    }
    Ok(())
}

/// Drops new entries of a mapping that it gets by its merge key.
fn drop_merged_entries(stream: &Stream, nodes: &mut BTreeMap<Node, Origins>) {
    let mut added: HashMap<(Place, String), Vec<Edit>> = HashMap::new();
    for ((_, place), origins) in nodes.iter() {
        for new in origins.values().flatten() {
            if let Edit::AddEntry { key, .. } = new {
                let edits = added.entry((place.clone(), key.clone())).or_default();
                edits.push(new.clone());
            }
        }
    }
    for ((_, place), origins) in nodes.iter_mut() {
        let merged = stream.all_merged(place);
        if merged.is_empty() {
            continue;
        }
        for edits in origins.values_mut() {
            edits.retain(|edit| {
                let Edit::AddEntry { key, entry, .. } = edit else {
                    return true;
                };
                let brings = |from: &Place| {
                    let edits = added.get(&(from.clone(), key.clone()));
                    edits.into_iter().flatten().any(
                        |edit| matches!(edit, Edit::AddEntry { entry: other, .. } if other.means(entry)),
                    )
                };
                !merged.iter().any(brings)
            });
        }
        origins.retain(|_, edits| !edits.is_empty());
    }
}

/// The kind of an edit, its resolved place, the place in the text that it changes, and the edit there.
fn written_edit(stream: &Stream, edit: &Edit) -> Result<(Kind, Place, Place, Edit), EditError> {
    let missing = |place: &Place| match stream.at(place) {
        Some(_) => EditError::ThroughAlias(place.clone()),
        None => EditError::Missing(place.clone()),
    };
    let holder = |place: &Place| stream.holder(place).ok_or_else(|| missing(place));
    Ok(match edit {
        Edit::Set { place, value } => {
            let at = holder(place)?;
            let new = Edit::Set {
                place: at.clone(),
                value: value.clone(),
            };
            (Kind::Set, place.clone(), at, new)
        }
        Edit::Remove { place } => {
            let (at, _) = stream.site(place).ok_or_else(|| missing(place))?;
            (
                Kind::Remove,
                place.clone(),
                at.clone(),
                Edit::Remove { place: at },
            )
        }
        Edit::AddEntry {
            mapping,
            key,
            after,
            entry,
        } => {
            let at = holder(mapping)?;
            let new = Edit::AddEntry {
                mapping: at.clone(),
                key: key.clone(),
                after: after_in_text(stream, mapping, &at, *after)?,
                entry: entry.clone(),
            };
            (Kind::AddEntry, mapping.clone(), at, new)
        }
        Edit::AddItem {
            sequence,
            after,
            item,
        } => {
            let at = holder(sequence)?;
            let new = Edit::AddItem {
                sequence: at.clone(),
                after: *after,
                item: item.clone(),
            };
            (Kind::AddItem, sequence.clone(), at, new)
        }
        Edit::AddDocument { .. } | Edit::RemoveDocument { .. } => {
            (Kind::Document, edit.place(), edit.place(), edit.clone())
        }
    })
}

/// The index in the text of the entry that an addition follows.
fn after_in_text(
    stream: &Stream,
    mapping: &Place,
    holder: &Place,
    after: Option<usize>,
) -> Result<Option<usize>, EditError> {
    let Some(index) = after else { return Ok(None) };
    let missing = || EditError::Missing(mapping.child(Step::Index(index)));
    let resolved = stream.at(mapping).ok_or_else(missing)?;
    let Content::Mapping { entries, .. } = &resolved.content else {
        return Ok(after);
    };
    let name = entries.get(index).ok_or_else(missing)?.name();
    let written = stream.node(holder).ok_or_else(missing)?;
    let Content::Mapping { entries, .. } = &written.content else {
        return Ok(after);
    };
    // An entry that is not in the text comes from the merge key.
    Ok(entries.position(name).or_else(|| entries.position("<<")))
}
