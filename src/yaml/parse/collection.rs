//! Reads nodes and collections.

use std::borrow::Cow;
use std::collections::HashSet;

use granit_parser::{Event, StructureStyle};

use super::super::error::ParseFault;
use super::super::node::{Content, Entries, Entry, Layout, Node, NodeProperties, Span};
use super::super::resolved::is_merge_key;
use super::super::scalar::{Quoting, old_key};
use super::leaf::Properties;
use super::reader::{ErrorAt, MAX_ALIASED_BYTES, MAX_DEPTH, MAX_NODES, MERGE_LEVELS, Reader, Size};

/// The result of the first event of a node.
enum Opened {
    Leaf((Node, Size)),
    Branch(Box<Branch>),
}

/// A collection before its end is read.
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

impl Reader<'_> {
    /// Reads the node of the current event.
    ///
    /// The recursion is through this, `sequence`, `mapping` and `entry` only. Their
    /// stack frames are small, because 255 levels must fit on any thread's stack.
    pub(super) fn node(&mut self, lead: usize) -> Result<(Node, Size), ErrorAt> {
        let mut branch = match self.open(lead)? {
            Opened::Leaf(done) => return Ok(done),
            Opened::Branch(branch) => branch,
        };
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err((self.cursor, ParseFault::TooDeep));
        }
        if branch.is_sequence {
            self.sequence(&mut branch)?;
        } else {
            self.mapping(&mut branch)?;
        }
        self.depth -= 1;
        self.close(*branch)
    }

    /// Consumes the current event: reads a leaf, or the properties of a branch.
    fn open(&mut self, lead: usize) -> Result<Opened, ErrorAt> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err((self.cursor, ParseFault::TooManyNodes));
        }
        let (event, span) = self.current.take().ok_or_else(|| self.unsupported())?;
        let range = span.byte_range().ok_or_else(|| self.unsupported())?;
        let (id, style, is_sequence) = match &event {
            Event::Alias(id) => {
                let name = self.alias(&range, lead)?;
                let Some(size) = self.sizes.get(id).copied().flatten() else {
                    return Err((range.start, ParseFault::RecursiveAlias(name)));
                };
                self.expanded += size.bytes;
                if self.expanded > MAX_ALIASED_BYTES
                    || self.total + size.nodes > MAX_NODES
                    || size.depth + self.depth > MAX_DEPTH
                {
                    return Err((range.start, ParseFault::TooManyAliases));
                }
                self.has_references = true;
                return Ok(Opened::Leaf((alias_node(name, range, lead), size)));
            }
            Event::UnresolvedAlias(_) => {
                let name = self.alias(&range, lead)?;
                self.has_references = true;
                let size = Size::leaf(name.len());
                return Ok(Opened::Leaf((alias_node(name, range, lead), size)));
            }
            Event::Scalar(_, _, id, _) => (*id, StructureStyle::Flow, false),
            Event::SequenceStart(style, id, _) => (*id, *style, true),
            Event::MappingStart(style, id, _) => (*id, *style, false),
            _ => return Err(self.unsupported()),
        };
        let properties = self.properties(&event, &span, id)?;
        if let Event::Scalar(text, style, ..) = event {
            let (scalar, span) = self.scalar(&text, style, range, &properties)?;
            let size = Size::leaf(scalar.text.len() + properties.length());
            let content = Content::Scalar(scalar);
            let node = self.closed(properties, content, (lead, span), size)?;
            return Ok(Opened::Leaf(node));
        }
        self.trivia();
        let size = Size {
            depth: 0,
            ..Size::leaf(properties.length())
        };
        Ok(Opened::Branch(Box::new(Branch {
            properties,
            lead,
            style,
            is_sequence,
            has_token: !range.is_empty(),
            items: Vec::new(),
            entries: Vec::new(),
            span: self.cursor..self.cursor,
            size,
        })))
    }

    fn close(&mut self, mut branch: Branch) -> Result<(Node, Size), ErrorAt> {
        branch.size.depth += 1;
        let layout = layout(branch.style);
        let content = if branch.is_sequence {
            Content::Sequence {
                layout,
                items: std::mem::take(&mut branch.items),
            }
        } else {
            Content::Mapping {
                layout,
                entries: Entries::new(std::mem::take(&mut branch.entries)),
            }
        };
        let place = (branch.lead, branch.span);
        self.closed(branch.properties, content, place, branch.size)
    }

    fn closed(
        &mut self,
        properties: Properties,
        content: Content,
        (lead, span): (usize, Span),
        size: Size,
    ) -> Result<(Node, Size), ErrorAt> {
        if size.nodes > MAX_NODES {
            return Err((span.start, ParseFault::TooManyAliases));
        }
        if properties.id > 0 {
            self.sizes.insert(properties.id, Some(size));
        }
        let start = properties.start.unwrap_or(span.start);
        let Properties { anchor, tag, .. } = properties;
        Ok((
            Node {
                span,
                properties: NodeProperties { anchor, tag }.boxed(),
                content,
                start,
                lead,
            },
            size,
        ))
    }

    fn sequence(&mut self, open: &mut Branch) -> Result<(), ErrorAt> {
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

    /// Skips a comma or dash; `None` at the end of the sequence.
    fn next_item(&mut self, is_flow: bool) -> Result<Option<usize>, ErrorAt> {
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

    fn mapping(&mut self, open: &mut Branch) -> Result<(), ErrorAt> {
        let is_flow = open.style == StructureStyle::Flow;
        let braces = is_flow && open.has_token && self.peek_byte() == Some(b'{');
        if braces {
            self.cursor += 1;
        }
        let mut names = KeyNames::default();
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

    /// Skips a comma; false at the end of the mapping.
    fn next_entry(&mut self, braces: bool) -> Result<bool, ErrorAt> {
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

    fn entry(&mut self, is_flow: bool, open: &mut Branch) -> Result<(), ErrorAt> {
        let entry_start = self.cursor;
        if self.peek_byte() == Some(b'?')
            && (self.is_blank(entry_start + 1) || (is_flow && self.is_omitted()))
        {
            self.cursor += 1;
        }
        let (key, size) = self.node(self.cursor)?;
        if let Content::Alias(name) = &key.content {
            return Err((key.span.start, ParseFault::AliasKey(format!("*{name}"))));
        }
        let is_merged = is_merge_key(&key);
        self.has_references |= is_merged;
        open.size.add(size);
        let (lead, after) = self.colon(is_flow)?;
        let (value, mut size) = self.node(lead)?;
        if is_merged {
            size.depth += MERGE_LEVELS;
            if size.depth + self.depth > MAX_DEPTH {
                return Err((entry_start, ParseFault::TooDeep));
            }
        }
        open.size.add(size);
        self.cursor = self.cursor.max(after);
        let complex = match key.content {
            Content::Scalar(_) => None,
            _ => Some(Box::<str>::from(&self.text[key.start..key.span.end])),
        };
        open.size.bytes += complex.as_deref().map_or(0, str::len);
        let entry = Entry {
            key,
            value,
            start: entry_start,
            complex,
        };
        open.span.end = entry.end();
        open.entries.push(entry);
        Ok(())
    }

    /// Skips the colon; returns the value's lead and the end of the text that was skipped.
    fn colon(&mut self, is_flow: bool) -> Result<(usize, usize), ErrorAt> {
        self.advance()?;
        let after_key = self.cursor;
        self.trivia();
        let is_colon = self.peek_byte() == Some(b':')
            && (is_flow || self.is_blank(self.cursor + 1) || !self.is_omitted());
        if is_colon {
            self.cursor += 1;
            return Ok((self.cursor, self.cursor));
        }
        let known = self.cursor;
        self.cursor = after_key;
        Ok((after_key, known))
    }
}

/// Finds duplicate keys; small mappings need no table.
#[derive(Default)]
struct KeyNames {
    seen: Option<HashSet<String>>,
}

impl KeyNames {
    /// Compares the key of the last entry with those before it.
    fn check(&mut self, entries: &[Entry]) -> Result<(), ErrorAt> {
        const SMALL: usize = 16;
        let Some((entry, before)) = entries.split_last() else {
            return Ok(());
        };
        let name = as_read(entry);
        if before.len() == SMALL {
            self.seen = Some(
                before
                    .iter()
                    .map(|entry| as_read(entry).into_owned())
                    .collect(),
            );
        }
        let twice = match &mut self.seen {
            Some(seen) => !seen.insert(name.into_owned()),
            None => before.iter().any(|entry| as_read(entry) == name),
        };
        if twice {
            return Err((
                entry.start,
                ParseFault::DuplicateKey(entry.name().to_owned()),
            ));
        }
        Ok(())
    }
}

/// The key as readers of YAML 1.1 have it in JSON: `yes` is `true` there, and `0x10` is `16`.
fn as_read(entry: &Entry) -> Cow<'_, str> {
    let name = entry.name();
    match &entry.key.content {
        Content::Scalar(key) if key.quoting == Quoting::Plain && entry.key.tag().is_none() => {
            old_key(name).unwrap_or(Cow::Borrowed(name))
        }
        _ => Cow::Borrowed(name),
    }
}

fn alias_node(name: String, span: Span, lead: usize) -> Node {
    let start = span.start;
    Node {
        span,
        properties: None,
        content: Content::Alias(name),
        start,
        lead,
    }
}

fn layout(style: StructureStyle) -> Layout {
    match style {
        StructureStyle::Block => Layout::Block,
        StructureStyle::Flow => Layout::Flow,
    }
}
