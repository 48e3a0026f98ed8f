//! Edits as data, and [`splice`], which applies and proves them.
//!
//! # Why
//!
//! A file is edited, never printed anew: every byte that no edit names stays.
//! Edits become byte ranges on the text; the result is parsed and compared with
//! the model that was meant. Where the pretty way does not prove, the edit at
//! fault is written in the plainest way, and only then refused.

use super::check;
use super::edit::Edit;
use super::error::EditError;
use super::node::Stream;
use super::phases;
use super::proof;

/// Applies edits to the stream's text; every byte that no edit names stays.
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
/// When an edit cannot be made, or could not be proven right. The text is then
/// as before.
pub fn splice(stream: &Stream, edits: &[Edit]) -> Result<String, EditError> {
    if edits.is_empty() {
        return Ok(stream.text.clone());
    }
    check::edits(stream, edits)?;
    let unanchored: Vec<Edit>;
    let mut edits = edits;
    if edits.iter().any(|edit| redefines(stream, edit)) {
        let free = |edit: &Edit| redefines(stream, edit).then(|| plainest(edit)).flatten();
        unanchored = edits
            .iter()
            .map(|edit| free(edit).unwrap_or_else(|| edit.clone()))
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
            Err(EditError::Unproven(_)) => plainest(edit).unwrap_or_else(|| edit.clone()),
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

fn proven(stream: &Stream, edits: &[Edit]) -> Result<String, EditError> {
    let expected = proof::expected(stream, edits)?;
    let text = phases::run(stream, edits)?;
    match Stream::parse(&text) {
        Ok(result) if proof::holds(&result, &expected) => Ok(text),
        _ => Err(EditError::Unproven(
            edits.first().map(Edit::place).unwrap_or_default(),
        )),
    }
}

/// Whether the edit would bring an anchor that the document has already.
///
/// Aliases after it would then stand for something else.
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

/// The edit with its fragment written from nothing.
fn plainest(edit: &Edit) -> Option<Edit> {
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
        } => *fragment = fragment.plainest()?,
        Edit::Remove { .. } | Edit::RemoveDocument { .. } => return None,
    }
    Some(edit)
}
