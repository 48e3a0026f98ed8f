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
    let mut written = match reading {
        Reading::Written => edits.to_vec(),
        Reading::Resolved => written::edits(stream, edits)?.into_owned(),
    };
    check::edits(stream, &written)?;
    for edit in &mut written {
        if redefines(stream, edit)
            && let Some(simple) = simplified(edit)
        {
            *edit = simple;
        }
    }
    let prove = |written: &[Edit]| match reading {
        Reading::Written => proven(stream, written).map(|(text, _)| text),
        Reading::Resolved => proven_resolved(stream, written, edits),
    };
    let first = match prove(&written) {
        Ok(text) => return Ok(text),
        Err(error) => error,
    };
    let mut search = Search::new(stream);
    search.look(&written, 0);
    for at in search.unproven {
        if let Some(simple) = simplified(&written[at]) {
            written[at] = simple;
        }
    }
    prove(&written).map_err(|_| {
        let mut search = Search::new(stream);
        search.look(&written, 0);
        search.first.unwrap_or(first)
    })
}

/// Looks for the edits that cannot be proven, by halves.
///
/// # Why
///
/// A file may have thousands of edits, and each attempt parses all of it. So the attempts are
/// limited by the bytes that they read; edits that are left together when the limit is reached count
/// as unproven together.
struct Search<'s> {
    stream: &'s Stream,
    attempts: usize,
    /// The positions of the edits that are not proven.
    unproven: Vec<usize>,
    /// The first error of an edit alone.
    first: Option<EditError>,
}

impl<'s> Search<'s> {
    /// How many bytes all attempts read.
    const BYTES: usize = 8_000_000;

    fn new(stream: &'s Stream) -> Self {
        Self {
            stream,
            attempts: Self::BYTES / stream.text.len().max(1),
            unproven: Vec::new(),
            first: None,
        }
    }

    /// Looks among edits; `at` is the position of the first one.
    fn look(&mut self, edits: &[Edit], at: usize) {
        if self.attempts == 0 {
            self.unproven.extend(at..at + edits.len());
            return;
        }
        self.attempts -= 1;
        let Err(error) = proven(self.stream, edits) else {
            return;
        };
        if edits.len() > 1 {
            let (head, tail) = edits.split_at(edits.len() / 2);
            self.look(head, at);
            self.look(tail, at + head.len());
            return;
        }
        if matches!(error, EditError::Unproven(_)) {
            self.unproven.push(at);
        }
        self.first.get_or_insert(error);
    }
}

/// The edited text and its stream, if the text has the values that the edits describe.
fn proven(stream: &Stream, edits: &[Edit]) -> Result<(String, Stream), EditError> {
    let expected = proof::expected(stream, edits, Reading::Written)?;
    let text = phases::run(stream, edits)?;
    match Stream::parse(&text) {
        Ok(result) if proof::matches(&result, &expected, Reading::Written) => Ok((text, result)),
        _ => Err(unproven(edits)),
    }
}

/// The text with the written edits, if its documents resolve to what the edits of all places describe.
///
/// So nothing else changes by an alias or a merge key.
fn proven_resolved(stream: &Stream, written: &[Edit], edits: &[Edit]) -> Result<String, EditError> {
    let (text, result) = proven(stream, written)?;
    let has_references = |stream: &Stream| {
        (0..stream.documents.len()).any(|document| stream.has_references(document))
    };
    if has_references(stream) || has_references(&result) {
        let expected = proof::expected(stream, edits, Reading::Resolved)?;
        if !proof::matches(&result, &expected, Reading::Resolved) {
            return Err(unproven(edits));
        }
    }
    Ok(text)
}

fn unproven(edits: &[Edit]) -> EditError {
    EditError::Unproven(edits.first().map(Edit::place).unwrap_or_default())
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
