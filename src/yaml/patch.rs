//! Patches of a text.

use super::node::Span;
use super::place::Place;

/// A byte range of a text and its replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Patch {
    /// The bytes to replace; empty for an insertion.
    pub(super) span: Span,
    /// The replacement.
    pub(super) text: String,
    /// The depth in the tree; of two insertions at one offset, the deeper one comes first.
    pub(super) depth: usize,
    /// The place of the edit that it belongs to.
    pub(super) place: Place,
}

impl Patch {
    /// A patch of the value at `place`.
    pub(super) fn of(place: &Place, span: Span, text: String) -> Self {
        Self {
            span,
            text,
            depth: place.steps.len(),
            place: place.clone(),
        }
    }
}

/// Applies patches to a text.
///
/// # Errors
/// The place of a patch that overlaps another one.
pub(super) fn apply(text: &str, mut patches: Vec<Patch>) -> Result<String, Place> {
    // A stable sort keeps the order of insertions at one offset.
    patches.sort_by_key(|patch| (patch.span.start, patch.span.end, usize::MAX - patch.depth));
    let added: usize = patches.iter().map(|patch| patch.text.len()).sum();
    let mut out = String::with_capacity(text.len() + added);
    let mut at = 0;
    for patch in &patches {
        let Some(kept) = text.get(at..patch.span.start) else {
            return Err(patch.place.clone());
        };
        out.push_str(kept);
        out.push_str(&patch.text);
        at = patch.span.end;
    }
    let Some(rest) = text.get(at..) else {
        return Err(patches.pop().map(|patch| patch.place).unwrap_or_default());
    };
    out.push_str(rest);
    Ok(out)
}
