//! Builds the tree from the parser's events, with exact byte spans.
//!
//! # Why
//!
//! granit's spans are exact for plain and quoted scalars and for brackets, but
//! say little about `-`, `:`, empty values and block headers. So a cursor walks
//! the text beside the events: between two tokens there is only white space,
//! comments and the one indicator that the event's context calls for.

use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Options, Parser, ScalarStyle, StrInput, StructureStyle};

use super::error::{ParseError, ParseFault};
use super::node::{Content, Document, Entry, Layout, Node, Span, Stream};
use super::scalar::{Kind, Quoting, Scalar};
use super::text::{line_end, next_line, without_break};

const MAX_BYTES: usize = 10_000_000;
const MAX_NODES: usize = 500_000;
const MAX_DEPTH: usize = 255;

/// Whether an alias without an anchor is a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aliases {
    /// A file: yes.
    MustResolve,
    /// A piece cut out of a file: its anchor may be elsewhere.
    MayDangle,
}

/// Reads a text.
pub(super) fn read(text: String, aliases: Aliases) -> Result<Stream, ParseError> {
    if text.len() > MAX_BYTES {
        return Err(ParseError::new(&text, MAX_BYTES, ParseFault::TooLarge));
    }
    if let Some(offset) = conflict_marker(&text) {
        return Err(ParseError::new(&text, offset, ParseFault::ConflictMarker));
    }
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.emit_anchor_events = true;
    options.emit_unresolved_aliases = aliases == Aliases::MayDangle;
    let mut reader = Reader {
        text: &text,
        parser: Parser::new_from_str_with_options(&text, options),
        current: None,
        cursor: 0,
        comments: Vec::new(),
        nodes: 0,
        depth: 0,
        total: 0,
        anchors: Vec::new(),
        sizes: HashMap::new(),
    };
    match reader.stream() {
        Ok(documents) => {
            let comments = reader.comments;
            Ok(Stream::new(text, documents, comments))
        }
        Err((offset, fault)) => Err(ParseError::new(&text, offset, fault)),
    }
}

/// The first line that Git left behind in an unresolved merge.
fn conflict_marker(text: &str) -> Option<usize> {
    let at_line = |marker: &str, whole: bool| {
        text.match_indices(marker).map(|(at, _)| at).find(|at| {
            (*at == 0 || text.as_bytes()[*at - 1] == b'\n')
                && (!whole || matches!(text.as_bytes().get(*at + 7), None | Some(b'\n' | b'\r')))
        })
    };
    [("<<<<<<< ", false), ("=======", true), (">>>>>>> ", false)]
        .into_iter()
        .filter_map(|(marker, whole)| at_line(marker, whole))
        .min()
}

type Fault = (usize, ParseFault);

/// How many nodes and levels a node stands for, aliases written out.
#[derive(Clone, Copy, Default)]
struct Size {
    nodes: usize,
    depth: usize,
}

impl Size {
    fn add(&mut self, child: Self) {
        self.nodes += child.nodes;
        self.depth = self.depth.max(child.depth);
    }
}

struct Reader<'t> {
    text: &'t str,
    current: Option<(Event<'t>, granit_parser::Span)>,
    parser: Parser<'t, StrInput<'t>>,
    cursor: usize,
    comments: Vec<Span>,
    nodes: usize,
    depth: usize,
    total: usize,
    anchors: Vec<(String, usize)>,
    /// By the parser's anchor id; `None` while the node is still open.
    sizes: HashMap<usize, Option<Size>>,
}

/// What an event opens.
enum Opened {
    Leaf(Box<(Node, Size)>),
    Branch(Box<Branch>),
}

/// A collection that is being read.
struct Branch {
    properties: Properties,
    lead: usize,
    style: StructureStyle,
    is_sequence: bool,
    has_token: bool,
    items: Vec<Node>,
    entries: Vec<Entry>,
    span: Span,
    size: Size,
}

/// Anchor and tag of a node, and where they start.
struct Properties {
    anchor: Option<String>,
    tag: Option<String>,
    start: Option<usize>,
    id: usize,
    core: Option<Kind>,
    is_str: bool,
}

impl<'t> Reader<'t> {
    fn event(&mut self) -> Result<(Event<'t>, granit_parser::Span), Fault> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                let offset = error.marker().byte_offset().unwrap_or(self.cursor);
                Err((offset, syntax(&error)))
            }
            None => Err((self.cursor, ParseFault::Syntax("unexpected end".to_owned()))),
        }
    }

    fn advance(&mut self) -> Result<(), Fault> {
        self.current = Some(self.event()?);
        Ok(())
    }

    fn peek_byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.cursor).copied()
    }

    /// Moves over white space and comments.
    fn trivia(&mut self) {
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

    /// Moves over a comment and remembers it.
    fn comment(&mut self) {
        let end = line_end(self.text, self.cursor);
        self.comments.push(self.cursor..end);
        self.cursor = end;
    }

    fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        if self.peek_byte() == Some(byte) {
            self.cursor += 1;
            return Ok(());
        }
        Err(self.misplaced())
    }

    fn misplaced(&self) -> Fault {
        (self.cursor, ParseFault::Syntax("a construct that is not supported".to_owned()))
    }

    fn stream(&mut self) -> Result<Vec<Document>, Fault> {
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

    fn document(&mut self, explicit: bool, is_first: bool) -> Result<Document, Fault> {
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
                return Err(self.misplaced());
            }
            marker = Some(self.cursor);
            start = directive.unwrap_or(self.cursor);
            self.cursor += 3;
        } else if is_first {
            start = if self.text.starts_with('\u{feff}') { 3 } else { 0 };
        } else {
            start = start.min(self.cursor);
        }
        let lead = if explicit { self.cursor } else { start };
        self.advance()?;
        let (mut root, size) = self.node(lead)?;
        if root.is_left_out() && root.tag.is_none() && root.anchor.is_none() {
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
        Ok(Document { root, span: start..self.text.len(), marker, anchors })
    }

    /// Whether a `...` line starts at the cursor.
    fn ends_document(&self) -> bool {
        let bytes = self.text.as_bytes();
        self.text[self.cursor..].starts_with("...")
            && (self.cursor == 0 || bytes[self.cursor - 1] == b'\n')
            && bytes.get(self.cursor + 3).is_none_or(u8::is_ascii_whitespace)
    }

    /// Reads the node of the current event.
    ///
    /// Only this, `sequence`, `mapping` and `entry` call each other, and their
    /// frames are kept small, for 255 levels must fit on any thread's stack.
    fn node(&mut self, lead: usize) -> Result<(Node, Size), Fault> {
        let mut open = match self.open(lead)? {
            Opened::Leaf(leaf) => return Ok(*leaf),
            Opened::Branch(open) => open,
        };
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err((self.cursor, ParseFault::TooDeep));
        }
        if open.is_sequence {
            self.sequence(&mut open)?;
        } else {
            self.mapping(&mut open)?;
        }
        self.depth -= 1;
        self.close(open)
    }

    /// Takes the current event: a leaf is done, a branch has its properties.
    fn open(&mut self, lead: usize) -> Result<Opened, Fault> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err((self.cursor, ParseFault::TooManyNodes));
        }
        let (event, span) = self.current.take().ok_or_else(|| self.misplaced())?;
        let range = span.byte_range().ok_or_else(|| self.misplaced())?;
        let (id, style, is_sequence) = match &event {
            Event::Alias(id) => {
                let name = self.alias(&range, lead)?;
                let size = match self.sizes.get(id).copied().flatten() {
                    Some(size) => size,
                    None => return Err((range.start, ParseFault::RecursiveAlias(name))),
                };
                if self.total + size.nodes > MAX_NODES || size.depth + self.depth > MAX_DEPTH {
                    return Err((range.start, ParseFault::TooManyAliases));
                }
                return Ok(Opened::Leaf(Box::new((alias_node(name, range, lead), size))));
            }
            Event::UnresolvedAlias(_) => {
                let name = self.alias(&range, lead)?;
                let size = Size { nodes: 1, depth: 1 };
                return Ok(Opened::Leaf(Box::new((alias_node(name, range, lead), size))));
            }
            Event::Scalar(_, _, id, _) => (*id, StructureStyle::Flow, false),
            Event::SequenceStart(style, id, _) => (*id, *style, true),
            Event::MappingStart(style, id, _) => (*id, *style, false),
            _ => return Err(self.misplaced()),
        };
        let properties = self.properties(&event, &span, id)?;
        if let Event::Scalar(text, style, ..) = event {
            let (scalar, span) = self.scalar(&text, style, range, &properties)?;
            let size = Size { nodes: 1, depth: 1 };
            let branch = Branch {
                properties, lead, style: StructureStyle::Flow, is_sequence: false, has_token: false,
                items: Vec::new(), entries: Vec::new(), span, size,
            };
            return self.closed(branch, Content::Scalar(scalar)).map(|leaf| Opened::Leaf(Box::new(leaf)));
        }
        self.trivia();
        Ok(Opened::Branch(Box::new(Branch {
            properties, lead, style, is_sequence, has_token: !range.is_empty(),
            items: Vec::new(), entries: Vec::new(),
            span: self.cursor..self.cursor,
            size: Size { nodes: 1, depth: 0 },
        })))
    }

    fn close(&mut self, mut branch: Box<Branch>) -> Result<(Node, Size), Fault> {
        branch.size.depth += 1;
        let layout = layout(branch.style);
        let content = if branch.is_sequence {
            Content::Sequence { layout, items: std::mem::take(&mut branch.items) }
        } else {
            Content::Mapping { layout, entries: std::mem::take(&mut branch.entries) }
        };
        self.closed(*branch, content)
    }

    fn closed(&mut self, branch: Branch, content: Content) -> Result<(Node, Size), Fault> {
        let Branch { properties, span, size, lead, .. } = branch;
        if size.nodes > MAX_NODES {
            return Err((span.start, ParseFault::TooManyAliases));
        }
        if properties.id > 0 {
            self.sizes.insert(properties.id, Some(size));
        }
        let start = properties.start.unwrap_or(span.start);
        let Properties { anchor, tag, .. } = properties;
        Ok((Node { span, anchor, tag, content, start, lead }, size))
    }

    fn alias(&mut self, range: &Span, lead: usize) -> Result<String, Fault> {
        self.trivia();
        if self.cursor != range.start || range.start < lead {
            return Err(self.misplaced());
        }
        self.cursor = range.end;
        Ok(self.text.get(range.start + 1..range.end).unwrap_or_default().to_owned())
    }

    /// Takes the anchor's event and moves over anchor and tag.
    fn properties(
        &mut self,
        event: &Event<'t>,
        span: &granit_parser::Span,
        id: usize,
    ) -> Result<Properties, Fault> {
        let mut found =
            Properties { anchor: None, tag: None, start: None, id, core: None, is_str: false };
        let mut ranges: [Option<Span>; 2] = [None, None];
        if let Some(range) = span.tag_span().and_then(|tag| tag.byte_range()) {
            let source = self.text.get(range.clone()).ok_or_else(|| self.misplaced())?;
            found.tag = Some(source.to_owned());
            if let Event::Scalar(_, _, _, Some(tag)) = event {
                found.core = tag.core_suffix().and_then(Kind::of_tag);
                found.is_str = source == "!";
            }
            ranges[0] = Some(range);
        }
        if id > 0 {
            let (Event::Anchor(_, name), span) = self.event()? else {
                return Err(self.misplaced());
            };
            let range = span.byte_range().ok_or_else(|| self.misplaced())?;
            found.anchor = Some(name.into_owned());
            ranges[1] = Some(range);
            self.sizes.insert(id, None);
        }
        let mut ranges: Vec<Span> = ranges.into_iter().flatten().collect();
        ranges.sort_by_key(|range| range.start);
        for range in ranges {
            self.trivia();
            if self.cursor != range.start {
                return Err(self.misplaced());
            }
            found.start.get_or_insert(range.start);
            self.cursor = range.end;
        }
        if let (Some(name), Some(start)) = (&found.anchor, found.start) {
            self.anchors.push((name.clone(), start));
        }
        Ok(found)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        range: Span,
        properties: &Properties,
    ) -> Result<(Scalar, Span), Fault> {
        let quoting = match style {
            ScalarStyle::Plain => Quoting::Plain,
            ScalarStyle::SingleQuoted => Quoting::Single,
            ScalarStyle::DoubleQuoted => Quoting::Double,
            ScalarStyle::Literal => Quoting::Literal,
            ScalarStyle::Folded => Quoting::Folded,
        };
        if quoting == Quoting::Plain && range.is_empty() {
            let kind = if properties.is_str { Kind::Str } else { properties.core.unwrap_or(Kind::Null) };
            let scalar = Scalar { text: String::new(), kind, quoting };
            return Ok((scalar, self.cursor..self.cursor));
        }
        self.trivia();
        let kind = match (properties.core, quoting) {
            (Some(kind), _) => kind,
            (None, Quoting::Plain) if !properties.is_str => Kind::of_plain(text),
            _ => Kind::Str,
        };
        let scalar = Scalar { text: text.to_owned(), kind, quoting };
        if matches!(quoting, Quoting::Literal | Quoting::Folded) {
            let span = self.block_scalar(range)?;
            return Ok((scalar, span));
        }
        if self.cursor != range.start {
            return Err(self.misplaced());
        }
        self.cursor = range.end;
        Ok((scalar, range))
    }

    /// The span of a block scalar from its header to the end of its last line.
    fn block_scalar(&mut self, range: Span) -> Result<Span, Fault> {
        let start = self.cursor;
        if !matches!(self.peek_byte(), Some(b'|' | b'>')) {
            return Err(self.misplaced());
        }
        let header = &self.text[start..line_end(self.text, start)];
        let indicator = &header[..header.find([' ', '\t']).unwrap_or(header.len())];
        self.cursor = start + indicator.len();
        let header_end = self.cursor;
        if let Some(comment) = header.find('#') {
            self.cursor = start + comment;
            self.comment();
        }
        let body = next_line(self.text, start);
        let mut end = range.end.max(header_end).min(self.text.len());
        if indicator.contains('+') {
            // The parser may have looked at the next line's indentation.
            let line = self.text[..end].trim_end_matches(' ').len();
            end = if self.text[..line].ends_with('\n') { line } else { end };
            end = without_break(self.text, end);
        } else {
            let indent = block_indent(&self.text[body.min(end)..end]);
            loop {
                let line_end = without_break(self.text, end);
                let line_start = self.text[..line_end].rfind('\n').map_or(0, |at| at + 1);
                let line = &self.text[line_start..line_end];
                if line_start < body || line.bytes().any(|b| !b.is_ascii_whitespace()) || line.len() > indent
                {
                    end = if line_start < body { header_end } else { line_end };
                    break;
                }
                end = line_start;
            }
        }
        self.cursor = self.cursor.max(end);
        Ok(start..end.max(header_end))
    }

    fn sequence(&mut self, open: &mut Branch) -> Result<(), Fault> {
        let is_flow = open.style == StructureStyle::Flow;
        if is_flow {
            self.expect(b'[')?;
        }
        while let Some(lead) = self.next_item(is_flow)? {
            let (item, size) = self.node(lead)?;
            open.size.add(size);
            open.span.end = item.end();
            open.items.push(item);
        }
        if is_flow {
            self.expect(b']')?;
            open.span.end = self.cursor;
        }
        Ok(())
    }

    /// Moves over a comma or dash; `None` at the sequence's end.
    fn next_item(&mut self, is_flow: bool) -> Result<Option<usize>, Fault> {
        self.advance()?;
        let mut lead = self.cursor;
        if is_flow {
            self.trivia();
            if self.peek_byte() == Some(b',') {
                self.cursor += 1;
                lead = self.cursor;
                self.trivia();
            }
        }
        if matches!(self.current, Some((Event::SequenceEnd, _))) {
            return Ok(None);
        }
        if !is_flow {
            self.trivia();
            self.expect(b'-')?;
            lead = self.cursor;
        }
        Ok(Some(lead))
    }

    fn mapping(&mut self, open: &mut Branch) -> Result<(), Fault> {
        let is_flow = open.style == StructureStyle::Flow;
        let braces = is_flow && open.has_token && self.peek_byte() == Some(b'{');
        if braces {
            self.cursor += 1;
        }
        let mut names = Names::default();
        while self.next_entry(braces)? {
            self.entry(is_flow, open)?;
            names.check(&open.entries)?;
        }
        if braces {
            self.trivia();
            self.expect(b'}')?;
            open.span.end = self.cursor;
        }
        Ok(())
    }

    /// Moves over a comma; false at the mapping's end.
    fn next_entry(&mut self, braces: bool) -> Result<bool, Fault> {
        self.advance()?;
        if braces {
            self.trivia();
            if self.peek_byte() == Some(b',') {
                self.cursor += 1;
            }
        }
        if matches!(self.current, Some((Event::MappingEnd, _))) {
            return Ok(false);
        }
        self.trivia();
        Ok(true)
    }

    fn entry(&mut self, is_flow: bool, open: &mut Branch) -> Result<(), Fault> {
        let start = self.cursor;
        if self.peek_byte() == Some(b'?')
            && (self.is_blank(start + 1) || (is_flow && self.is_left_out()))
        {
            self.cursor += 1;
        }
        let (key, size) = self.node(self.cursor)?;
        open.size.add(size);
        let (lead, after) = self.colon(is_flow)?;
        let (value, size) = self.node(lead)?;
        open.size.add(size);
        self.cursor = self.cursor.max(after);
        let complex = match key.content {
            Content::Scalar(_) => None,
            _ => Some(self.text[key.start..key.span.end].into()),
        };
        let entry = Entry { key, value, start, complex };
        open.span.end = entry.end();
        open.entries.push(entry);
        Ok(())
    }

    /// Moves over the colon; the value's lead, and how far the text is known already.
    fn colon(&mut self, is_flow: bool) -> Result<(usize, usize), Fault> {
        self.advance()?;
        let after_key = self.cursor;
        self.trivia();
        let is_colon = self.peek_byte() == Some(b':')
            && (is_flow || self.is_blank(self.cursor + 1) || !self.is_left_out());
        if is_colon {
            self.cursor += 1;
            return Ok((self.cursor, self.cursor));
        }
        let known = self.cursor;
        self.cursor = after_key;
        Ok((after_key, known))
    }

    fn is_blank(&self, at: usize) -> bool {
        self.text.as_bytes().get(at).is_none_or(u8::is_ascii_whitespace)
    }

    /// Whether the current event is a value that was left out.
    fn is_left_out(&self) -> bool {
        self.current.as_ref().is_some_and(|(event, span)| {
            matches!(event, Event::Scalar(_, ScalarStyle::Plain, ..))
                && span.byte_range().is_some_and(|range| range.is_empty())
        })
    }
}

/// Finds a name that comes twice, without a table for small mappings.
#[derive(Default)]
struct Names {
    seen: Option<HashSet<String>>,
}

impl Names {
    /// Holds the last entry against those before it.
    fn check(&mut self, entries: &[Entry]) -> Result<(), Fault> {
        const SMALL: usize = 16;
        let Some((entry, before)) = entries.split_last() else {
            return Ok(());
        };
        let name = entry.name();
        if before.len() == SMALL {
            self.seen = Some(before.iter().map(|entry| entry.name().to_owned()).collect());
        }
        let twice = match &mut self.seen {
            Some(seen) => !seen.insert(name.to_owned()),
            None => before.iter().any(|entry| entry.name() == name),
        };
        if twice {
            return Err((entry.start, ParseFault::DuplicateKey(name.to_owned())));
        }
        Ok(())
    }
}

fn syntax(error: &granit_parser::ScanError) -> ParseFault {
    use granit_parser::ErrorKind;
    match error.kind() {
        ErrorKind::RecursionLimitExceeded { .. } => ParseFault::TooDeep,
        _ => ParseFault::Syntax(error.info()),
    }
}

fn alias_node(name: String, span: Span, lead: usize) -> Node {
    let start = span.start;
    Node { span, anchor: None, tag: None, content: Content::Alias(name), start, lead }
}

fn layout(style: StructureStyle) -> Layout {
    match style {
        StructureStyle::Block => Layout::Block,
        StructureStyle::Flow => Layout::Flow,
    }
}

/// The indentation of a block scalar's body.
fn block_indent(body: &str) -> usize {
    body.lines()
        .find(|line| !line.trim().is_empty())
        .map_or(0, |line| line.len() - line.trim_start_matches(' ').len())
}
