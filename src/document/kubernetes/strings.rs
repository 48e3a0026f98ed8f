//! Compares and merges streams, and the documents inside their strings.
//!
//! # Why
//!
//! A version in a patch of a kustomization or in the values of a Helm chart is the same as in a file
//! of its own. So where both sides have a document in a string, its places are compared instead of
//! the string, by the rules for a file. A string within such a string is one value.

use std::collections::BTreeMap;

use super::base::BaseNode;
use super::compare::{Compared, compare_streams};
use super::difference::{Difference, Insertion, Shared};
use super::merge::{MergeError, merge_streams};
use super::secrets::SecretPart;
use super::sides::{Base, Sides};
use super::stem::scalar_text;
use super::version_places::Owner;
use crate::document::lines::Format;
use crate::yaml::{Place, Stream, embedded, replace_embedded};

/// Lists the differences in the target's order; new places are where they will be.
pub fn compare(sides: &Sides<'_>) -> Vec<Difference> {
    let Compared { found, strings } = compare_streams(sides);
    let edits = found.iter().filter_map(|d| d.shared.as_deref());
    let mut next_edit = edits.map(|shared| shared.edit + 1).max().unwrap_or(0);
    let mut all = Vec::with_capacity(found.len());
    for string in found {
        let base = strings.get(&string.place);
        let Some(inner) = base.and_then(|base| differences(sides, &string, *base)) else {
            all.push(string);
            continue;
        };
        let first_edit = next_edit;
        for difference in inner {
            let difference = inside(difference, &string, first_edit);
            if let Some(shared) = &difference.shared {
                next_edit = next_edit.max(shared.edit + 1);
            }
            all.push(difference);
        }
    }
    all
}

/// The target's text with the promoted differences in it; every other byte stays as it is.
///
/// Places that only the target has follow an anchored value that is promoted.
///
/// # Errors
/// [`MergeError`] names the place that cannot be edited; nothing else is returned then.
pub fn merge(sides: &Sides<'_>, promoted: &[&Difference]) -> Result<String, MergeError> {
    let mut strings: BTreeMap<Place, Vec<&Difference>> = BTreeMap::new();
    let mut others = Vec::new();
    for difference in promoted {
        match difference.place.split() {
            Some((string, _)) => strings.entry(string).or_default().push(difference),
            None => others.push(*difference),
        }
    }
    if strings.is_empty() {
        return merge_streams(sides, promoted);
    }
    let mut texts = Vec::with_capacity(strings.len());
    for (string, promoted) in strings {
        let text = merged_string(sides, &string, &promoted).map_err(|source| {
            let path = string.normalized();
            let source = Box::new(source);
            MergeError::String { path, source }
        })?;
        texts.push((string, text));
    }
    let target = replace_embedded(sides.target, &texts)?;
    let sides = Sides {
        target: &target,
        ..*sides
    };
    merge_streams(&sides, &others)
}

/// The differences of the documents in a string of both sides; `None` if the string is one value.
fn differences(
    sides: &Sides<'_>,
    string: &Difference,
    base: BaseNode<'_>,
) -> Option<Vec<Difference>> {
    let owner = Owner::of(sides.target.root(string.place.document));
    let is_data = string.secret == Some(SecretPart::Data);
    // The merge of a text file that is no YAML knows its lines only.
    let is_yaml = sides.format == Format::Yaml;
    if !is_yaml || string.shared.is_some() || owner.is_secret() || is_data {
        return None;
    }
    let target = sides.target.embedded(&string.place)?;
    let source = source_document(sides, string.source.as_ref()?)?;
    let base = match base {
        BaseNode::Target => None,
        BaseNode::Node(node) => Some(embedded(scalar_text(node))?),
        BaseNode::Missing => return None,
    };
    let found = compare_streams(&Sides {
        source: &source,
        target: &target,
        base: base.as_ref().map_or(Base::Target, Base::Stream),
        naming: sides.naming,
        file: string.keys.last().map_or(sides.file, String::as_str),
        format: sides.format,
    })
    .found;
    // Only the layout differs, or these are two documents that have nothing in common.
    let is_whole = found.is_empty() || found.iter().any(|d| d.place.steps.is_empty());
    (!is_whole).then_some(found)
}

/// The document in a string of the source, which may be written in any style.
fn source_document(sides: &Sides<'_>, string: &Place) -> Option<Stream> {
    embedded(scalar_text(sides.source.at(string)?))
}

/// The text of a string of the target with the promoted differences in it.
fn merged_string(
    sides: &Sides<'_>,
    string: &Place,
    promoted: &[&Difference],
) -> Result<String, MergeError> {
    let document = || sides.target.embedded(string);
    let target = document().ok_or(MergeError::NoDocument)?;
    let sources = promoted.iter().filter_map(|d| d.source.as_ref()?.split());
    let source = match sources.map(|(string, _)| string).next() {
        Some(string) => source_document(sides, &string),
        // Removals need no source.
        None => document(),
    };
    let sides = Sides {
        source: &source.ok_or(MergeError::NoDocument)?,
        target: &target,
        ..*sides
    };
    let promoted: Vec<Difference> = promoted.iter().map(|d| below(d)).collect();
    merge_streams(&sides, &promoted.iter().collect::<Vec<_>>())
}

/// A difference in the document of a string as one of the file.
fn inside(difference: Difference, string: &Difference, first_edit: usize) -> Difference {
    let place = |inner: &Place| string.place.inside(inner);
    Difference {
        document: string.document.clone(),
        secret: difference.secret.or(string.secret),
        source: (string.source.as_ref().zip(difference.source.as_ref()))
            .map(|(outer, inner)| outer.inside(inner)),
        path: format!("{}|{}", string.path, difference.path),
        keys: [string.keys.as_slice(), &difference.keys].concat(),
        place: place(&difference.place),
        insertion: difference.insertion.map(|insertion| Insertion {
            parent: place(&insertion.parent),
            ..insertion
        }),
        shared: difference.shared.map(|shared| {
            Box::new(Shared {
                edit: shared.edit + first_edit,
                unchanged: shared.unchanged.as_ref().map(place),
                dangling: shared.dangling.iter().map(place).collect(),
                follows: shared.follows.iter().map(place).collect(),
                ..*shared
            })
        }),
        ..difference
    }
}

/// A difference inside a string as one of the document there, for its merge.
fn below(difference: &Difference) -> Difference {
    let inner = |place: &Place| match place.split() {
        Some((_, inner)) => inner,
        None => place.clone(),
    };
    Difference {
        place: inner(&difference.place),
        source: difference.source.as_ref().map(inner),
        insertion: difference.insertion.as_ref().map(|insertion| Insertion {
            parent: inner(&insertion.parent),
            ..*insertion
        }),
        shared: difference.shared.as_deref().map(|shared| {
            Box::new(Shared {
                follows: shared.follows.iter().map(inner).collect(),
                ..shared.clone()
            })
        }),
        ..difference.clone()
    }
}
