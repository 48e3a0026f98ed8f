//! Applies edits to a text and proves the result.
//!
//! # Why
//!
//! A file is edited in place and never serialized again, so everything outside
//! the edits stays as it is. Edits become patches of the text. The result is
//! parsed and compared with the values that the edits describe. If they differ,
//! the failing edit is tried again with its fragment in the simplest form,
//! without the layout of its source. If they still differ, the edits are
//! refused. Aliases in new text stay aliases if the target has their anchors.

use std::collections::HashSet;

use super::check;
use super::edit::Edit;
use super::error::EditError;
use super::fragment::{Aliased, Fragment};
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
    if let Some(aliased) = with_aliases(stream, &written)
        && let Ok(text) = prove(&aliased)
    {
        return Ok(text);
    }
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
    if matches!(edit, Edit::AddDocument { .. }) {
        return false;
    }
    let document = stream.documents.get(edit.place().document);
    let (Some(fragment), Some(document)) = (edit.fragment(), document) else {
        return false;
    };
    brought_anchors(fragment).any(|name| document.anchors.has(name))
}

fn brought_anchors(fragment: &Fragment) -> impl Iterator<Item = &str> {
    let documents = fragment.stream.documents.iter();
    documents.flat_map(|document| document.anchors.names())
}

/// The edit with its fragment in the simplest form.
fn simplified(edit: &Edit) -> Option<Edit> {
    let fragment = edit.fragment()?.simplified()?;
    Some(edit.with_fragment(fragment))
}

/// The edits with the aliases of their sources, where the document has anchors of these names or an
/// edit brings them; `None` if there are none. The proof shows whether the anchors have the values.
fn with_aliases(stream: &Stream, edits: &[Edit]) -> Option<Vec<Edit>> {
    let mut brought: HashSet<(usize, &str)> = HashSet::new();
    if edits.iter().any(|edit| aliased(edit).is_some()) {
        for edit in edits {
            let names = edit.fragment().into_iter().flat_map(brought_anchors);
            brought.extend(names.map(|name| (edit.place().document, name)));
        }
    }
    let is_known = |document: usize, name: &str| {
        let anchors = stream.documents.get(document).map(|d| &d.anchors);
        anchors.is_some_and(|anchors| anchors.has(name)) || brought.contains(&(document, name))
    };
    let mut has_any = false;
    let edits = edits.iter().map(|edit| {
        let document = edit.place().document;
        match aliased(edit) {
            Some(aliased) if aliased.anchors.iter().all(|name| is_known(document, name)) => {
                has_any = true;
                edit.with_fragment(aliased.fragment.clone())
            }
            _ => edit.clone(),
        }
    });
    let edits = edits.collect();
    has_any.then_some(edits)
}

fn aliased(edit: &Edit) -> Option<&Aliased> {
    let aliased = edit.fragment()?.aliased.as_deref()?;
    // PyYAML refuses tabs between tokens.
    (!aliased.fragment.text().contains('\t')).then_some(aliased)
}
