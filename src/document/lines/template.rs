//! Templates that make YAML: keys by indentation, in blocks of control lines.
//!
//! # Why
//!
//! A template is not YAML until it is rendered, so its lines are read one by one. A block from
//! `{{ if }}` to `{{ end }}` is one entry with the lines in it: half of it is no template.

use std::ops::Range;

use super::entry::{Builder, Entry, Position, Quoting, Shape, Token};
use super::scan::Scanner;

/// How deep keys and blocks can be nested.
const MAX_DEPTH: usize = 64;

const QUOTES: &[char] = &['\'', '"'];
const COMMENT: &[&str] = &["#"];

/// What a line of a template is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Blank,
    Comment,
    /// A key, an item or text.
    Content,
    /// An expression alone, such as `{{ toYaml . }}`.
    Expression,
    Open,
    Else,
    Close,
}

/// One line, with those that its expressions continue on.
#[derive(Clone, Debug)]
struct Line {
    kind: Kind,
    start: usize,
    /// Without blanks at its ends.
    content: Range<usize>,
    next: usize,
    /// How deep it is; of a block, the least depth within it.
    depth: usize,
}

/// Reads a template; `None` if it is nested too deeply, or a block starts or ends within a line.
pub(super) fn read(text: &str) -> Option<Vec<Entry>> {
    let mut scanner = Scanner::new(text);
    let mut lines = Vec::new();
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    while at < text.len() {
        let (line, next) = scanner.logical_line(at);
        let rest = &text[line.clone()];
        let start = line.end - rest.trim_start().len();
        let content = start..start + text[start..line.end].trim_end().len();
        let kind = kind(&text[content.clone()])?;
        let is_deeper = kind == Kind::Expression || text[content.clone()].starts_with('-');
        lines.push(Line {
            kind,
            start: at,
            depth: depth(start - at) + usize::from(is_deeper),
            content,
            next,
        });
        at = next;
    }
    match_blocks(&mut lines)?;
    let mut reader = Reader {
        scanner,
        builder: Builder::new(text.len()),
        open: Vec::new(),
    };
    for line in &lines {
        reader.line(line);
        if reader.open.len() > MAX_DEPTH {
            return None;
        }
    }
    Some(reader.builder.finish())
}

/// What a line is; `None` if a block starts or ends in it beside other text.
fn kind(line: &str) -> Option<Kind> {
    if line.is_empty() {
        return Some(Kind::Blank);
    }
    if line.starts_with('#') || line.starts_with("{#") {
        return Some(Kind::Comment);
    }
    let expressions = super::scan::expressions(line);
    let alone = expressions.first().is_some_and(|first| *first == line);
    let mut open = 0_usize;
    for expression in &expressions {
        match kind_of_expression(expression) {
            kind if alone => return Some(kind),
            Kind::Open => open += 1,
            Kind::Close => open = open.checked_sub(1)?,
            _ => {}
        }
    }
    (open == 0).then_some(Kind::Content)
}

fn kind_of_expression(expression: &str) -> Kind {
    const GO: &[&str] = &["if", "range", "with", "define", "block"];
    const JINJA: &[&str] = &["if", "for", "macro", "call", "filter", "raw", "block"];
    let inner = expression[2..].trim_start_matches(['-', '+']).trim_start();
    if inner.starts_with("/*") {
        return Kind::Comment;
    }
    let is_jinja = expression.starts_with("{%");
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let word = &inner[..inner.find(|c| !is_word(c)).unwrap_or(inner.len())];
    match word {
        "else" => Kind::Else,
        "end" => Kind::Close,
        "elif" if is_jinja => Kind::Else,
        word if is_jinja && word.starts_with("end") => Kind::Close,
        word if is_jinja && JINJA.contains(&word) => Kind::Open,
        word if !is_jinja && GO.contains(&word) => Kind::Open,
        _ => Kind::Expression,
    }
}

/// Finds the least depth within each block; `None` if a block has no start or no end.
fn match_blocks(lines: &mut [Line]) -> Option<()> {
    /// An open block: its first line, the lines with `else`, and the least depth so far.
    struct Open {
        lines: Vec<usize>,
        least: usize,
    }
    let mut open: Vec<Open> = Vec::new();
    for index in 0..lines.len() {
        let Line { kind, depth, .. } = lines[index];
        match kind {
            Kind::Blank | Kind::Comment => {}
            // Expressions are often written in the first column, wherever they belong.
            Kind::Expression if depth <= self::depth(0) + 1 => {}
            Kind::Content | Kind::Expression => {
                if let Some(block) = open.last_mut() {
                    block.least = block.least.min(depth);
                }
            }
            Kind::Open => open.push(Open {
                lines: vec![index],
                least: usize::MAX,
            }),
            Kind::Else => open.last_mut()?.lines.push(index),
            Kind::Close => {
                let block = open.pop()?;
                if let Some(outer) = open.last_mut() {
                    outer.least = outer.least.min(block.least);
                }
                for line in block.lines {
                    if block.least < usize::MAX {
                        lines[line].depth = block.least;
                    }
                }
            }
        }
    }
    open.is_empty().then_some(())
}

/// An entry that later lines can belong to.
struct Parent {
    entry: usize,
    depth: usize,
    kind: ParentKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ParentKind {
    Key,
    Block,
    Else,
}

struct Reader<'t> {
    scanner: Scanner<'t>,
    builder: Builder,
    open: Vec<Parent>,
}

/// The depth of a key in a column; an item is deeper than a key in the same column.
fn depth(column: usize) -> usize {
    2 * column + 1
}

impl Reader<'_> {
    /// The entry that a new one belongs to: leaves the keys that are as deep or have a value, but no
    /// block.
    fn parent(&mut self, depth: usize) -> usize {
        while let Some(last) = self.open.last()
            && last.kind == ParentKind::Key
            && (last.depth >= depth || self.builder.entries[last.entry].value.is_some())
        {
            self.open.pop();
        }
        self.open.last().map_or(0, |parent| parent.entry)
    }

    fn enter(&mut self, entry: usize, depth: usize, kind: ParentKind) {
        self.open.push(Parent { entry, depth, kind });
    }

    fn line(&mut self, line: &Line) {
        let at = Position {
            line: line.start,
            start: line.content.start,
            end: line.next,
        };
        let content = &self.scanner.text[line.content.clone()];
        match line.kind {
            Kind::Blank => self.builder.blank(),
            Kind::Comment => self.builder.comment(line.start, line.content.clone()),
            Kind::Content => self.content(line, at),
            Kind::Expression => {
                let is_first_column = line.depth == depth(0) + 1;
                let depth = if is_first_column {
                    usize::MAX
                } else {
                    line.depth
                };
                let parent = self.parent(depth);
                let index = self.builder.add(Shape::Line, content, parent, &at);
                self.builder.entries[index].value = Some(bare(&line.content));
            }
            Kind::Open => {
                let parent = self.parent(line.depth);
                let index = self.builder.add(Shape::Control, content, parent, &at);
                self.enter(index, line.depth, ParentKind::Block);
            }
            Kind::Else => {
                let parent = self.leave_to_block();
                let index = self.builder.add(Shape::Control, content, parent, &at);
                self.enter(index, line.depth, ParentKind::Else);
            }
            Kind::Close => {
                let block = self.leave_to_block();
                self.open.pop();
                self.builder.entries[block].end = line.next;
                self.builder.blank();
            }
        }
    }

    /// Leaves everything within the innermost block.
    fn leave_to_block(&mut self) -> usize {
        while self
            .open
            .last()
            .is_some_and(|last| last.kind != ParentKind::Block)
        {
            self.open.pop();
        }
        self.open.last().map_or(0, |block| block.entry)
    }

    fn content(&mut self, line: &Line, mut at: Position) {
        let text = self.scanner.text;
        let mut content = line.content.clone();
        let mut column = line.content.start - line.start;
        let mut is_inline = false;
        while let Some(rest) = text[content.clone()].strip_prefix('-')
            && (rest.is_empty() || rest.starts_with([' ', '\t']))
            && self.open.len() <= MAX_DEPTH
        {
            let inner = content.end - rest.trim_start().len();
            let parent = self.parent(depth(column) + 1);
            let index = self.builder.add(Shape::Item, "", parent, &at);
            self.builder.entries[index].is_inline = is_inline;
            is_inline = true;
            let key = self.key(inner..content.end);
            let is_nested = text[inner..content.end].starts_with("- ");
            self.enter(index, depth(column) + 1, ParentKind::Key);
            if key.is_none() && !is_nested {
                let (token, comment) = self.scanner.value(inner..content.end, QUOTES, COMMENT);
                let entry = &mut self.builder.entries[index];
                entry.value = token;
                entry.comments.extend(comment);
                return;
            }
            column += inner - content.start;
            content.start = inner;
            at.start = inner;
        }
        let parent = self.parent(depth(column));
        let Some((key, value)) = self.key(content.clone()) else {
            let name = super::plain::name(&text[content.clone()]);
            let index = self.builder.add(Shape::Line, &name, parent, &at);
            self.builder.entries[index].value = Some(bare(&content));
            return;
        };
        let index = self.builder.add(Shape::Key, &text[key], parent, &at);
        let slot = value.start;
        let (token, comment) = self.scanner.value(value, QUOTES, COMMENT);
        let entry = &mut self.builder.entries[index];
        entry.is_inline = is_inline;
        entry.slot = Some(slot);
        entry.comments.extend(comment);
        // The header of a block scalar is no value; its lines are below the key.
        entry.value = token.filter(|token| !is_block_header(&text[token.span.clone()]));
        self.enter(index, depth(column), ParentKind::Key);
    }

    /// The key in a line without its quotes, and the rest of the line after the colon.
    fn key(&mut self, line: Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
        let text = self.scanner.text;
        let bytes = text.as_bytes();
        let quote = bytes[line.start..line.end]
            .first()
            .copied()
            .filter(|b| matches!(b, b'"' | b'\''));
        if let Some(quote) = quote {
            let close = line.start + 1 + text[line.start + 1..line.end].find(char::from(quote))?;
            let is_key = text[close + 1..line.end].starts_with(':');
            return is_key.then(|| (line.start + 1..close, close + 2..line.end));
        }
        let mut at = line.start;
        if matches!(bytes.get(at)?, b'[' | b'|' | b'>' | b'&' | b'*' | b'!') {
            return None;
        }
        while at < line.end {
            match bytes[at] {
                b'{' => at = self.scanner.expression(at).filter(|end| *end <= line.end)?,
                b':' if at > line.start
                    && matches!(bytes[at + 1..line.end].first(), None | Some(b' ' | b'\t')) =>
                {
                    return Some((line.start..at, at + 1..line.end));
                }
                b'#' if bytes[..at].ends_with(b" ") => return None,
                _ => at += 1,
            }
        }
        None
    }
}

fn bare(content: &Range<usize>) -> Token {
    Token {
        span: content.clone(),
        quoting: Quoting::Bare,
    }
}

/// Whether a value is `|`, `>-` and the like.
fn is_block_header(value: &str) -> bool {
    let rest = value.strip_prefix(['|', '>']);
    rest.is_some_and(|rest| {
        rest.bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+'))
    })
}
