//! Builds the syntax tree with exact byte spans from the events of the parser.
//!
//! # Why
//!
//! The spans of `granit_parser` are exact for plain and quoted scalars and for
//! brackets, but not for `-`, `:`, empty values and block headers. So a cursor
//! follows the events through the text: between two tokens there can only be
//! white space, comments and the one indicator that the context requires.

mod collection;
mod leaf;
mod reader;

use granit_parser::Event;
use memchr::memmem;

use super::characters::first_disputed;
use super::error::{ParseError, ParseFault};
use super::node::{Document, Stream};
use super::text::{line_end, next_line};
use reader::{ErrorAt, MAX_NODES, Reader};

pub(super) use reader::Aliases;

const MAX_BYTES: usize = 10_000_000;

impl Stream {
    /// Parses a text with any number of documents; JSON is YAML too.
    ///
    /// # Errors
    /// When the text is not YAML, exceeds a limit on size or depth, or has a
    /// duplicate key or a conflict marker.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        read(text.to_owned(), Aliases::MustResolve)
    }
}

/// Parses a text.
pub(super) fn read(text: String, aliases: Aliases) -> Result<Stream, ParseError> {
    if text.len() > MAX_BYTES {
        return Err(ParseError::new(&text, MAX_BYTES, ParseFault::TooLarge));
    }
    if let Some((offset, character)) = first_disputed(&text) {
        return Err(ParseError::new(
            &text,
            offset,
            ParseFault::Character(character),
        ));
    }
    if let Some(offset) = conflict_marker(&text) {
        return Err(ParseError::new(&text, offset, ParseFault::ConflictMarker));
    }
    let mut reader = Reader::new(&text, aliases);
    match reader.stream() {
        Ok(documents) => {
            let comments = reader.comments;
            let stream = Stream::new(text, documents, comments);
            let disputed = (0..stream.documents.len())
                .filter(|document| stream.has_references(*document))
                .find_map(|document| stream.disputed_merge(document))
                .map(|(at, key)| (at, ParseFault::MergedKey(key.to_owned())));
            match disputed {
                Some((at, fault)) => Err(ParseError::new(&stream.text, at, fault)),
                None => Ok(stream),
            }
        }
        Err((offset, fault)) => Err(ParseError::new(&text, offset, fault)),
    }
}

/// The offset of the first conflict marker of Git.
fn conflict_marker(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let at_line = |marker: &str, whole: bool| {
        memmem::find_iter(bytes, marker).find(|at| {
            (*at == 0 || bytes[*at - 1] == b'\n')
                && (!whole || matches!(bytes.get(*at + 7), None | Some(b'\n' | b'\r')))
        })
    };
    [("<<<<<<< ", false), ("=======", true), (">>>>>>> ", false)]
        .into_iter()
        .filter_map(|(marker, whole)| at_line(marker, whole))
        .min()
}

impl Reader<'_> {
    fn stream(&mut self) -> Result<Vec<Document>, ErrorAt> {
        let mut documents: Vec<Document> = Vec::new();
        if self.text.starts_with('\u{feff}') {
            self.cursor = 3;
        }
        loop {
            match self.event()?.0 {
                Event::StreamEnd => break,
                Event::DocumentStart(explicit, _) => {
                    let document = self.document(explicit, documents.is_empty())?;
                    if let Some(last) = documents.last_mut() {
                        last.span.end = document.span.start;
                    }
                    documents.push(document);
                }
                _ => {}
            }
        }
        self.trivia();
        if let Some(last) = documents.last_mut() {
            last.span.end = self.text.len();
        }
        Ok(documents)
    }

    fn document(&mut self, explicit: bool, is_first: bool) -> Result<Document, ErrorAt> {
        let mut start = self.cursor;
        let mut directive = None;
        loop {
            self.trivia();
            match self.peek_byte() {
                Some(b'%') if explicit => {
                    directive.get_or_insert(self.cursor);
                    self.cursor = line_end(self.text, self.cursor);
                }
                Some(b'.') if self.ends_document() => {
                    self.cursor += 3;
                    start = next_line(self.text, self.cursor);
                }
                _ => break,
            }
        }
        let mut marker = None;
        if explicit {
            if !self.text[self.cursor..].starts_with("---") {
                return Err(self.unsupported());
            }
            marker = Some(self.cursor);
            start = directive.unwrap_or(self.cursor);
            self.cursor += 3;
        } else if is_first {
            start = if self.text.starts_with('\u{feff}') {
                3
            } else {
                0
            };
        } else {
            start = start.min(self.cursor);
        }
        let lead = if explicit { self.cursor } else { start };
        self.advance()?;
        let (mut root, size) = self.node(lead)?;
        if root.is_omitted() && root.properties.is_none() {
            root.span = lead..lead;
            root.start = lead;
        }
        self.total += size.nodes;
        if self.total > MAX_NODES {
            return Err((root.span.start, ParseFault::TooManyAliases));
        }
        loop {
            self.trivia();
            if self.peek_byte() != Some(b'.') || !self.ends_document() {
                break;
            }
            self.cursor += 3;
        }
        self.sizes.clear();
        let anchors = std::mem::take(&mut self.anchors);
        Ok(Document {
            root,
            span: start..self.text.len(),
            marker,
            anchors,
            has_references: std::mem::take(&mut self.has_references),
        })
    }
}
