//! Adds and removes whole documents and keeps the `---` markers correct.

use std::collections::BTreeSet;

use super::fragment::Fragment;
use super::patch::Patch;
use super::place::Place;
use super::target::Target;
use super::text::{line_end, next_line};

/// Adds a document after another, or at the start.
pub(super) fn add(target: &Target<'_>, after: Option<usize>, document: &Fragment) -> Patch {
    let documents = &target.stream.documents;
    let mut body = document.text().to_owned();
    if !body.ends_with('\n') {
        body.push('\n');
    }
    let own_marker = ["---", "%"].iter().any(|start| body.starts_with(start));
    let next = after.map_or(0, |after| after + 1);
    let at = match documents.get(next) {
        Some(document) => document.span.start,
        None => target.text.len(),
    };
    let follows = after.is_some();
    let next_is_bare = documents
        .get(next)
        .is_some_and(|document| document.marker.is_none());
    let next_is_marked = documents
        .get(next)
        .is_some_and(|document| document.marker.is_some());
    let mut text = String::new();
    if !own_marker && (follows || next_is_marked) {
        text.push_str("---\n");
    }
    text.push_str(&body);
    if next_is_bare {
        text.push_str("---\n");
    }
    if target.newline != "\n" {
        text = text.replace('\n', target.newline);
    }
    Patch::of(&Place::root(next), at..at, text)
}

/// Removes documents.
pub(super) fn remove(target: &Target<'_>, indexes: &BTreeSet<usize>) -> Vec<Patch> {
    let documents = &target.stream.documents;
    let deletion = |index: usize, span| Patch::of(&Place::root(index), span, String::new());
    let spans = indexes
        .iter()
        .filter_map(|index| Some((*index, documents.get(*index)?.span.clone())));
    let mut patches: Vec<Patch> = spans.map(|(index, span)| deletion(index, span)).collect();
    let first_kept = (0..documents.len()).find(|index| !indexes.contains(index));
    if let (Some(first), Some(kept)) = (documents.first(), first_kept)
        && kept > 0
        && first.marker.is_none()
        && let Some(marker) = documents[kept]
            .marker
            .filter(|marker| *marker == documents[kept].span.start)
        && target.text[marker..line_end(target.text, marker)].trim_end() == "---"
    {
        // The stream started without a marker, so it still does.
        patches.push(deletion(kept, marker..next_line(target.text, marker)));
    }
    patches
}
