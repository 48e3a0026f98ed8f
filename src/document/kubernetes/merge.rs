//! Writing chosen differences into the target.

use std::collections::{HashMap, HashSet};

use thiserror::Error;

use super::added;
use super::difference::{Difference, Part};
use super::sides::Sides;
use super::version_comments::with_moved_comments;
use crate::domain::Op;
use crate::yaml::{
    self, Content, Edit, EditError, Fragment, Kind, ParseError, Place, Quoting, Step, Stream, Value,
};

/// Why differences cannot be written into the target's text.
#[derive(Debug, Error)]
pub enum MergeError {
    /// The edit could not be proven correct.
    #[error("the edit cannot be made without touching other bytes")]
    Edit(#[from] EditError),
    /// Another place of the target would change, too, which keeps its value.
    #[error(
        "`{path}` cannot change alone: the anchor `{anchor}` shares its value with other places"
    )]
    Shared {
        /// The place in the target.
        path: String,
        /// The anchor.
        anchor: String,
    },
    /// The source's lines are not valid on their own with the target's names.
    #[error("the source's lines at `{path}` cannot be copied")]
    Fragment {
        /// The place in the target.
        path: String,
        /// The parser's error.
        #[source]
        source: Option<ParseError>,
    },
    /// JSON has no tags.
    #[error("`{path}` has the tag `{tag}` in the source, which JSON cannot have")]
    Tag {
        /// The place in the target.
        path: String,
        /// The tag.
        tag: String,
    },
    /// The document inside a string cannot be edited.
    #[error("the document in the string at `{path}` cannot be edited")]
    String {
        /// The place in the target.
        path: String,
        /// What is wrong.
        #[source]
        source: Box<MergeError>,
    },
    /// A string no longer holds the document that was compared.
    #[error("the string holds no document")]
    NoDocument,
}

/// The target's text with the promoted differences in it; none of them is inside a string.
pub(super) fn merge_streams(
    sides: &Sides<'_>,
    promoted: &[&Difference],
) -> Result<String, MergeError> {
    let mut made: HashMap<usize, usize> = HashMap::new();
    for shared in promoted.iter().filter_map(|d| d.shared.as_deref()) {
        *made.entry(shared.edit).or_default() += 1;
    }
    let removed: HashSet<&Place> = promoted
        .iter()
        .filter(|d| d.op == Op::Remove)
        .map(|d| &d.place)
        .collect();
    let is_removed = |place: &Place| place.and_above().any(|above| removed.contains(&above));
    let mut edits = Vec::with_capacity(promoted.len());
    for difference in promoted {
        let edit = edit(sides, difference)?;
        if let Some(shared) = &difference.shared {
            if made[&shared.edit] < shared.differences || shared.unchanged.is_some() {
                return Err(MergeError::Shared {
                    path: difference.path.clone(),
                    anchor: shared.anchor.clone(),
                });
            }
            let places = shared.follows.iter().filter(|place| !is_removed(place));
            edits.extend(places.filter_map(|place| edit.elsewhere(sides.target, place)));
        }
        edits.push(edit);
    }
    let commented = with_moved_comments(sides, promoted);
    Ok(yaml::splice(
        commented.as_ref().unwrap_or(sides.target),
        &edits,
    )?)
}

fn edit(sides: &Sides<'_>, d: &Difference) -> Result<Edit, MergeError> {
    let is_json = (sides.file.rsplit_once('.')).is_some_and(|(_, extension)| extension == "json");
    if is_json
        && let Some(tag) = d
            .after
            .as_ref()
            .and_then(|value| value.tags().first().copied())
    {
        return Err(MergeError::Tag {
            path: d.path.clone(),
            tag: tag.to_owned(),
        });
    }
    let place = d.place.clone();
    Ok(match (d.op, d.part) {
        (Op::Remove, Part::Document) => Edit::RemoveDocument {
            document: place.document,
        },
        (Op::Remove, _) => Edit::Remove { place },
        (Op::Set, _) => Edit::Set {
            place,
            value: value(sides, d)?,
        },
        (Op::Add, part) => {
            let source = d.source.as_ref().ok_or_else(|| refuse(d, None))?;
            let fragment = added::fragment(sides, part, source).map_err(|e| refuse(d, e))?;
            let (parent, after) = d
                .insertion
                .as_ref()
                .map(|i| (i.parent.clone(), i.after))
                .ok_or_else(|| refuse(d, None))?;
            match (part, place.steps.last()) {
                (Part::Document, _) => Edit::AddDocument {
                    after,
                    document: fragment,
                },
                (Part::Entry, Some(Step::Key(key))) => Edit::AddEntry {
                    mapping: parent,
                    key: key.clone(),
                    after,
                    entry: fragment,
                },
                _ => Edit::AddItem {
                    sequence: parent,
                    after,
                    item: fragment,
                },
            }
        }
    })
}

/// The value that a set writes.
fn value(sides: &Sides<'_>, d: &Difference) -> Result<Fragment, MergeError> {
    let at = d.source.as_ref().ok_or_else(|| refuse(d, None))?;
    if let Some(Value::Scalar { text, kind }) = &d.after
        && (d.rewritten.is_some() || needs_other_style(sides, d, at, *kind))
    {
        return Ok(Fragment::scalar(text, *kind));
    }
    Fragment::value(sides.source, at).ok_or_else(|| refuse(d, None))
}

/// Whether a version cannot have the source's style: a number in place of a text, or a block in place
/// of one line.
fn needs_other_style(sides: &Sides<'_>, d: &Difference, at: &Place, kind: Kind) -> bool {
    let scalar = |stream: &'_ Stream, place: &Place| match &stream.at(place)?.content {
        Content::Scalar(scalar) => Some((scalar.kind, scalar.quoting)),
        _ => None,
    };
    let is_block = |quoting| matches!(quoting, Quoting::Literal | Quoting::Folded);
    match (scalar(sides.source, at), scalar(sides.target, &d.place)) {
        (Some((own, quoting)), Some((_, old))) if d.version.is_some() => {
            own != kind || is_block(quoting) && !is_block(old)
        }
        _ => false,
    }
}

fn refuse(d: &Difference, source: Option<ParseError>) -> MergeError {
    MergeError::Fragment {
        path: d.path.clone(),
        source,
    }
}
