//! Settings: a key and a value on a line, in sections or blocks.

use std::ops::Range;

use super::entry::{Builder, Entry, Position, Quoting, Shape, Token};
use super::scan::Scanner;

/// How deep blocks can be nested.
const MAX_DEPTH: usize = 64;

/// How settings are written.
pub(super) struct Syntax {
    /// What a comment on a line of its own starts with.
    comments: &'static [&'static str],
    /// What a comment after a value starts with, after a blank.
    comments_after: &'static [&'static str],
    separators: &'static [char],
    quotes: &'static [char],
    /// Whether `[name]` starts a section.
    has_sections: bool,
    /// Whether `name {` starts a block.
    has_blocks: bool,
    /// How a value continues on the next line.
    continuation: Continuation,
}

/// How a value continues on the next line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Continuation {
    Never,
    /// Within quotes.
    Quotes,
    /// After a backslash.
    Backslash,
    /// Within brackets, triple quotes and here documents.
    Brackets,
}

pub(super) const ENV: Syntax = Syntax {
    comments: &["#"],
    comments_after: &["#"],
    separators: &['='],
    quotes: &['\'', '"'],
    has_sections: false,
    has_blocks: false,
    continuation: Continuation::Quotes,
};

pub(super) const PROPERTIES: Syntax = Syntax {
    comments: &["#", "!"],
    comments_after: &[],
    separators: &['=', ':'],
    quotes: &[],
    has_sections: false,
    has_blocks: false,
    continuation: Continuation::Backslash,
};

pub(super) const INI: Syntax = Syntax {
    comments: &["#", ";"],
    comments_after: &["#", ";"],
    separators: &['=', ':'],
    quotes: &['\'', '"'],
    has_sections: true,
    has_blocks: false,
    continuation: Continuation::Never,
};

pub(super) const TOML: Syntax = Syntax {
    comments: &["#"],
    comments_after: &["#"],
    separators: &['='],
    quotes: &['\'', '"'],
    has_sections: true,
    has_blocks: false,
    continuation: Continuation::Brackets,
};

pub(super) const HCL: Syntax = Syntax {
    comments: &["#", "//"],
    comments_after: &["#", "//"],
    separators: &['='],
    quotes: &['"'],
    has_sections: false,
    has_blocks: true,
    continuation: Continuation::Brackets,
};

/// Whether every line of a text sets a key that a shell would accept.
pub(super) fn is_list(text: &str) -> bool {
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .peekable();
    let is_setting = |line: &str| {
        let line = line.strip_prefix("export ").unwrap_or(line);
        line.split_once('=').is_some_and(|(key, _)| {
            !key.is_empty()
                && !key.starts_with(|c: char| c.is_ascii_digit())
                && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        })
    };
    lines.peek().is_some() && lines.all(is_setting)
}

/// Reads settings; `None` if blocks are nested too deeply.
pub(super) fn read(text: &str, syntax: &Syntax) -> Option<Vec<Entry>> {
    let mut reader = Reader {
        scanner: Scanner::new(text),
        builder: Builder::new(text.len()),
        parents: vec![0],
        syntax,
    };
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    while at < text.len() {
        at = reader.entry(at);
        if reader.parents.len() > MAX_DEPTH {
            return None;
        }
    }
    Some(reader.builder.finish())
}

struct Reader<'t, 's> {
    scanner: Scanner<'t>,
    builder: Builder,
    /// The section or the blocks around the next line.
    parents: Vec<usize>,
    syntax: &'s Syntax,
}

impl Reader<'_, '_> {
    fn parent(&self) -> usize {
        self.parents.last().copied().unwrap_or_default()
    }

    /// Reads the line at an offset, with those that its value continues on; returns where the next
    /// one starts.
    fn entry(&mut self, line: usize) -> usize {
        let text = self.scanner.text;
        let (mut content, next) = self.scanner.line(line);
        content.start = content.end - text[content.clone()].trim_start().len();
        let trimmed = text[content.clone()].trim_end();
        if trimmed.is_empty() {
            self.builder.blank();
            return next;
        }
        if self.syntax.comments.iter().any(|c| trimmed.starts_with(c)) {
            self.builder.comment(line, content);
            return next;
        }
        let at = Position {
            line,
            start: content.start,
            end: next,
        };
        if self.syntax.has_sections && trimmed.starts_with('[') {
            return self.section(trimmed, &at);
        }
        if self.syntax.has_blocks {
            if trimmed.starts_with('}') {
                return self.end_of_block(next);
            }
            if let Some(head) = opens_block(trimmed) {
                let block = self.builder.add(Shape::Key, head, self.parent(), &at);
                self.parents.push(block);
                return next;
            }
        }
        let Some((key, value)) = self.key(content.clone()) else {
            let name = super::plain::name(trimmed);
            let index = self.builder.add(Shape::Line, &name, self.parent(), &at);
            self.builder.entries[index].value = Some(Token {
                span: content.start..content.start + trimmed.len(),
                quoting: Quoting::Bare,
            });
            return next;
        };
        let index = self.builder.add(Shape::Key, &text[key], self.parent(), &at);
        let slot = value.start;
        let (token, comment, end) = self.value(value, next);
        let entry = &mut self.builder.entries[index];
        entry.slot = Some(slot);
        entry.value = token;
        entry.comments.extend(comment);
        (entry.head_end, entry.end) = (end, end);
        end
    }

    fn section(&mut self, header: &str, at: &Position) -> usize {
        let next = at.end;
        let name = header.rsplit_once(']').map_or(header, |(name, _)| name);
        let name = name.trim_start_matches('[').trim_end_matches(']').trim();
        let section = self.builder.add(Shape::Key, name, 0, at);
        self.parents.truncate(1);
        self.parents.push(section);
        next
    }

    fn end_of_block(&mut self, next: usize) -> usize {
        if self.parents.len() > 1
            && let Some(block) = self.parents.pop()
        {
            self.builder.entries[block].end = next;
        }
        self.builder.blank();
        next
    }

    /// The key in a line, and the rest of the line after the separator.
    fn key(&self, line: Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
        let text = &self.scanner.text[line.clone()];
        let rest = text.strip_prefix("export ").unwrap_or(text).trim_start();
        let start = line.end - rest.len();
        // A separator within a quoted key is part of it.
        let quoted = match rest
            .chars()
            .next()
            .filter(|c| self.syntax.quotes.contains(c))
        {
            Some(quote) => rest[1..].find(quote)? + 2,
            None => 0,
        };
        let at = quoted + rest[quoted..].find(self.syntax.separators)?;
        let key = rest[..at].trim_end();
        (!key.is_empty()).then(|| (start..start + key.len(), start + at + 1..line.end))
    }

    /// The value in the rest of a line, the comment after it, and where the next line starts.
    fn value(
        &mut self,
        rest: Range<usize>,
        next: usize,
    ) -> (Option<Token>, Option<Range<usize>>, usize) {
        let text = self.scanner.text;
        if let Some(end) = self.continued(rest.clone(), next) {
            let start = rest.end - text[rest.clone()].trim_start().len();
            let content = text[start..end].trim_end();
            let mut token = Token {
                span: start..start + content.len(),
                quoting: Quoting::Bare,
            };
            if self.syntax.continuation == Continuation::Quotes && content.len() > 1 {
                token.span = start + 1..start + content.len() - 1;
                token.quoting = if content.starts_with('\'') {
                    Quoting::Single
                } else {
                    Quoting::Double
                };
            }
            return (Some(token), None, end);
        }
        let (token, comment) =
            self.scanner
                .value(rest, self.syntax.quotes, self.syntax.comments_after);
        (token, comment, next)
    }

    /// Where the lines of a value end that does not end on its first line.
    fn continued(&self, rest: Range<usize>, next: usize) -> Option<usize> {
        let text = self.scanner.text;
        let first = text[rest.clone()].trim();
        match self.syntax.continuation {
            Continuation::Never => None,
            Continuation::Backslash => {
                let continues =
                    |line: &str| line.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1;
                let (mut line, mut end) = (rest, next);
                let is_continued = continues(&text[line.clone()]);
                while continues(&text[line.clone()]) && end < text.len() {
                    (line, end) = self.scanner.line(end);
                }
                is_continued.then_some(end)
            }
            Continuation::Quotes => {
                let quote = first
                    .chars()
                    .next()
                    .filter(|c| self.syntax.quotes.contains(c))?;
                let start = rest.end - text[rest].trim_start().len() + 1;
                let close = unescaped(&text[start..], quote)? + start;
                let (line, end) = self.scanner.line(close + 1);
                (close >= next && text[line].trim().is_empty()).then_some(end)
            }
            Continuation::Brackets => self.bracketed(first, rest, next),
        }
    }

    /// Where a list, a text in triple quotes or a here document ends.
    fn bracketed(&self, first: &str, rest: Range<usize>, next: usize) -> Option<usize> {
        let text = self.scanner.text;
        let through = |mark: &str, from: usize| {
            let end = text[from..].find(mark).map(|at| from + at + mark.len());
            end.map_or(text.len(), |end| self.scanner.line(end).1)
        };
        for mark in ["\"\"\"", "'''"] {
            if let Some(inner) = first.strip_prefix(mark) {
                return (!inner.contains(mark)).then(|| through(mark, next));
            }
        }
        if let Some(mark) = first.strip_prefix("<<") {
            let mark = mark.trim_start_matches('-').trim();
            let mut at = next;
            while at < text.len() {
                let (line, after) = self.scanner.line(at);
                at = after;
                if text[line].trim() == mark {
                    break;
                }
            }
            return Some(at);
        }
        if !first.starts_with(['[', '{', '(']) {
            return None;
        }
        let mut open = Brackets::default();
        open.read(&text[rest]);
        let mut at = next;
        while open.depth > 0 && at < text.len() {
            let (line, after) = self.scanner.line(at);
            open.read(&text[line]);
            at = after;
        }
        (at > next).then_some(at)
    }
}

/// The head of a line that opens a block: `resource "a" "b" {`, `tags = {`.
fn opens_block(line: &str) -> Option<&str> {
    let head = line.strip_suffix('{')?.trim_end();
    let head = head.strip_suffix(['=', ':']).unwrap_or(head).trim_end();
    let is_head = |c: char| c.is_alphanumeric() || "_-.\" ".contains(c);
    (!head.is_empty() && head.chars().all(is_head)).then_some(head)
}

/// The offset of the first quote that no backslash precedes.
fn unescaped(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let found = !is_escaped && c == quote;
        is_escaped = c == '\\' && !is_escaped && quote == '"';
        found.then_some(at)
    })
}

/// The brackets that are open after some lines.
#[derive(Default)]
struct Brackets {
    depth: usize,
}

impl Brackets {
    /// Reads a line; brackets within quotes and comments do not count.
    fn read(&mut self, line: &str) {
        let mut quote = None;
        let mut is_escaped = false;
        for c in line.chars() {
            match (quote, c) {
                (Some('"'), '\\') => is_escaped = !is_escaped,
                (Some(open), c) if c == open && !is_escaped => quote = None,
                (Some(_), _) => is_escaped = false,
                (None, '"' | '\'') => quote = Some(c),
                (None, '#') => break,
                (None, '[' | '{' | '(') => self.depth += 1,
                (None, ']' | '}' | ')') => self.depth = self.depth.saturating_sub(1),
                (None, _) => {}
            }
        }
    }
}
