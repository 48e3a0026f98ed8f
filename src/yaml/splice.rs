//! Applies edits to a text and proves the result.
//!
//! # Why
//!
//! A file is edited in place and never serialized again, so everything outside
//! the edits stays as it is. Edits become patches of the text. The result is
//! parsed and compared with the values that the edits describe. If they differ,
//! the failing edit is tried again with its fragment in the simplest form,
//! without the layout of its source. If they still differ, the edits are
//! refused.

use std::borrow::Cow;

use super::check;
use super::edit::Edit;
use super::error::EditError;
use super::node::Stream;
use super::phases;
use super::proof::{self, Reading};
use super::written;

/// Applies edits to the text of a stream; everything else stays byte for byte.
///
/// The places are those of the resolved documents. Every place that shares a node by an anchor needs
/// the same edit, or the edits are refused.
///
/// ```
/// use git_promote::yaml::{Edit, Fragment, Kind, Place, Step, Stream, splice};
/// let stream = Stream::parse("tag: v1 # keep\n").unwrap();
/// let place = Place::new(0, [Step::Key("tag".into())]);
/// let value = Fragment::scalar("v2", Kind::Str);
/// let text = splice(&stream, &[Edit::Set { place, value }]).unwrap();
/// assert_eq!(text, "tag: v2 # keep\n");
/// ```
///
/// # Errors
/// When an edit cannot be made, or the result cannot be proven correct.
pub fn splice(stream: &Stream, edits: &[Edit]) -> Result<String, EditError> {
    apply(stream, edits, Reading::Resolved)
}

/// Applies edits whose places are those of the text, also in a piece whose aliases have no anchor.
pub(super) fn splice_written(stream: &Stream, edits: &[Edit]) -> Result<String, EditError> {
    apply(stream, edits, Reading::Written)
}

fn apply(stream: &Stream, edits: &[Edit], reading: Reading) -> Result<String, EditError> {
    if edits.is_empty() {
        return Ok(stream.text.clone());
    }
    check::edits(stream, &in_text(stream, edits, reading)?)?;
    let unanchored: Vec<Edit>;
    let mut edits = edits;
    if edits.iter().any(|edit| redefines(stream, edit)) {
        let without_anchor =
            |edit: &Edit| redefines(stream, edit).then(|| simplified(edit)).flatten();
        unanchored = edits
            .iter()
            .map(|edit| without_anchor(edit).unwrap_or_else(|| edit.clone()))
            .collect();
        edits = &unanchored;
    }
    let first = match proven(stream, edits, reading) {
        Ok(text) => return Ok(text),
        Err(error) => error,
    };
    let edits: Vec<Edit> = edits
        .iter()
        .map(
            |edit| match proven(stream, std::slice::from_ref(edit), reading) {
                Err(EditError::Unproven(_)) => simplified(edit).unwrap_or_else(|| edit.clone()),
                _ => edit.clone(),
            },
        )
        .collect();
    proven(stream, &edits, reading).map_err(|_| {
        match edits
            .iter()
            .find_map(|edit| proven(stream, std::slice::from_ref(edit), reading).err())
        {
            Some(error) => error,
            None => first,
        }
    })
}

/// The edits of the text.
fn in_text<'e>(
    stream: &Stream,
    edits: &'e [Edit],
    reading: Reading,
) -> Result<Cow<'e, [Edit]>, EditError> {
    match reading {
        Reading::Written => Ok(Cow::Borrowed(edits)),
        Reading::Resolved => written::edits(stream, edits),
    }
}

/// The edited text, if it has the values that the edits describe.
///
/// Every place counts that resolves to an edited node, so that nothing else changes by an alias or a
/// merge key.
fn proven(stream: &Stream, edits: &[Edit], reading: Reading) -> Result<String, EditError> {
    let written = in_text(stream, edits, reading)?;
    let expected = proof::expected(stream, &written, Reading::Written)?;
    let text = phases::run(stream, &written)?;
    let unproven = || EditError::Unproven(edits.first().map(Edit::place).unwrap_or_default());
    let result = Stream::parse(&text).map_err(|_| unproven())?;
    if !proof::matches(&result, &expected, Reading::Written) {
        return Err(unproven());
    }
    let has_references = |stream: &Stream| {
        (0..stream.documents.len()).any(|document| stream.has_references(document))
    };
    if reading == Reading::Resolved && (has_references(stream) || has_references(&result)) {
        let expected = proof::expected(stream, edits, Reading::Resolved)?;
        if !proof::matches(&result, &expected, Reading::Resolved) {
            return Err(unproven());
        }
    }
    Ok(text)
}

/// Whether the edit brings an anchor that the document already has.
///
/// Aliases after it would then refer to another node.
fn redefines(stream: &Stream, edit: &Edit) -> bool {
    let fragment = match edit {
        Edit::Set {
            value: fragment, ..
        }
        | Edit::AddEntry {
            entry: fragment, ..
        }
        | Edit::AddItem { item: fragment, .. } => fragment,
        Edit::AddDocument { .. } | Edit::Remove { .. } | Edit::RemoveDocument { .. } => {
            return false;
        }
    };
    let brought = fragment
        .stream
        .documents
        .iter()
        .flat_map(|document| document.anchors.names());
    let Some(document) = stream.documents.get(edit.place().document) else {
        return false;
    };
    brought.into_iter().any(|name| document.anchors.has(name))
}

/// The edit with its fragment in the simplest form.
fn simplified(edit: &Edit) -> Option<Edit> {
    let mut edit = edit.clone();
    match &mut edit {
        Edit::Set {
            value: fragment, ..
        }
        | Edit::AddEntry {
            entry: fragment, ..
        }
        | Edit::AddItem { item: fragment, .. }
        | Edit::AddDocument {
            document: fragment, ..
        } => *fragment = fragment.simplified()?,
        Edit::Remove { .. } | Edit::RemoveDocument { .. } => return None,
    }
    Some(edit)
}
