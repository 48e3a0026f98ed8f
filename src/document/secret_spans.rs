//! The places of the data of secrets in a text.

use std::collections::HashSet;

use super::file::{FileContent, is_manifest, parse_file};
use super::sealed::{is_ciphertext, is_ciphertext_file};
use super::secret::{is_secret, is_template_data, may_be_secret, patches_secret, template_of};
use super::secret_lines::{Named, data_spans};
use crate::yaml::{Content, Entry, Node, Quoting, Scalar, Span, Stream, Value};

/// The places of the data of secrets in the file at `path`, in order.
pub(super) fn secret_spans(path: &str, text: &str) -> Vec<Span> {
    if !may_be_secret(text) || is_ciphertext_file(text.as_bytes()) {
        return Vec::new();
    }
    match parse_file(path, text.as_bytes().to_vec()) {
        FileContent::Yaml(stream) => in_stream(&stream),
        FileContent::Lines(_) | FileContent::Whole if is_manifest(path) => {
            data_spans(Named::Manifest, text)
        }
        FileContent::Lines(_) | FileContent::Whole => data_spans(Named::Other, text),
        FileContent::Unreadable(_) => std::iter::once(0..text.len()).collect(),
    }
}

fn in_stream(stream: &Stream) -> Vec<Span> {
    let mut spans = Vec::new();
    for (number, document) in stream.documents().iter().enumerate() {
        let mut search = Search {
            stream,
            root: &document.root,
            spans: Vec::new(),
            followed: HashSet::new(),
        };
        search.node(&document.root);
        if search.spans.is_empty()
            && stream.has_references(number)
            && is_secret(&stream.root(number).value())
        {
            search.spans.push(document.root.span.clone());
        }
        spans.append(&mut search.spans);
    }
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    spans
}

/// The search for the data of secrets in a document.
struct Search<'s> {
    stream: &'s Stream,
    root: &'s Node,
    spans: Vec<Span>,
    /// The aliases within data that were followed to their anchors.
    followed: HashSet<&'s str>,
}

impl<'s> Search<'s> {
    fn node(&mut self, node: &'s Node) {
        match &node.content {
            Content::Mapping { entries, .. } => {
                let mut kinds = entries.iter().filter(|entry| entry.name() == "kind");
                let is_object = kinds
                    .clone()
                    .any(|entry| self.stream_value(&entry.value) == Some("Secret"));
                let template =
                    kinds.find_map(|entry| template_of(self.stream_value(&entry.value)?));
                if let Some(path) = template {
                    self.template(node, path);
                }
                let is_patch = may_be_patch(entries) && patches_secret(&pairs(node));
                for entry in entries {
                    match entry.name() {
                        "stringData" => self.data(entry),
                        "data" if is_object => self.data(entry),
                        "patch" | "value" if is_patch => self.data(entry),
                        "secretGenerator" => self.literals(&entry.value),
                        _ => self.node(&entry.value),
                    }
                }
            }
            Content::Sequence { items, .. } => {
                for item in items {
                    self.node(item);
                }
            }
            Content::Scalar(scalar) if may_be_secret(&scalar.text) => {
                if is_secret(&Value::string(scalar.text.as_str())) {
                    let spans = spans_in_string(self.stream.text(), node, scalar);
                    self.spans.extend(spans);
                }
            }
            Content::Scalar(_) | Content::Alias(_) => {}
        }
    }

    /// The data of the template at a path of an object.
    fn template(&mut self, object: &'s Node, path: &[&str]) {
        let template = path.iter().try_fold(object, |node, key| node.entry(key));
        if let Some(Content::Mapping { entries, .. }) = template.map(|node| &node.content) {
            for entry in entries
                .iter()
                .filter(|entry| is_template_data(entry.name()))
            {
                self.data(entry);
            }
        }
    }

    /// The text of a scalar or of the one that an alias stands for.
    fn stream_value(&self, node: &'s Node) -> Option<&'s str> {
        match &node.content {
            Content::Scalar(scalar) => Some(&scalar.text),
            Content::Alias(name) => {
                anchored(self.root, name)
                    .into_iter()
                    .find_map(|node| match &node.content {
                        Content::Scalar(scalar) => Some(scalar.text.as_str()),
                        _ => None,
                    })
            }
            _ => None,
        }
    }

    /// All values of an entry, and the comments among them.
    fn data(&mut self, entry: &'s Entry) {
        self.values(&entry.value);
        let start = entry.key.span.start;
        self.comments(start, entry.value.span.end, self.column(start) + 1);
    }

    /// The column of a place, counted from 0.
    fn column(&self, at: usize) -> usize {
        at - self.stream.text()[..at]
            .rfind('\n')
            .map_or(0, |line| line + 1)
    }

    /// The comments from the line of `start` to the line of `end`, and those after it from the column
    /// `indent` on.
    fn comments(&mut self, start: usize, end: usize, indent: usize) {
        let text = self.stream.text();
        let line_end = |at: usize| text[at..].find('\n').map_or(text.len(), |end| at + end);
        let mut end = line_end(end);
        for comment in self.stream.comment_spans() {
            let is_below = text[end.min(comment.start)..comment.start]
                .trim()
                .is_empty()
                && self.column(comment.start) >= indent;
            if comment.start < start || comment.start >= end && !is_below {
                continue;
            }
            end = end.max(comment.end);
            self.spans.push(comment.clone());
        }
    }

    /// The values in the literals of a `secretGenerator`.
    fn literals(&mut self, generators: &'s Node) {
        let Content::Sequence { items, .. } = &generators.content else {
            return;
        };
        let found = self.spans.len();
        for list in items.iter().filter_map(|item| item.entry("literals")) {
            self.values(list);
        }
        let text = self.stream.text();
        for span in &mut self.spans[found..] {
            let key = text[span.clone()].find('=').map_or(0, |sign| sign + 1);
            span.start += key;
        }
        for item in items {
            if let Some(list) = item.entry("literals") {
                // A literal that is commented out stands where the others do.
                let (start, end) = (list.span.start, list.span.end);
                self.comments(start, end, self.column(start));
            }
        }
    }

    /// The places of all scalars of a node that are no ciphertext, also where aliases refer to.
    fn values(&mut self, node: &'s Node) {
        match &node.content {
            Content::Mapping { entries, .. } => {
                for entry in entries {
                    self.values(&entry.value);
                }
            }
            Content::Sequence { items, .. } => {
                for item in items {
                    self.values(item);
                }
            }
            Content::Scalar(scalar) if !is_ciphertext(&scalar.text) => {
                self.spans.push(node.span.clone());
            }
            Content::Scalar(_) => {}
            Content::Alias(name) => {
                if self.followed.insert(name) {
                    for node in anchored(self.root, name) {
                        self.values(node);
                        let text = self.stream.text();
                        let line = text[..node.span.start].rfind('\n').map_or(0, |end| end + 1);
                        let indent = text[line..].find(|c| c != ' ').unwrap_or(0);
                        self.comments(line + indent, node.span.end, indent + 1);
                    }
                }
            }
        }
    }
}

/// The nodes with an anchor, which can be set several times.
fn anchored<'n>(node: &'n Node, name: &str) -> Vec<&'n Node> {
    let below: Vec<&Node> = match &node.content {
        Content::Mapping { entries, .. } => entries
            .iter()
            .flat_map(|entry| anchored(&entry.value, name))
            .collect(),
        Content::Sequence { items, .. } => {
            items.iter().flat_map(|item| anchored(item, name)).collect()
        }
        Content::Scalar(_) | Content::Alias(_) => Vec::new(),
    };
    let is_it = node.anchor() == Some(name);
    is_it.then_some(node).into_iter().chain(below).collect()
}

fn may_be_patch<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> bool {
    let mut names = entries.into_iter().map(Entry::name);
    names.any(|name| matches!(name, "patch" | "value"))
}

fn pairs(mapping: &Node) -> Vec<(String, Value)> {
    match mapping.value() {
        Value::Mapping(entries) => entries,
        _ => Vec::new(),
    }
}

/// The places of the data of secrets in a string that holds documents; the whole string unless it is a
/// literal block, whose lines are those of its text.
fn spans_in_string(text: &str, node: &Node, string: &Scalar) -> Vec<Span> {
    let whole = || vec![node.span.clone()];
    if string.quoting != Quoting::Literal {
        return whole();
    }
    let Ok(stream) = Stream::parse(&string.text) else {
        return whole();
    };
    let inside = in_stream(&stream);
    let mut starts = Vec::new();
    let mut next = node.span.start;
    for line in text[node.span.clone()].split_inclusive('\n') {
        starts.push((next, line.trim_end().len()));
        next += line.len();
    }
    let mut spans = Vec::new();
    let mut at = 0;
    // The first line of the block has its indicator.
    for (line, (start, length)) in string
        .text
        .split_inclusive('\n')
        .zip(starts.into_iter().skip(1))
    {
        let indent = length.saturating_sub(line.trim_end().len());
        let end = at + line.trim_end().len();
        for span in &inside {
            let (from, to) = (span.start.max(at), span.end.min(end));
            if from < to {
                spans.push(start + indent + from - at..start + indent + to - at);
            }
        }
        at += line.len();
    }
    spans
}
