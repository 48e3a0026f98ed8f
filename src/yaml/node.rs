//! The syntax tree of a stream: documents and nodes with their spans.

use std::ops::Deref;
use std::sync::OnceLock;

use super::anchors::Anchors;
use super::error::Position;
use super::place::{Place, Step};
use super::scalar::Scalar;

/// A range of bytes in the stream's text.
pub type Span = std::ops::Range<usize>;

/// A parsed text; all spans are byte ranges of it.
#[derive(Debug)]
pub struct Stream {
    pub(super) text: String,
    pub(super) documents: Vec<Document>,
    /// Every comment from its `#` to the end of its line, in order.
    pub(super) comments: Vec<Span>,
    lines: OnceLock<Vec<usize>>,
    /// The resolved root of each document that has references.
    pub(super) resolved: Vec<OnceLock<Node>>,
    is_json: OnceLock<bool>,
}

/// One document of a stream.
#[derive(Debug, Clone)]
pub struct Document {
    /// The root node.
    pub root: Node,
    /// From its directives or `---`, if any, up to the start of the next document.
    pub span: Span,
    /// The offset of its `---`, if it has one.
    pub(super) marker: Option<usize>,
    pub(super) anchors: Anchors,
    /// Whether it has an alias or a merge key.
    pub(super) has_references: bool,
}

/// A value with its place in the text.
#[derive(Debug, Clone)]
pub struct Node {
    /// The content, without anchor and tag and without a final line break.
    pub span: Span,
    /// Its anchor and its tag; most nodes have neither.
    pub(super) properties: Option<Box<NodeProperties>>,
    /// The content.
    pub content: Content,
    /// The start of the anchor or tag; without them, the start of the span.
    pub(super) start: usize,
    /// The end of the indicator before the node: `:`, `-`, `?`, `,`, a bracket or `---`.
    pub(super) lead: usize,
}

/// What stands before the content of a node.
#[derive(Debug, Clone)]
pub(super) struct NodeProperties {
    /// The anchor's name without `&`.
    pub anchor: Option<String>,
    /// The tag as written.
    pub tag: Option<String>,
}

impl NodeProperties {
    /// What a node holds of them.
    pub(super) fn boxed(self) -> Option<Box<Self>> {
        (self.anchor.is_some() || self.tag.is_some()).then(|| Box::new(self))
    }
}

/// The content of a node.
#[derive(Debug, Clone)]
pub enum Content {
    /// A scalar.
    Scalar(Scalar),
    /// A sequence.
    Sequence {
        /// How it is laid out.
        layout: Layout,
        /// The items in order.
        items: Vec<Node>,
    },
    /// A mapping.
    Mapping {
        /// How it is laid out.
        layout: Layout,
        /// The entries in order.
        entries: Entries,
    },
    /// `*name`.
    Alias(String),
}

/// One `key: value` of a mapping.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: Node,
    /// The value; an empty null if it was omitted.
    pub value: Node,
    /// The start of the entry: its `?` or its key.
    pub(super) start: usize,
    /// The source text of a key that is not a scalar.
    pub(super) complex: Option<Box<str>>,
}

/// The entries of a mapping in order, with an index of their keys.
///
/// A promotion looks up a place for each edit, so a scan would take time that grows with the square
/// of the mapping's size.
#[derive(Debug, Clone)]
pub struct Entries {
    list: Vec<Entry>,
    /// The positions sorted by key; a mapping with few entries has none.
    #[allow(clippy::box_collection, reason = "one word in each node, not three")]
    by_name: Option<Box<Vec<usize>>>,
}

/// How a collection is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// By lines and indentation.
    Block,
    /// In brackets, like JSON.
    Flow,
}

impl Entry {
    /// The text of the key; for a key that is a collection or alias, its source.
    pub fn name(&self) -> &str {
        match (&self.complex, &self.key.content) {
            (Some(source), _) => source,
            (None, Content::Scalar(scalar)) => &scalar.text,
            (None, _) => "",
        }
    }

    /// The end of the entry's text.
    pub(super) fn end(&self) -> usize {
        self.value.end()
    }
}

impl Entries {
    pub(super) fn new(mut list: Vec<Entry>) -> Self {
        const FEW: usize = 16;
        list.shrink_to_fit();
        let by_name = (list.len() > FEW).then(|| {
            let mut order: Vec<usize> = (0..list.len()).collect();
            order.sort_by_key(|at| list[*at].name());
            Box::new(order)
        });
        Self { list, by_name }
    }

    /// The position of the entry with a key.
    pub fn position(&self, name: &str) -> Option<usize> {
        let Some(order) = &self.by_name else {
            return self.list.iter().position(|entry| entry.name() == name);
        };
        let found = order.binary_search_by_key(&name, |at| self.list[*at].name());
        found.ok().map(|found| order[found])
    }

    /// The value of the entry with a key.
    pub fn value(&self, name: &str) -> Option<&Node> {
        self.position(name).map(|at| &self.list[at].value)
    }
}

impl Deref for Entries {
    type Target = [Entry];

    fn deref(&self) -> &[Entry] {
        &self.list
    }
}

impl<'e> IntoIterator for &'e Entries {
    type Item = &'e Entry;
    type IntoIter = std::slice::Iter<'e, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl Node {
    /// The anchor's name without `&`.
    pub fn anchor(&self) -> Option<&str> {
        self.properties.as_ref()?.anchor.as_deref()
    }

    /// The tag as written, such as `!Ref` or `!!str`.
    pub fn tag(&self) -> Option<&str> {
        self.properties.as_ref()?.tag.as_deref()
    }

    /// The end of the node's text; for an omitted value, the end of the indicator before it.
    pub(super) fn end(&self) -> usize {
        self.span.end.max(self.lead)
    }

    /// The child at a step; an alias has none.
    pub fn child(&self, step: &Step) -> Option<&Self> {
        match (&self.content, step) {
            (Content::Mapping { entries, .. }, Step::Key(name)) => entries.value(name),
            (Content::Sequence { items, .. }, Step::Index(index)) => items.get(*index),
            _ => None,
        }
    }

    /// The entries of a mapping; `None` for anything else.
    pub(super) fn entries(&self) -> Option<&Entries> {
        match &self.content {
            Content::Mapping { entries, .. } => Some(entries),
            _ => None,
        }
    }

    /// The value of a mapping's entry with a key.
    pub fn entry(&self, key: &str) -> Option<&Self> {
        self.entries()?.value(key)
    }

    /// How the collection is laid out; `None` for scalars and aliases.
    pub fn layout(&self) -> Option<Layout> {
        match &self.content {
            Content::Sequence { layout, .. } | Content::Mapping { layout, .. } => Some(*layout),
            Content::Scalar(_) | Content::Alias(_) => None,
        }
    }

    /// Whether the value was omitted (`key:`).
    pub(super) fn is_omitted(&self) -> bool {
        matches!(self.content, Content::Scalar(_)) && self.span.is_empty()
    }

    /// The node at or below this one that has the anchor and starts at an offset.
    fn anchored(&self, name: &str, at: usize) -> Option<&Self> {
        let mut here = self;
        while here.start != at || here.anchor() != Some(name) {
            here = here.child_around(at)?;
        }
        Some(here)
    }

    /// The child, or the key of a child, whose text contains an offset.
    fn child_around(&self, offset: usize) -> Option<&Self> {
        match &self.content {
            Content::Sequence { items, .. } => {
                let index = items.partition_point(|item| item.start <= offset);
                items.get(index.checked_sub(1)?)
            }
            Content::Mapping { entries, .. } => {
                let index = entries.partition_point(|entry| entry.start <= offset);
                let entry = entries.get(index.checked_sub(1)?)?;
                if entry.value.start <= offset {
                    Some(&entry.value)
                } else {
                    Some(&entry.key)
                }
            }
            Content::Scalar(_) | Content::Alias(_) => None,
        }
    }

    /// The children in text order, including keys.
    pub(super) fn children(&self) -> Box<dyn DoubleEndedIterator<Item = &Self> + '_> {
        match &self.content {
            Content::Sequence { items, .. } => Box::new(items.iter()),
            Content::Mapping { entries, .. } => {
                Box::new(entries.iter().flat_map(|entry| [&entry.key, &entry.value]))
            }
            Content::Scalar(_) | Content::Alias(_) => Box::new(std::iter::empty()),
        }
    }
}

impl Stream {
    pub(super) fn new(text: String, documents: Vec<Document>, comments: Vec<Span>) -> Self {
        let resolved = documents.iter().map(|_| OnceLock::new()).collect();
        Self {
            text,
            documents,
            comments,
            lines: OnceLock::new(),
            resolved,
            is_json: OnceLock::new(),
        }
    }

    /// The text that was parsed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Drops the tree and returns the text.
    pub fn into_text(self) -> String {
        self.text
    }

    /// Whether the text is a JSON file.
    pub(super) fn is_json(&self) -> bool {
        let [document] = self.documents.as_slice() else {
            return false;
        };
        let text = self.text.trim_start_matches('\u{feff}');
        let is_json = || serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
        document.root.layout() == Some(Layout::Flow) && *self.is_json.get_or_init(is_json)
    }

    /// The documents in text order.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// The node at a place of the text; aliases are not followed.
    pub(super) fn node(&self, place: &Place) -> Option<&Node> {
        let root = &self.documents.get(place.document)?.root;
        place
            .steps
            .iter()
            .try_fold(root, |node, step| node.child(step))
    }

    /// Follows an alias to the last node with that anchor before it; returns any other node itself.
    pub fn resolve<'a>(&'a self, document: usize, node: &'a Node) -> &'a Node {
        let Content::Alias(name) = &node.content else {
            return node;
        };
        let anchored = || {
            let start = self
                .documents
                .get(document)?
                .anchors
                .before(name, node.span.start)?;
            self.anchored(document, name, start)
        };
        anchored().unwrap_or(node)
    }

    /// The node that has the anchor and starts at an offset.
    pub(super) fn anchored(&self, document: usize, name: &str, at: usize) -> Option<&Node> {
        self.documents.get(document)?.root.anchored(name, at)
    }

    /// The start of the line at an offset; unlike a search, fast on long lines.
    pub(super) fn line_start(&self, at: usize) -> usize {
        let lines = self.line_starts();
        let start = lines[lines.partition_point(|start| *start <= at).max(1) - 1];
        if start == 0 && self.text.starts_with('\u{feff}') {
            3.min(at)
        } else {
            start
        }
    }

    /// How many bytes come before an offset on its line.
    pub(super) fn column(&self, at: usize) -> usize {
        at - self.line_start(at)
    }

    /// Whether only white space comes before an offset on its line.
    pub(super) fn is_first(&self, at: usize) -> bool {
        let before = self.text[self.line_start(at)..at].bytes();
        before.into_iter().all(|byte| matches!(byte, b' ' | b'\t'))
    }

    fn line_starts(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            std::iter::once(0)
                .chain(
                    self.text
                        .bytes()
                        .enumerate()
                        .filter(|(_, b)| *b == b'\n')
                        .map(|(i, _)| i + 1),
                )
                .collect()
        })
    }

    /// The line and column of a byte offset.
    pub fn position(&self, offset: usize) -> Position {
        let lines = self.line_starts();
        let line = lines.partition_point(|start| *start <= offset).max(1);
        let rest = &self.text[lines[line - 1]..];
        let column = rest
            .char_indices()
            .take_while(|(at, _)| lines[line - 1] + at < offset)
            .filter(|(_, c)| *c != '\u{feff}')
            .count();
        Position {
            line,
            column: column + 1,
        }
    }
}
