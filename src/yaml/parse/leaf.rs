//! Reads aliases, scalars, and the anchor and tag of a node.

use granit_parser::{Event, ScalarStyle};

use super::super::error::ParseFault;
use super::super::node::Span;
use super::super::scalar::{Kind, Quoting, Scalar};
use super::super::text::{line_end, next_line, without_break};
use super::reader::{ErrorAt, Reader};

/// The anchor and tag of a node, and their start.
pub(super) struct Properties {
    pub(super) anchor: Option<String>,
    pub(super) tag: Option<String>,
    pub(super) start: Option<usize>,
    pub(super) id: usize,
    core: Option<Kind>,
    is_str: bool,
}

impl Properties {
    /// The length of the anchor and the tag.
    pub(super) fn length(&self) -> usize {
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        length(&self.anchor) + length(&self.tag)
    }
}

impl<'t> Reader<'t> {
    pub(super) fn alias(&mut self, range: &Span, lead: usize) -> Result<String, ErrorAt> {
        self.trivia();
        if self.cursor != range.start || range.start < lead {
            return Err(self.unsupported());
        }
        self.cursor = range.end;
        let name = self.text.get(range.start + 1..range.end);
        anchor_name(name.unwrap_or_default(), range.start)
    }

    /// Consumes the event of the anchor and skips anchor and tag.
    pub(super) fn properties(
        &mut self,
        event: &Event<'t>,
        span: &granit_parser::Span,
        id: usize,
    ) -> Result<Properties, ErrorAt> {
        let mut found = Properties {
            anchor: None,
            tag: None,
            start: None,
            id,
            core: None,
            is_str: false,
        };
        let mut ranges: [Option<Span>; 2] = [None, None];
        if let Some(range) = span.tag_span().and_then(|tag| tag.byte_range()) {
            let source = self
                .text
                .get(range.clone())
                .ok_or_else(|| self.unsupported())?;
            if source.ends_with(':') {
                let fault = ParseFault::Disputed("a tag that ends with `:`; put a space before it");
                return Err((range.start, fault));
            }
            found.tag = Some(source.to_owned());
            if let Event::Scalar(_, _, _, Some(tag)) = event {
                found.core = tag.core_suffix().and_then(Kind::of_tag);
                found.is_str = source == "!";
            }
            ranges[0] = Some(range);
        }
        if id > 0 {
            let (Event::Anchor(_, name), span) = self.event()? else {
                return Err(self.unsupported());
            };
            let range = span.byte_range().ok_or_else(|| self.unsupported())?;
            found.anchor = Some(anchor_name(&name, range.start)?);
            ranges[1] = Some(range);
            self.sizes.insert(id, None);
        }
        let mut ranges: Vec<Span> = ranges.into_iter().flatten().collect();
        ranges.sort_by_key(|range| range.start);
        for range in ranges {
            self.trivia();
            if self.cursor != range.start {
                return Err(self.unsupported());
            }
            found.start.get_or_insert(range.start);
            self.cursor = range.end;
        }
        if let (Some(name), Some(start)) = (&found.anchor, found.start) {
            self.anchors.add(name, start);
        }
        Ok(found)
    }

    pub(super) fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        range: Span,
        properties: &Properties,
    ) -> Result<(Scalar, Span), ErrorAt> {
        let quoting = match style {
            ScalarStyle::Plain => Quoting::Plain,
            ScalarStyle::SingleQuoted => Quoting::Single,
            ScalarStyle::DoubleQuoted => Quoting::Double,
            ScalarStyle::Literal => Quoting::Literal,
            ScalarStyle::Folded => Quoting::Folded,
        };
        if quoting == Quoting::Plain && range.is_empty() {
            let kind = if properties.is_str {
                Kind::Str
            } else {
                properties.core.unwrap_or(Kind::Null)
            };
            let scalar = Scalar {
                text: String::new(),
                kind,
                quoting,
            };
            return Ok((scalar, self.cursor..self.cursor));
        }
        self.trivia();
        let kind = match (properties.core, quoting) {
            (Some(kind), _) => kind,
            (None, Quoting::Plain) if !properties.is_str => Kind::of_plain(text),
            _ => Kind::Str,
        };
        let has_properties = properties.start.is_some();
        if quoting == Quoting::Plain && text.starts_with(':') && has_properties {
            let fault = ParseFault::Disputed(
                "a text that starts with `:` after an anchor or tag; put it in quotes",
            );
            return Err((range.start, fault));
        }
        if quoting == Quoting::Plain && text.starts_with('?') {
            return Err((
                range.start,
                ParseFault::Disputed("a text that starts with `?`; put it in quotes"),
            ));
        }
        let mut scalar = Scalar {
            text: text.to_owned(),
            kind,
            quoting,
        };
        if matches!(quoting, Quoting::Literal | Quoting::Folded) {
            let span = self.block_scalar(range)?;
            let header = &self.text[span.start..line_end(self.text, span.start)];
            let body = &self.text[next_line(self.text, span.start).min(span.end)..span.end];
            if self.depth == 0 && !body.is_empty() && block_indent(body) == 0 {
                return Err((
                    span.start,
                    ParseFault::Disputed("a block scalar that is not indented; indent it"),
                ));
            }
            // Other readers do not add a line break that the text does not have.
            let is_last = self.text[span.end..].trim().is_empty();
            if is_last && header.contains('+') && !self.text.ends_with('\n') {
                return Err((
                    span.start,
                    ParseFault::Disputed(
                        "a `+` block scalar at the end of a text without a final line break; add one",
                    ),
                ));
            }
            if span.end == self.text.len() && scalar.text.ends_with('\n') {
                scalar.text.pop();
            }
            return Ok((scalar, span));
        }
        if self.cursor != range.start {
            return Err(self.unsupported());
        }
        self.cursor = range.end;
        Ok((scalar, range))
    }

    /// The span of a block scalar from its header to the end of its last line.
    pub(super) fn block_scalar(&mut self, range: Span) -> Result<Span, ErrorAt> {
        let start = self.cursor;
        if !matches!(self.peek_byte(), Some(b'|' | b'>')) {
            return Err(self.unsupported());
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
            // The parser's span may include the indentation of the next line.
            let line = self.text[..end].trim_end_matches(' ').len();
            end = if self.text[..line].ends_with('\n') {
                line
            } else {
                end
            };
            end = without_break(self.text, end);
        } else {
            let indent = block_indent(&self.text[body.min(end)..end]);
            loop {
                let line_end = without_break(self.text, end);
                let line_start = self.text[..line_end].rfind('\n').map_or(0, |at| at + 1);
                let line = &self.text[line_start..line_end];
                if line_start < body
                    || line.bytes().any(|b| !b.is_ascii_whitespace())
                    || line.len() > indent
                {
                    end = if line_start < body {
                        header_end
                    } else {
                        line_end
                    };
                    break;
                }
                end = line_start;
            }
        }
        self.cursor = self.cursor.max(end);
        Ok(start..end.max(header_end))
    }
}

/// The name of an anchor or alias at an offset.
///
/// YAML 1.1 ends a name at the first character that is not one of these, so that the rest of it would
/// be something else.
fn anchor_name(name: &str, at: usize) -> Result<String, ErrorAt> {
    let is_agreed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if name.chars().all(is_agreed) {
        Ok(name.to_owned())
    } else {
        Err((at, ParseFault::AnchorName(name.to_owned())))
    }
}

/// The indentation of a block scalar's body.
fn block_indent(body: &str) -> usize {
    body.lines()
        .find(|line| !line.trim().is_empty())
        .map_or(0, |line| line.len() - line.trim_start_matches(' ').len())
}
