//! Documents inside strings, such as a patch in a block scalar.
//!
//! # Why
//!
//! A string that holds YAML or JSON is edited like a file of its own, and its new text goes back
//! into the string: in the same quotes, or line by line below the header of the block. So a string
//! of the target only counts as a document if its bytes can be rebuilt from its text. That leaves out
//! folded blocks and strings with unusual escapes. What only looks like a document is left out too:
//! templates, scripts, lists of words and several documents in one string.

use super::error::EditError;
use super::fragment::Fragment;
use super::node::{Content, Entries, Entry, Layout, Node, Span, Stream};
use super::patch::{self, Patch};
use super::place::Place;
use super::proof::{self, Reading};
use super::scalar::{Kind, Quoting, Scalar};
use super::text::next_line;
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
        !entry.name().contains(char::is_whitespace) && !(is_flow && entry.value.is_omitted())
    };
    let has_keys = stream.is_json() || mappings.into_iter().flatten().all(is_key);
    let is_document = has_keys && root.tag.is_none() && !has_complex_key(root);
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
        let (text, _) = self.string(place)?.open()?;
        embedded(&text)
    }

    /// The string at a place without a tag and an alias.
    fn string(&self, place: &Place) -> Option<StringNode<'_>> {
        let node = self.node(place)?;
        match &node.content {
            Content::Scalar(scalar) if node.may_hold_document() && node.tag.is_none() => {
                Some(StringNode {
                    text: &self.text,
                    node,
                    scalar,
                })
            }
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
    let mut patches = Vec::with_capacity(texts.len());
    let mut edits = Vec::with_capacity(texts.len());
    for (place, new) in texts {
        let unproven = || EditError::Unproven(place.clone());
        let string = stream.string(place).ok_or_else(unproven)?;
        let (_, frame) = string.open().ok_or_else(unproven)?;
        let (patch, text) = frame.filled(new);
        patches.push(Patch::of(place, patch.0, patch.1));
        let meant = Stream::parse(new).map_err(|_| unproven())?;
        let found = Stream::parse(&text).map_err(|_| unproven())?;
        if !has_same_values(&meant, &found) {
            return Err(unproven());
        }
        edits.push(Edit::Set {
            place: place.clone(),
            value: Fragment::scalar(&text, Kind::Str),
        });
    }
    let first = || EditError::Unproven(edits.first().map(Edit::place).unwrap_or_default());
    let text = patch::apply(&stream.text, patches).map_err(EditError::Overlap)?;
    let result = Stream::parse(&text).map_err(|_| first())?;
    let expected = proof::expected(stream, &edits, Reading::Written)?;
    if proof::matches(&result, &expected, Reading::Written) {
        Ok(result)
    } else {
        Err(first())
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
    /// The quotes.
    Quotes { span: Span, quoting: Quoting },
    /// The header of a `|` block.
    Block {
        /// The lines below the header, without the last line break.
        span: Span,
        indent: usize,
        /// Whether the text ends with a line break.
        is_ended: bool,
    },
}

impl StringNode<'_> {
    /// The text to edit, and what goes around it; `None` if they do not make up the string's bytes.
    fn open(&self) -> Option<(String, Frame)> {
        let span = self.node.span.clone();
        match self.scalar.quoting {
            quoting @ (Quoting::Single | Quoting::Double) => {
                let text = self.scalar.text.clone();
                let is_plain = quoted(&text, quoting) == self.text[span.clone()];
                is_plain.then_some((text, Frame::Quotes { span, quoting }))
            }
            Quoting::Literal => self.open_block(),
            Quoting::Folded | Quoting::Plain => None,
        }
    }

    fn open_block(&self) -> Option<(String, Frame)> {
        let span = next_line(self.text, self.node.span.start)..self.node.span.end;
        let written = self.text.get(span.clone())?;
        let lines = written.lines().zip(self.scalar.text.lines());
        let (line, text) = lines.into_iter().find(|(line, _)| !is_blank(line))?;
        let indent = line.len().checked_sub(text.len())?;
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
        // White space of a blank line is part of a value if it is in a string itself.
        let is_equal = || {
            let (a, b) = (Stream::parse(&text), Stream::parse(&self.scalar.text));
            matches!((a, b), (Ok(a), Ok(b)) if has_same_values(&a, &b))
        };
        (text == self.scalar.text || is_equal()).then(|| {
            let frame = Frame::Block {
                span,
                indent,
                is_ended,
            };
            (text.clone(), frame)
        })
    }
}

impl Frame {
    /// The patch that writes a text into the string, and the string's value after it.
    fn filled(&self, text: &str) -> ((Span, String), String) {
        match self {
            Self::Quotes { span, quoting } => {
                ((span.clone(), quoted(text, *quoting)), text.to_owned())
            }
            Self::Block {
                span,
                indent,
                is_ended,
            } => {
                let body = match text.strip_suffix('\n') {
                    Some(body) if *is_ended => body.strip_suffix('\r').unwrap_or(body),
                    _ => text,
                };
                let indented = |line: &str| {
                    let spaces = if is_blank(line) { 0 } else { *indent };
                    format!("{:spaces$}{line}", "")
                };
                let written: Vec<String> = body.split('\n').map(indented).collect();
                let value = |line: &String| {
                    let line = line.strip_suffix('\r').unwrap_or(line);
                    line.get(*indent..).unwrap_or_default().to_owned()
                };
                let mut value = written.iter().map(value).collect::<Vec<_>>().join("\n");
                if *is_ended {
                    value.push('\n');
                }
                ((span.clone(), written.join("\n")), value)
            }
        }
    }
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// A text in quotes on one line.
fn quoted(text: &str, quoting: Quoting) -> String {
    match quoting {
        Quoting::Single => format!("'{}'", text.replace('\'', "''")),
        _ => write::double(text),
    }
}
