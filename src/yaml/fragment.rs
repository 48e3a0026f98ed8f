//! A piece of YAML to be put somewhere, in its source's own words.

mod source;

use super::edit::{Edit, splice};
use super::error::ParseError;
use super::extent::{child_end, child_index, child_start};
use super::node::{Content, Layout, Node, Stream};
use super::parse::{self, Aliases};
use super::place::{Place, Step};
use super::render;
use super::scalar::Kind;
use super::text::{column, indent, is_first, line_start};
use super::value::{self, Value};
use super::write::{self, Context};

pub(super) use source::is_json;
use source::{dangling, dedented, document_source, inline, parent_column};

/// An entry with its comments, a list item, a bare value, or a whole document.
///
/// Its text stands alone: lines start at column 0, end with a line feed, and
/// aliases of anchors outside of it are written out.
#[derive(Debug)]
pub struct Fragment {
    pub(super) stream: Stream,
    pub(super) shape: Shape,
    pub(super) json: bool,
    model: Value,
}

/// What a fragment's text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A mapping of one entry.
    Entry,
    /// A sequence of one item.
    Item,
    /// A value.
    Value,
    /// A document, perhaps with its marker.
    Document,
}

impl Clone for Fragment {
    fn clone(&self) -> Self {
        let stream = Stream::new(
            self.stream.text.clone(),
            self.stream.documents.clone(),
            self.stream.comments.clone(),
        );
        Self {
            stream,
            shape: self.shape,
            json: self.json,
            model: self.model.clone(),
        }
    }
}

impl PartialEq for Fragment {
    fn eq(&self, other: &Self) -> bool {
        self.shape == other.shape && self.stream.text == other.stream.text
    }
}

impl Eq for Fragment {}

impl Fragment {
    /// The lines of a mapping entry: comments directly above, key, value, trailing comment.
    pub fn entry(stream: &Stream, place: &Place) -> Option<Self> {
        let (parent, step) = place.parent()?;
        matches!(step, Step::Key(_)).then_some(())?;
        Self::child(stream, &parent, step, Shape::Entry)
    }

    /// The lines of a list item: comments directly above, the item, trailing comment.
    pub fn item(stream: &Stream, place: &Place) -> Option<Self> {
        let (parent, step) = place.parent()?;
        matches!(step, Step::Index(_)).then_some(())?;
        Self::child(stream, &parent, step, Shape::Item)
    }

    /// A value without key, dash and comments around it.
    pub fn value(stream: &Stream, place: &Place) -> Option<Self> {
        let node = stream.node(place)?;
        if node.is_left_out() && node.tag.is_none() {
            // `key:` says nothing that could be put elsewhere.
            return Some(Self::scalar("null", Kind::Null));
        }
        let text = match node.layout() {
            Some(Layout::Block) => {
                let from = node.span.start;
                let from = if is_first(&stream.text, from) {
                    stream.leading(from)
                } else {
                    from
                };
                let lines = dedented(
                    stream,
                    from..node.end(),
                    column(&stream.text, node.span.start),
                );
                match &node.tag {
                    Some(tag) => format!("{tag}\n{lines}"),
                    None => lines,
                }
            }
            _ => inline(stream, node, parent_column(stream, place)),
        };
        Self::made(stream, place.document, node.start, &text, Shape::Value)
    }

    /// A whole document with its leading comments.
    pub fn document(stream: &Stream, index: usize) -> Option<Self> {
        let document = stream.documents.get(index)?;
        let text = stream
            .text
            .get(document_source(stream, index, document))?
            .replace("\r\n", "\n");
        Self::read(&text, Shape::Document, is_json(stream)).ok()
    }

    /// A value made from nothing, quoted only when needed.
    pub fn scalar(text: &str, kind: Kind) -> Self {
        Self::from_value(&Value::Scalar {
            text: text.to_owned(),
            kind,
        })
    }

    /// A value made from its model, as block lines.
    pub fn from_value(value: &Value) -> Self {
        let mut text = render::block(value).join("\n");
        text.push('\n');
        Self::read(&text, Shape::Value, false).unwrap_or_else(|_| Self::of_last_resort(value))
    }

    /// A value whose text cannot be read is kept as its JSON string.
    fn of_last_resort(value: &Value) -> Self {
        let text = format!("{}\n", write::double(&value.to_json().to_string()));
        let stream =
            Stream::parse(&text).unwrap_or_else(|_| Stream::new(text, Vec::new(), Vec::new()));
        Self {
            stream,
            shape: Shape::Value,
            json: false,
            model: value.clone(),
        }
    }

    /// The same with a renaming applied to all of its text, comments and keys included.
    ///
    /// # Errors
    /// When the renamed text is no longer YAML.
    pub fn renamed(&self, rename: &dyn Fn(&str) -> String) -> Result<Self, ParseError> {
        let text = rename(&self.stream.text);
        if text == self.stream.text {
            return Ok(self.clone());
        }
        Self::read(&text, self.shape, self.json)
    }

    /// The value meant: of an entry its value, of an item the item, else the whole.
    pub fn model(&self) -> &Value {
        &self.model
    }

    /// The source text, from column 0.
    pub fn text(&self) -> &str {
        &self.stream.text
    }

    /// The key of an entry.
    pub fn key(&self) -> Option<&str> {
        match &self.root()?.content {
            Content::Mapping { entries, .. } if self.shape == Shape::Entry => {
                entries.first().map(super::node::Entry::name)
            }
            _ => None,
        }
    }

    /// A value made from its text.
    pub(super) fn of_text(text: &str, json: bool) -> Option<Self> {
        Self::read(text, Shape::Value, json).ok()
    }

    pub(super) fn root(&self) -> Option<&Node> {
        self.stream.documents.first().map(|document| &document.root)
    }

    /// The node of [`model`](Self::model).
    pub(super) fn node(&self) -> Option<&Node> {
        let root = self.root()?;
        match (&root.content, self.shape) {
            (Content::Mapping { entries, .. }, Shape::Entry) => entries.first().map(|e| &e.value),
            (Content::Sequence { items, .. }, Shape::Item) => items.first(),
            _ => Some(root),
        }
    }

    /// The same value without key, dash and comments.
    pub(super) fn as_value(&self) -> Option<Self> {
        let place = match self.shape {
            Shape::Value | Shape::Document => return Some(self.clone()),
            Shape::Entry => Place::new(0, [Step::Key(self.key()?.to_owned())]),
            Shape::Item => Place::new(0, [Step::Index(0)]),
        };
        let mut value = Self::value(&self.stream, &place)?;
        value.json = self.json;
        Some(value)
    }

    /// The same as an entry with that key.
    pub(super) fn as_entry(&self, key: &str) -> Option<Self> {
        let context = if self.json {
            Context::Json
        } else {
            Context::Block
        };
        if self.shape == Shape::Entry {
            if self.key()? == key {
                return Some(self.clone());
            }
            let Content::Mapping { entries, .. } = &self.root()?.content else {
                return None;
            };
            let span = &entries.first()?.key.span;
            let text = &self.stream.text;
            let text = format!(
                "{}{}{}",
                &text[..span.start],
                write::key(key, context),
                &text[span.end..]
            );
            return Self::read(&text, Shape::Entry, self.json).ok();
        }
        let value = self.as_value()?;
        let node = value.root()?;
        let head = write::key(key, context);
        let text = value.text().trim_end_matches('\n');
        let text = match (&node.content, node.layout()) {
            _ if node.is_left_out() && node.tag.is_none() => format!("{head}:\n"),
            (Content::Sequence { .. }, Some(Layout::Block)) if node.tag.is_none() => {
                format!("{head}:\n{text}\n")
            }
            (_, Some(Layout::Block)) if node.tag.is_none() => {
                let lines: Vec<String> = text.lines().map(|line| pad(2, line)).collect();
                format!("{head}:\n{}\n", lines.join("\n"))
            }
            _ => format!("{head}: {}", value.text()),
        };
        Self::read(&text, Shape::Entry, self.json).ok()
    }

    /// The same as a list item.
    pub(super) fn as_item(&self) -> Option<Self> {
        if self.shape == Shape::Item {
            return Some(self.clone());
        }
        let value = self.as_value()?;
        let node = value.root()?;
        let text = if node.layout() == Some(Layout::Block) && node.tag.is_none() {
            let lines = value.text().lines().enumerate();
            lines
                .map(|(i, line)| {
                    if i == 0 {
                        format!("- {line}\n")
                    } else {
                        pad(2, line) + "\n"
                    }
                })
                .collect()
        } else if node.is_left_out() {
            "-\n".to_owned()
        } else {
            format!("- {}", value.text())
        };
        Self::read(&text, Shape::Item, self.json).ok()
    }

    /// The same meaning without anything of the source's layout, anchors or comments.
    pub(super) fn plainest(&self) -> Option<Self> {
        let node = self.node()?;
        let mut value = Self::from_value(&value::expanded(&self.stream, 0, node));
        value.json = self.json;
        let plain = match self.shape {
            Shape::Entry => value.as_entry(self.key()?)?,
            Shape::Item => value.as_item()?,
            Shape::Value | Shape::Document => value,
        };
        Some(Self {
            model: plain.node()?.value(),
            shape: self.shape,
            ..plain
        })
    }

    fn child(stream: &Stream, parent: &Place, step: &Step, shape: Shape) -> Option<Self> {
        let node = stream.node(parent)?;
        let index = child_index(node, step)?;
        let start = child_start(node, index)?;
        let text = if node.layout()? == Layout::Block {
            let extent = stream.extent(node, index)?;
            dedented(stream, extent, column(&stream.text, start))
        } else {
            let (head, value) = match &node.content {
                Content::Mapping { entries, .. } => {
                    let entry = entries.get(index)?;
                    let mut head = write::key(entry.name(), Context::Block);
                    if !is_json(stream) && entry.complex.is_none() {
                        stream.text[entry.key.start..entry.key.span.end].clone_into(&mut head);
                    }
                    (format!("{head}:"), &entry.value)
                }
                Content::Sequence { items, .. } => ("-".to_owned(), items.get(index)?),
                Content::Scalar(_) | Content::Alias(_) => return None,
            };
            let depth = indent(&stream.text[line_start(&stream.text, start)..]);
            let anchor = value
                .anchor
                .as_ref()
                .map(|name| format!(" &{name}"))
                .unwrap_or_default();
            format!("{head}{anchor} {}", inline(stream, value, depth))
        };
        Self::made(stream, parent.document, start, &text, shape)
            .filter(|_| child_end(node, index).is_some())
    }

    /// Reads the text of a piece that starts at `from`, with foreign aliases written out.
    fn made(
        stream: &Stream,
        document: usize,
        from: usize,
        text: &str,
        shape: Shape,
    ) -> Option<Self> {
        let json = is_json(stream);
        if let Ok(fragment) = Self::read(text, shape, json) {
            return Some(fragment);
        }
        let piece = parse::read(text.to_owned(), Aliases::MayDangle).ok()?;
        let mut edits = Vec::new();
        let root = &piece.documents.first()?.root;
        dangling(&piece, root, &mut Place::root(0), &mut |place, name| {
            let anchors = &stream.documents.get(document)?.anchors;
            let (_, at) = anchors
                .iter()
                .rfind(|(anchor, at)| anchor == name && *at < from)?;
            let node = stream.anchored(document, name, *at)?;
            let value = Self::from_value(&value::expanded(stream, document, node));
            edits.push(Edit::Set {
                place: place.clone(),
                value,
            });
            Some(())
        })?;
        let text = if edits.is_empty() {
            text.to_owned()
        } else {
            splice(&piece, &edits).ok()?
        };
        Self::read(&text, shape, json).ok()
    }

    fn read(text: &str, shape: Shape, json: bool) -> Result<Self, ParseError> {
        let stream = Stream::parse(text)?;
        let mut fragment = Self {
            stream,
            shape,
            json,
            model: Value::Sequence(Vec::new()),
        };
        fragment.model = match fragment.node() {
            Some(node) => node.value(),
            None => Value::Scalar {
                text: String::new(),
                kind: Kind::Null,
            },
        };
        Ok(fragment)
    }
}

/// The line behind that many spaces; empty lines stay empty.
pub(super) fn pad(width: usize, line: &str) -> String {
    if line.is_empty() {
        String::new()
    } else {
        format!("{:width$}{line}", "")
    }
}
