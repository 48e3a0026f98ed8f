//! The next event, and the moves over text between events.

use granit_parser::{Event, ScalarStyle};

use super::super::error::ParseFault;
use super::super::text::line_end;
use super::{Fault, Reader};

impl<'t> Reader<'t> {
    pub(super) fn event(&mut self) -> Result<(Event<'t>, granit_parser::Span), Fault> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                let offset = error.marker().byte_offset().unwrap_or(self.cursor);
                Err((offset, syntax(&error)))
            }
            None => Err((self.cursor, ParseFault::Syntax("unexpected end".to_owned()))),
        }
    }

    pub(super) fn advance(&mut self) -> Result<(), Fault> {
        self.current = Some(self.event()?);
        Ok(())
    }

    pub(super) fn peek_byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.cursor).copied()
    }

    /// Moves over white space and comments.
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

    /// Moves over a comment and remembers it.
    pub(super) fn comment(&mut self) {
        let end = line_end(self.text, self.cursor);
        self.comments.push(self.cursor..end);
        self.cursor = end;
    }

    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        if self.peek_byte() == Some(byte) {
            self.cursor += 1;
            return Ok(());
        }
        Err(self.misplaced())
    }

    pub(super) fn misplaced(&self) -> Fault {
        (
            self.cursor,
            ParseFault::Syntax("a construct that is not supported".to_owned()),
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

    /// Whether the current event is a value that was left out.
    pub(super) fn is_left_out(&self) -> bool {
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
        _ => ParseFault::Syntax(error.info()),
    }
}
