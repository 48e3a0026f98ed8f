//! Tabs between the tokens of an inserted text.
//!
//! # Why
//!
//! `a:<tab>1` is YAML, but `PyYAML` refuses it. A file that it can read must stay readable, so inserted
//! text has spaces where the source has such tabs.

use super::node::{Content, Node, Span, Stream};
use super::scalar::Quoting;

/// The stream with spaces instead of tabs outside of scalars and comments, if that changes no value.
pub(super) fn without_tabs(stream: Stream) -> Stream {
    if !stream.text.contains('\t') {
        return stream;
    }
    let mut kept: Vec<Span> = stream.comments.clone();
    for document in &stream.documents {
        scalars(&stream.text, &document.root, &mut kept);
    }
    kept.sort_unstable_by_key(|span| span.start);
    let mut kept = kept.into_iter().peekable();
    let mut text = String::with_capacity(stream.text.len());
    for (at, c) in stream.text.char_indices() {
        while kept.next_if(|span| span.end <= at).is_some() {}
        let is_kept = kept.peek().is_some_and(|span| span.start <= at);
        text.push(if c == '\t' && !is_kept { ' ' } else { c });
    }
    let values = |stream: &Stream| -> Vec<_> {
        let documents = stream.documents.iter();
        documents.map(|document| document.root.value()).collect()
    };
    match Stream::parse(&text) {
        Ok(spaced) if values(&spaced) == values(&stream) => spaced,
        _ => stream,
    }
}

/// Collects the text of the scalars at and below a node, without the indentation of plain ones.
fn scalars(text: &str, node: &Node, kept: &mut Vec<Span>) {
    let Content::Scalar(scalar) = &node.content else {
        return node.children().for_each(|child| scalars(text, child, kept));
    };
    if scalar.quoting != Quoting::Plain {
        return kept.push(node.span.clone());
    }
    let mut start = node.span.start;
    for line in text[node.span.clone()].split_inclusive('\n') {
        let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
        kept.push(start + indentation..start + line.len());
        start += line.len();
    }
}
