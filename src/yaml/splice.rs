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

use super::check;
use super::edit::Edit;
use super::error::EditError;
use super::node::Stream;
use super::phases;
use super::proof;

/// Applies edits to the text of a stream; everything else stays byte for byte.
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
    if edits.is_empty() {
        return Ok(stream.text.clone());
    }
    check::edits(stream, edits)?;
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
    let first = match proven(stream, edits) {
        Ok(text) => return Ok(text),
        Err(error) => error,
    };
    let edits: Vec<Edit> = edits
        .iter()
        .map(|edit| match proven(stream, std::slice::from_ref(edit)) {
            Err(EditError::Unproven(_)) => simplified(edit).unwrap_or_else(|| edit.clone()),
            _ => edit.clone(),
        })
        .collect();
    proven(stream, &edits).map_err(|_| {
        match edits
            .iter()
            .find_map(|edit| proven(stream, std::slice::from_ref(edit)).err())
        {
            Some(error) => error,
            None => first,
        }
    })
}

/// The edited text, if it has the values that the edits describe.
fn proven(stream: &Stream, edits: &[Edit]) -> Result<String, EditError> {
    let expected = proof::expected(stream, edits)?;
    let text = phases::run(stream, edits)?;
    match Stream::parse(&text) {
        Ok(result) if proof::matches(&result, &expected) => Ok(text),
        _ => Err(EditError::Unproven(
            edits.first().map(Edit::place).unwrap_or_default(),
        )),
    }
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
        .flat_map(|document| &document.anchors);
    let Some(document) = stream.documents.get(edit.place().document) else {
        return false;
    };
    brought
        .into_iter()
        .any(|(name, _)| document.anchors.iter().any(|(there, _)| there == name))
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
