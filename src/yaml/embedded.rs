//! Documents inside strings, such as a patch in a block scalar.
//!
//! # Why
//!
//! A string that holds YAML or JSON is edited like a file of its own, and its new text goes back
//! into the string: in the same quotes, or line by line below the header of the block. So a string
//! of the target only counts as a document if its bytes can be rebuilt from its text. That leaves out
//! strings with unusual escapes, and lines that are folded into one. What only looks like a document is
//! left out too: templates, scripts, lists of words and several documents in one string.

use super::error::EditError;
use super::fragment::Fragment;
use super::node::{Content, Entries, Entry, Layout, Node, Span, Stream};
use super::patch::{self, Patch};
use super::place::Place;
use super::proof::{self, Reading};
use super::scalar::{Kind, Quoting, Scalar};
use super::text::{indent, next_line};
use super::value::Value;
use super::{Edit, write};

/// Parses the text of a string that holds a mapping, or a list of mappings.
///
/// ```
/// use git_promote::yaml::embedded;
/// assert!(embedded("image:\n  tag: v1\n").is_some());
/// assert!(embedded("{\"tag\": \"v1\"}").is_some());
/// assert!(embedded("just\nwords").is_none());
/// ```
pub fn embedded(text: &str) -> Option<Stream> {
    let stream = Stream::parse(text).ok()?;
    let [document] = stream.documents() else {
        return None;
    };
    let root = &document.root;
    let is_flow = root.layout()? == Layout::Flow;
    let mappings: Vec<&Entries> = match &root.content {
        Content::Sequence { items, .. } => {
            items.iter().map(Node::entries).collect::<Option<_>>()?
        }
        _ => vec![root.entries()?],
    };
    // A line of a script such as `if x > 1:` looks like a key, and `{a,b}` like a mapping.
    let is_key = |entry: &Entry| {
        let is_word = !entry.name().contains(char::is_whitespace);
        is_word && (!is_flow || !entry.value.is_omitted())
    };
    let has_keys = stream.is_json() || mappings.into_iter().flatten().all(is_key);
    let is_document = has_keys && root.tag().is_none() && !has_complex_key(root);
    is_document.then_some(stream)
}

/// Whether a key is no scalar, as in `{{ .Values.tag }}`.
fn has_complex_key(node: &Node) -> bool {
    node.children().any(has_complex_key)
        || (node.entries()).is_some_and(|e| e.iter().any(|entry| entry.complex.is_some()))
}

impl Node {
    /// Whether it is a string that may hold a document; a quick check.
    ///
    /// Words in quotes and on one line such as `Note: this` are none.
    pub fn may_hold_document(&self) -> bool {
        matches!(&self.content, Content::Scalar(scalar) if scalar.kind == Kind::Str
            && (scalar.quoting == Quoting::Literal
                || scalar.text.contains('\n')
                || scalar.text.starts_with(['{', '['])))
    }
}

impl Stream {
    /// The document in the string at a place, if the string can be edited.
    ///
    /// Blank lines in it and line breaks are those of the file.
    pub fn embedded(&self, place: &Place) -> Option<Self> {
        let string = self.string(place)?;
        let (text, _) = string.node.may_hold_document().then(|| string.open())??;
        embedded(&text)
    }

    /// The value at a place of a resolved document, also inside a string.
    pub fn value_at(&self, place: &Place) -> Option<Value> {
        let Some((string, inner)) = place.split() else {
            return self.at(place).map(Node::value);
        };
        match &self.at(&string)?.content {
            Content::Scalar(scalar) => embedded(&scalar.text)?.at(&inner).map(Node::value),
            _ => None,
        }
    }

    /// The string at a place without a tag and an alias.
    fn string(&self, place: &Place) -> Option<StringNode<'_>> {
        let node = self.node(place).filter(|node| node.tag().is_none())?;
        match &node.content {
            Content::Scalar(scalar) => Some(StringNode {
                text: &self.text,
                node,
                scalar,
            }),
            _ => None,
        }
    }
}

/// Replaces the documents in strings; each string stays as it is written otherwise.
///
/// Each text is one of [`Stream::embedded`] with edits.
///
/// # Errors
/// When a string cannot be written in its style, or the result cannot be proven correct.
pub fn replace_embedded(stream: &Stream, texts: &[(Place, String)]) -> Result<Stream, EditError> {
    let place = || texts.first().map(|(place, _)| place.clone());
    let unproven = || EditError::Unproven(place().unwrap_or_default());
    let patch = |(place, new): &(Place, String)| {
        let (_, frame) = stream.string(place)?.open()?;
        let (span, text) = frame.filled(new);
        Some(Patch::of(place, span, text))
    };
    let patches: Option<Vec<Patch>> = texts.iter().map(patch).collect();
    let text = patch::apply(&stream.text, patches.ok_or_else(unproven)?);
    let result = Stream::parse(&text.map_err(EditError::Overlap)?).map_err(|_| unproven())?;
    let edit = |(place, new): &(Place, String)| {
        let text = &result.string(place)?.scalar.text;
        let (found, meant) = (Stream::parse(text).ok()?, Stream::parse(new).ok()?);
        has_same_values(&found, &meant).then(|| Edit::Set {
            place: place.clone(),
            value: Fragment::scalar(text, Kind::Str),
        })
    };
    let edits: Option<Vec<Edit>> = texts.iter().map(edit).collect();
    let expected = proof::expected(stream, &edits.ok_or_else(unproven)?, Reading::Written)?;
    if proof::matches(&result, &expected, Reading::Written) {
        Ok(result)
    } else {
        Err(unproven())
    }
}

fn has_same_values(a: &Stream, b: &Stream) -> bool {
    let values = |stream: &Stream| -> Vec<_> {
        let documents = stream.documents.iter();
        documents.map(|document| document.root.value()).collect()
    };
    values(a) == values(b)
}

/// A string in a text.
struct StringNode<'s> {
    text: &'s str,
    node: &'s Node,
    scalar: &'s Scalar,
}

/// What stays of a string when its document changes.
enum Frame {
    Quotes {
        span: Span,
        quoting: Quoting,
    },
    Block {
        /// The lines below the header, without the last line break.
        span: Span,
        indent: usize,
        /// Whether the text ends with a line break.
        is_ended: bool,
    },
}

impl StringNode<'_> {
    /// The text to edit, with the line breaks and blank lines of the file, and what goes around it.
    ///
    /// `None` if they do not make up the string's bytes, or if the text has other values than the
    /// string: white space and line breaks can be part of a value inside.
    fn open(&self) -> Option<(String, Frame)> {
        let (text, frame) = match self.scalar.quoting {
            Quoting::Single | Quoting::Double => self.quotes()?,
            Quoting::Literal => self.block()?,
            // Line breaks between brackets may be folded.
            Quoting::Folded if self.scalar.text.starts_with(['{', '[']) => self.block()?,
            Quoting::Folded | Quoting::Plain => return None,
        };
        let value = &self.scalar.text;
        let is_equal = text == *value || {
            let (written, value) = (Stream::parse(&text).ok()?, Stream::parse(value).ok()?);
            has_same_values(&written, &value)
        };
        is_equal.then_some((text, frame))
    }

    fn quotes(&self) -> Option<(String, Frame)> {
        let quoting = self.scalar.quoting;
        let span = self.node.span.clone();
        let written = &self.text[span.clone()];
        let text = match quoting {
            Quoting::Single => written.get(1..written.len() - 1)?.replace("''", "'"),
            _ => self.scalar.text.clone(),
        };
        let is_rebuilt = quoted(&text, quoting) == written;
        is_rebuilt.then_some((text, Frame::Quotes { span, quoting }))
    }

    fn block(&self) -> Option<(String, Frame)> {
        let span = next_line(self.text, self.node.span.start)..self.node.span.end;
        let written = self.text.get(span.clone())?;
        let first = |text: &str| text.lines().find(|line| !is_blank(line)).map(indent);
        let indent = first(written)?.checked_sub(first(&self.scalar.text)?)?;
        let dedented = |line| {
            if is_blank(line) {
                Some(line)
            } else {
                line.get(indent..)
            }
        };
        let lines: Option<Vec<&str>> = written.split('\n').map(dedented).collect();
        let mut text = lines?.join("\n");
        let is_ended = self.scalar.text.ends_with('\n');
        if is_ended {
            let is_windows = self.text[span.end..].starts_with("\r\n");
            text.push_str(if is_windows { "\r\n" } else { "\n" });
        }
        let frame = Frame::Block {
            span,
            indent,
            is_ended,
        };
        Some((text, frame))
    }
}

impl Frame {
    /// The string with a text in it: the bytes to replace, and the new ones.
    fn filled(self, text: &str) -> (Span, String) {
        match self {
            Self::Quotes { span, quoting } => (span, quoted(text, quoting)),
            Self::Block {
                span,
                indent,
                is_ended,
            } => {
                let body = match text.strip_suffix('\n') {
                    Some(body) if is_ended => body.strip_suffix('\r').unwrap_or(body),
                    _ => text,
                };
                let indented = |line: &str| {
                    let spaces = if is_blank(line) { 0 } else { indent };
                    format!("{:spaces$}{line}", "")
                };
                let lines: Vec<String> = body.split('\n').map(indented).collect();
                (span, lines.join("\n"))
            }
        }
    }
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// A text in quotes, where a line break in single quotes stays one.
fn quoted(text: &str, quoting: Quoting) -> String {
    match quoting {
        Quoting::Single => format!("'{}'", text.replace('\'', "''")),
        _ => write::double(text),
    }
}
