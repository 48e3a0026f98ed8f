//! The state of the reader, and the moves of its cursor between two events.

use std::collections::HashMap;

use granit_parser::{Event, Options, Parser, ScalarStyle, StrInput};

use super::super::anchors::Anchors;
use super::super::error::ParseFault;
use super::super::node::Span;
use super::super::text::line_end;

pub(super) const MAX_NODES: usize = 500_000;
pub(super) const MAX_DEPTH: usize = 255;
/// How many levels a merge key counts as: a mapping is looked up through all that are merged into it.
pub(super) const MERGE_LEVELS: usize = 8;
/// What a node takes in memory apart from its texts, about.
const NODE_BYTES: usize = 120;
/// The most bytes that all aliases of a text may stand for.
pub(super) const MAX_ALIASED_BYTES: usize = 32_000_000;

/// Whether an alias needs an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Aliases {
    /// It does: the text is a whole file.
    MustResolve,
    /// It does not: the text is part of a file, and the anchor may be in another part.
    MayDangle,
}

/// A byte offset and what is wrong there.
pub(super) type ErrorAt = (usize, ParseFault);

/// The size of a node after alias expansion.
#[derive(Clone, Copy, Default)]
pub(super) struct Size {
    pub(super) nodes: usize,
    pub(super) depth: usize,
    /// The bytes that the nodes take in memory, at least.
    pub(super) bytes: usize,
}

impl Size {
    /// The size of a node without children that has texts of this length.
    pub(super) fn leaf(length: usize) -> Self {
        Self {
            nodes: 1,
            depth: 1,
            bytes: NODE_BYTES + length,
        }
    }

    pub(super) fn add(&mut self, child: Self) {
        self.nodes += child.nodes;
        self.bytes += child.bytes;
        self.depth = self.depth.max(child.depth);
    }
}

pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) current: Option<(Event<'t>, granit_parser::Span)>,
    parser: Parser<'t, StrInput<'t>>,
    pub(super) cursor: usize,
    pub(super) comments: Vec<Span>,
    pub(super) nodes: usize,
    pub(super) depth: usize,
    pub(super) total: usize,
    /// The bytes that the aliases so far stand for.
    pub(super) expanded: usize,
    pub(super) anchors: Anchors,
    /// Whether the document has an alias or a merge key so far.
    pub(super) has_references: bool,
    /// By the parser's anchor id; `None` while the node is still open.
    pub(super) sizes: HashMap<usize, Option<Size>>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, aliases: Aliases) -> Self {
        let mut options = Options::default();
        options.set_emit_comments(false);
        options.emit_anchor_events = true;
        options.emit_unresolved_aliases = aliases == Aliases::MayDangle;
        Self {
            text,
            parser: Parser::new_from_str_with_options(text, options),
            current: None,
            cursor: 0,
            comments: Vec::new(),
            nodes: 0,
            depth: 0,
            total: 0,
            anchors: Anchors::default(),
            has_references: false,
            expanded: 0,
            sizes: HashMap::new(),
        }
    }

    pub(super) fn event(&mut self) -> Result<(Event<'t>, granit_parser::Span), ErrorAt> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                let offset = error.marker().byte_offset().unwrap_or(self.cursor);
                Err((offset, syntax(&error)))
            }
            None => Err((self.cursor, ParseFault::Syntax("unexpected end".to_owned()))),
        }
    }

    pub(super) fn advance(&mut self) -> Result<(), ErrorAt> {
        self.current = Some(self.event()?);
        Ok(())
    }

    pub(super) fn peek_byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.cursor).copied()
    }

    /// Skips white space and comments.
    pub(super) fn trivia(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.cursor) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => self.cursor += 1,
                b'#' => self.comment(),
                0xef if self.text[self.cursor..].starts_with('\u{feff}') => self.cursor += 3,
                _ => break,
            }
        }
    }

    /// Skips a comment and records it.
    pub(super) fn comment(&mut self) {
        let end = line_end(self.text, self.cursor);
        self.comments.push(self.cursor..end);
        self.cursor = end;
    }

    pub(super) fn expect(&mut self, byte: u8) -> Result<(), ErrorAt> {
        if self.peek_byte() == Some(byte) {
            self.cursor += 1;
            return Ok(());
        }
        Err(self.unsupported())
    }

    pub(super) fn unsupported(&self) -> ErrorAt {
        (
            self.cursor,
            ParseFault::Syntax("unsupported syntax".to_owned()),
        )
    }

    /// Whether a `...` line starts at the cursor.
    pub(super) fn ends_document(&self) -> bool {
        let bytes = self.text.as_bytes();
        self.text[self.cursor..].starts_with("...")
            && (self.cursor == 0 || bytes[self.cursor - 1] == b'\n')
            && bytes
                .get(self.cursor + 3)
                .is_none_or(u8::is_ascii_whitespace)
    }

    pub(super) fn is_blank(&self, at: usize) -> bool {
        self.text
            .as_bytes()
            .get(at)
            .is_none_or(u8::is_ascii_whitespace)
    }

    /// Whether the current event is an omitted value.
    pub(super) fn is_omitted(&self) -> bool {
        self.current.as_ref().is_some_and(|(event, span)| {
            matches!(event, Event::Scalar(_, ScalarStyle::Plain, ..))
                && span.byte_range().is_some_and(|range| range.is_empty())
        })
    }
}

fn syntax(error: &granit_parser::ScanError) -> ParseFault {
    use granit_parser::ErrorKind;
    match error.kind() {
        ErrorKind::RecursionLimitExceeded => ParseFault::TooDeep,
        // The parser's own message has an escaped character, which a renderer would escape again.
        ErrorKind::UnexpectedCharacter { character } => {
            ParseFault::Syntax(format!("unexpected character `{character}`"))
        }
        _ => ParseFault::Syntax(error.info()),
    }
}
