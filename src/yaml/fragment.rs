//! Pieces of YAML that edits insert.

use super::error::ParseError;
use super::node::{Content, Entry, Layout, Node, Stream};
use super::parse::{self, Aliases};
use super::place::{Place, Step};
use super::scalar::Kind;
use super::tabs::without_tabs;
use super::value::Value;
use super::write::{self, Context};
use super::{render, source};

/// An entry with its comments, a list item, a bare value, or a whole document.
///
/// Its text can be parsed alone: the first line starts at column 0, every line
/// ends with a line feed, and aliases of outside anchors are expanded.
#[derive(Debug)]
pub struct Fragment {
    pub(super) stream: Stream,
    pub(super) shape: Shape,
    pub(super) json: bool,
    pub(super) spacing: Spacing,
    pub(super) aliased: Option<Box<Aliased>>,
    model: Value,
}

/// A fragment as it is in its source, with aliases of anchors outside of it.
#[derive(Debug, Clone)]
pub(super) struct Aliased {
    pub(super) fragment: Fragment,
    /// The names of the anchors.
    pub(super) anchors: Vec<String>,
}

/// The numbers of blank lines between an entry or item and its neighbours in its source; `None`
/// where it had no neighbour or is not from a block collection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Spacing {
    pub(super) above: Option<usize>,
    pub(super) below: Option<usize>,
}

/// The form of a fragment's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A mapping of one entry.
    Entry,
    /// A sequence of one item.
    Item,
    /// A value.
    Value,
    /// A document, with or without its marker.
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
            spacing: self.spacing,
            aliased: self.aliased.clone(),
            model: self.model.clone(),
        }
    }
}

impl Fragment {
    /// Creates a scalar; it is quoted only if necessary.
    pub fn scalar(text: &str, kind: Kind) -> Self {
        Self::from_value(&Value::Scalar {
            text: text.to_owned(),
            kind,
        })
    }

    /// Creates a value in block style.
    pub fn from_value(value: &Value) -> Self {
        let mut text = render::block(value).join("\n");
        text.push('\n');
        Self::read(&text, Shape::Value, false).unwrap_or_else(|_| Self::fallback(value))
    }

    /// The value as JSON in a string, for a value that YAML cannot represent.
    fn fallback(value: &Value) -> Self {
        let text = format!("{}\n", write::double(&value.to_json().to_string()));
        let stream =
            Stream::parse(&text).unwrap_or_else(|_| Stream::new(text, Vec::new(), Vec::new()));
        Self {
            stream,
            shape: Shape::Value,
            json: false,
            spacing: Spacing::default(),
            aliased: None,
            model: value.clone(),
        }
    }

    pub(super) fn with_spacing(mut self, spacing: Spacing) -> Self {
        self.spacing = spacing;
        if let Some(aliased) = &mut self.aliased {
            aliased.fragment.spacing = spacing;
        }
        self
    }

    /// Applies a renaming to the whole text, including comments and keys.
    ///
    /// # Errors
    /// When the renamed text is not YAML.
    pub fn renamed(&self, rename: &dyn Fn(&str) -> String) -> Result<Self, ParseError> {
        let text = rename(&self.stream.text);
        if text == self.stream.text {
            return Ok(self.clone());
        }
        let mut renamed = Self::read(&text, self.shape, self.json)?;
        if let Some(aliased) = self.aliased.as_deref() {
            let text = rename(aliased.fragment.text());
            renamed.aliased = Aliased::read(text, self.shape, self.json)?.map(Box::new);
        }
        Ok(renamed.with_spacing(self.spacing))
    }

    /// The value that the fragment inserts; for an entry, without the key.
    pub fn model(&self) -> &Value {
        &self.model
    }

    /// The value that the fragment inserts, with its aliases followed.
    pub fn resolved_model(&self) -> Value {
        let Some(root) = self.stream.documents.first().map(|_| self.stream.root(0)) else {
            return self.model.clone();
        };
        let node = match (&root.content, self.shape) {
            (Content::Mapping { entries, .. }, Shape::Entry) => entries.first().map(|e| &e.value),
            (Content::Sequence { items, .. }, Shape::Item) => items.first(),
            _ => Some(root),
        };
        node.map_or_else(|| self.model.clone(), Node::value)
    }

    /// Whether both insert the same value.
    pub(super) fn means(&self, other: &Self) -> bool {
        self.resolved_model() == other.resolved_model()
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.stream.text
    }

    /// The key, if the fragment is an entry.
    pub fn key(&self) -> Option<&str> {
        match &self.root()?.content {
            Content::Mapping { entries, .. } if self.shape == Shape::Entry => {
                entries.first().map(Entry::name)
            }
            _ => None,
        }
    }

    /// Parses the text of a value.
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

    /// Converts the fragment to a value without key, dash and comments.
    pub(super) fn as_value(&self) -> Option<Self> {
        let place = match self.shape {
            Shape::Value | Shape::Document => return Some(self.clone()),
            Shape::Entry => Place::new(0, [Step::Key(self.key()?.to_owned())]),
            Shape::Item => Place::new(0, [Step::Index(0)]),
        };
        let text = source::value(&self.stream, &place)?;
        match Self::read(&text, Shape::Value, self.json) {
            Ok(value) => Some(value),
            // The value has an alias of an anchor on its key.
            Err(_) => Some(self.written_out()),
        }
    }

    /// Converts the fragment to an entry with a key.
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
            _ if node.is_omitted() && node.tag().is_none() => format!("{head}:\n"),
            // A tag or an anchor is alone on the first line.
            (_, Some(Layout::Block)) if node.properties.is_some() => {
                format!("{head}: {}", hanging(text))
            }
            (Content::Sequence { .. }, Some(Layout::Block)) => format!("{head}:\n{text}\n"),
            (_, Some(Layout::Block)) => format!("{head}:\n  {}", hanging(text)),
            _ => format!("{head}: {}", value.text()),
        };
        Self::read(&text, Shape::Entry, self.json).ok()
    }

    /// Converts the fragment to a list item.
    pub(super) fn as_item(&self) -> Option<Self> {
        if self.shape == Shape::Item {
            return Some(self.clone());
        }
        let value = self.as_value()?;
        let node = value.root()?;
        let text = if node.layout() == Some(Layout::Block) {
            format!("- {}", hanging(value.text()))
        } else if node.is_omitted() && node.tag().is_none() {
            "-\n".to_owned()
        } else {
            format!("- {}", value.text())
        };
        Self::read(&text, Shape::Item, self.json).ok()
    }

    /// The same value in the simplest form, without layout, anchors and comments of its source.
    pub(super) fn simplified(&self) -> Option<Self> {
        let value = self.written_out();
        let plain = match self.shape {
            Shape::Entry => value.as_entry(self.key()?)?,
            Shape::Item => value.as_item()?,
            Shape::Value | Shape::Document => value,
        };
        Some(Self {
            model: plain.node()?.value(),
            shape: self.shape,
            spacing: self.spacing,
            ..plain
        })
    }

    /// The value alone in block style, with all aliases expanded.
    fn written_out(&self) -> Self {
        let mut value = Self::from_value(&self.resolved_model());
        value.json = self.json;
        value
    }

    pub(super) fn read(text: &str, shape: Shape, json: bool) -> Result<Self, ParseError> {
        let stream = without_tabs(Stream::parse(text)?);
        Ok(Self::of_stream(stream, shape, json))
    }

    fn of_stream(stream: Stream, shape: Shape, json: bool) -> Self {
        let mut fragment = Self {
            stream,
            shape,
            json,
            spacing: Spacing::default(),
            aliased: None,
            model: Value::Sequence(Vec::new()),
        };
        fragment.model = match fragment.node() {
            Some(node) => node.value(),
            None => Value::Scalar {
                text: String::new(),
                kind: Kind::Null,
            },
        };
        fragment
    }
}

impl Aliased {
    /// Reads a text; `None` if it has no aliases of outside anchors.
    pub(super) fn read(text: String, shape: Shape, json: bool) -> Result<Option<Self>, ParseError> {
        let stream = parse::read(text, Aliases::MayDangle)?;
        let mut anchors = Vec::new();
        for_each_dangling(&stream, &mut |_, name| {
            anchors.push(name.to_owned());
            Some(())
        });
        let has_any = !anchors.is_empty();
        Ok(has_any.then(|| Self {
            fragment: Fragment::of_stream(stream, shape, json),
            anchors,
        }))
    }
}

/// Calls `visit` for every alias whose anchor is not in the piece; `None` from it ends the walk.
pub(super) fn for_each_dangling(
    piece: &Stream,
    visit: &mut dyn FnMut(&Place, &str) -> Option<()>,
) -> Option<()> {
    let root = &piece.documents.first()?.root;
    visit_dangling(piece, root, &mut Place::root(0), visit)
}

fn visit_dangling(
    piece: &Stream,
    node: &Node,
    place: &mut Place,
    visit: &mut dyn FnMut(&Place, &str) -> Option<()>,
) -> Option<()> {
    match &node.content {
        Content::Alias(name) if std::ptr::eq(piece.resolve(0, node), node) => visit(place, name),
        Content::Scalar(_) | Content::Alias(_) => Some(()),
        Content::Sequence { items, .. } => {
            for (index, item) in items.iter().enumerate() {
                place.steps.push(Step::Index(index));
                visit_dangling(piece, item, place, visit)?;
                place.steps.pop();
            }
            Some(())
        }
        Content::Mapping { entries, .. } => {
            for entry in entries {
                place.steps.push(Step::Key(entry.name().to_owned()));
                visit_dangling(piece, &entry.value, place, visit)?;
                place.steps.pop();
            }
            Some(())
        }
    }
}

/// Indents all lines after the first one that are not empty.
fn hanging(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (i, line) in text.lines().enumerate() {
        if i > 0 && !line.is_empty() {
            out.push_str("  ");
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}
