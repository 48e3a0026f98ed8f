//! Finding lines, template expressions, quotes and comments in a text.

use std::ops::Range;

use super::entry::{Quoting, Token};

/// Where template expressions start and end: Go, Helm and Jinja.
const EXPRESSIONS: [(&str, &str); 3] = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];

/// The longest expression in bytes; what is longer is probably no expression.
const LONGEST: usize = 10_000;

/// A text, read from the front.
pub(super) struct Scanner<'t> {
    pub text: &'t str,
    /// For each kind of expression, where its next end was last searched from, and where it is.
    ends: [(usize, usize); EXPRESSIONS.len()],
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            ends: [(usize::MAX, 0); EXPRESSIONS.len()],
        }
    }

    /// The line that starts at an offset, without its end, and where the next one starts.
    pub(super) fn line(&self, start: usize) -> (Range<usize>, usize) {
        let rest = &self.text[start..];
        let (length, next) = match rest.find('\n') {
            Some(at) => (at, start + at + 1),
            None => (rest.len(), self.text.len()),
        };
        let line = &rest[..length];
        (
            start..start + line.strip_suffix('\r').unwrap_or(line).len(),
            next,
        )
    }

    /// The end of the template expression that starts at an offset.
    pub(super) fn expression(&mut self, at: usize) -> Option<usize> {
        let rest = &self.text[at..];
        let kind = EXPRESSIONS
            .iter()
            .position(|(open, _)| rest.starts_with(open))?;
        let (from, mut end) = self.ends[kind];
        // A text with many starts and few ends is only searched once.
        if !(from..=end).contains(&at) {
            let found = rest[2..].find(EXPRESSIONS[kind].1);
            end = found.map_or(usize::MAX, |length| at + 2 + length);
            self.ends[kind] = (at, end);
        }
        (end < at.saturating_add(LONGEST)).then(|| end + 2)
    }

    /// The line that starts at an offset, with those that its expressions continue on.
    pub(super) fn logical_line(&mut self, start: usize) -> (Range<usize>, usize) {
        let (mut line, mut next) = self.line(start);
        let mut at = start;
        while let Some(found) = self.text[at..line.end].find('{') {
            at += found;
            match self.expression(at) {
                Some(end) => at = end,
                None => at += 1,
            }
            if at > line.end {
                let (rest, after) = self.line(at);
                (line.end, next) = (rest.end, after);
            }
        }
        (line, next)
    }

    /// The value in a range that has the rest of a line, and the comment after it.
    ///
    /// A comment starts with one of `marks` after a blank; quotes only count around the whole value.
    pub(super) fn value(
        &mut self,
        rest: Range<usize>,
        quotes: &[char],
        marks: &[&str],
    ) -> (Option<Token>, Option<Range<usize>>) {
        let text = self.text;
        let start = rest.end - text[rest.clone()].trim_start().len();
        if start > rest.start && marks.iter().any(|m| text[start..rest.end].starts_with(m)) {
            return (None, Some(start..rest.end));
        }
        let quote = text[start..rest.end]
            .chars()
            .next()
            .filter(|c| quotes.contains(c));
        if let Some(quote) = quote
            && let Some(close) = self.closing_quote(start + 1..rest.end, quote)
        {
            let comment = comment(text, close + 1..rest.end, marks);
            let end = comment.as_ref().map_or(rest.end, |c| c.start);
            if text[close + 1..end].trim().is_empty() {
                let quoting = if quote == '\'' {
                    Quoting::Single
                } else {
                    Quoting::Double
                };
                let span = start + 1..close;
                return (Some(Token { span, quoting }), comment);
            }
        }
        let comment = self.comment(start..rest.end, marks);
        let end = comment.as_ref().map_or(rest.end, |c| c.start);
        let span = start..start + text[start..end.max(start)].trim_end().len();
        let quoting = Quoting::Bare;
        let token = (!span.is_empty()).then_some(Token { span, quoting });
        (token, comment)
    }

    /// The offset of the quote that ends a quoted text; not one within an expression.
    fn closing_quote(&mut self, range: Range<usize>, quote: char) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = range.start;
        while at < range.end {
            match bytes[at] {
                b'\\' if quote == '"' => at += 2,
                // A quote is written twice within single quotes.
                b'\'' if quote == '\'' && bytes[at + 1..range.end].first() == Some(&b'\'') => {
                    at += 2;
                }
                b if char::from(b) == quote => return Some(at),
                b'{' => at = self.expression(at).unwrap_or(at + 1),
                _ => at += 1,
            }
        }
        None
    }

    /// The comment in a range of a line, outside of expressions.
    fn comment(&mut self, range: Range<usize>, marks: &[&str]) -> Option<Range<usize>> {
        let mut at = range.start;
        while at < range.end {
            let until = self.text[at..range.end]
                .find('{')
                .map_or(range.end, |i| at + i);
            // The blank before the mark can be before the part.
            let from = at.saturating_sub(1).max(range.start);
            if let Some(found) = comment(self.text, from..until, marks) {
                return Some(found.start..range.end);
            }
            at = self.expression(until).unwrap_or(until + 1);
        }
        None
    }
}

/// The comment in a range: from the first of the marks that follows a blank.
fn comment(text: &str, range: Range<usize>, marks: &[&str]) -> Option<Range<usize>> {
    let part = text.get(range.clone())?;
    let found = marks
        .iter()
        .filter_map(|mark| {
            let mut hits = part.match_indices(mark).map(|(at, _)| at);
            hits.find(|at| part[..*at].ends_with([' ', '\t']))
        })
        .min()?;
    Some(range.start + found..range.end)
}

/// The template expressions in a text, in order.
pub(super) fn expressions(text: &str) -> Vec<&str> {
    let mut scanner = Scanner::new(text);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('{') {
        at += open;
        match scanner.expression(at) {
            Some(end) => {
                found.push(&text[at..end]);
                at = end;
            }
            None => at += 1,
        }
    }
    found
}
