//! Documents of a stream come and go, and their markers stay right.

use super::fragment::Fragment;
use super::phases::Sheet;
use super::place::Place;
use super::splice::Patch;
use super::text::{line_end, next_line};

/// Puts a document after another, or first.
pub(super) fn add(sheet: &Sheet<'_>, after: Option<usize>, document: &Fragment) -> Patch {
    let documents = &sheet.stream.documents;
    let mut body = document.text().to_owned();
    if !body.ends_with('\n') {
        body.push('\n');
    }
    let own_marker = ["---", "%"].iter().any(|start| body.starts_with(start));
    let next = after.map_or(0, |after| after + 1);
    let at = match documents.get(next) {
        Some(document) => document.marker.map_or(document.span.start, |_| document.span.start),
        None => sheet.text.len(),
    };
    let follows = after.is_some();
    let next_is_bare = documents.get(next).is_some_and(|document| document.marker.is_none());
    let next_is_marked = documents.get(next).is_some_and(|document| document.marker.is_some());
    let mut text = String::new();
    if !own_marker && (follows || next_is_marked) {
        text.push_str("---\n");
    }
    text.push_str(&body);
    if next_is_bare {
        text.push_str("---\n");
    }
    if sheet.newline != "\n" {
        text = text.replace('\n', sheet.newline);
    }
    Patch { span: at..at, text, depth: 0, place: Place::root(next) }
}

/// Takes a document out.
pub(super) fn remove(sheet: &Sheet<'_>, index: usize) -> Option<Patch> {
    let documents = &sheet.stream.documents;
    let document = documents.get(index)?;
    let mut span = document.span.clone();
    if index == 0
        && document.marker.is_none()
        && let Some(next) = documents.get(1)
        && let Some(marker) = next.marker
        && marker == next.span.start
        && sheet.text[marker..line_end(sheet.text, marker)].trim_end() == "---"
    {
        // The stream began without a marker and does so again.
        span.end = next_line(sheet.text, marker);
    }
    Some(Patch { span, text: String::new(), depth: 0, place: Place::root(index) })
}
