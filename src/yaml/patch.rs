//! Patches: byte ranges of a text and what stands there instead.

use super::node::Span;
use super::place::Place;

/// Some bytes of the text and what stands there instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Patch {
    /// What goes away; empty where something is only put in.
    pub(super) span: Span,
    /// What comes.
    pub(super) text: String,
    /// How deep in the tree; at one spot the deeper comes first.
    pub(super) depth: usize,
    /// The edit that it comes from.
    pub(super) place: Place,
}

/// The text with all patches, or the place of one that overlaps another.
pub(super) fn apply(text: &str, mut patches: Vec<Patch>) -> Result<String, Place> {
    // Stable, so that several additions at one spot keep their order.
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
