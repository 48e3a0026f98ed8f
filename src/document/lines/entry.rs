//! The entries of a text: a key with a value, a list item, a block, or a line without a key.

use std::ops::Range;

/// The longest name of an entry in bytes; YAML does not allow a key of over 1,024 characters.
const LONGEST_NAME: usize = 200;

/// What an entry is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// The whole text.
    Root,
    /// A key, with a value or with entries below it.
    Key,
    /// An item of a list, with a value or with entries below it.
    Item,
    /// A block of template control lines, from `if` to `end`, or from `else` on.
    Control,
    /// A line without a key.
    Line,
}

/// How a value is quoted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Quoting {
    /// It is not.
    Bare,
    /// `'…'`.
    Single,
    /// `"…"`.
    Double,
}

impl Quoting {
    /// The quote before and after the value.
    pub(super) fn mark(self) -> &'static str {
        match self {
            Self::Bare => "",
            Self::Single => "'",
            Self::Double => "\"",
        }
    }
}

/// A value in the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Token {
    /// Its bytes, without quotes.
    pub span: Range<usize>,
    pub quoting: Quoting,
}

/// One entry.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub shape: Shape,
    /// What identifies it among its siblings; never contains a version.
    pub name: String,
    pub parent: usize,
    pub children: Vec<usize>,
    pub value: Option<Token>,
    /// Where a key's value goes if it has none: after the separator.
    pub slot: Option<usize>,
    /// The start of the comments directly above it; without any, of its first line.
    pub lead: usize,
    /// Its first character.
    pub start: usize,
    /// The end of its own first lines.
    pub head_end: usize,
    /// The end of its lines, with all below it and its closing line.
    pub end: usize,
    /// The column of its first character.
    pub column: usize,
    /// Whether it starts on the line of its list item's dash.
    pub is_inline: bool,
    /// The comments directly above it and at the end of its line.
    pub comments: Vec<Range<usize>>,
}

/// The entries of a text while it is read.
#[derive(Debug)]
pub(super) struct Builder {
    pub entries: Vec<Entry>,
    /// The comments directly above the next entry, and where the first one's line starts.
    pending: Vec<Range<usize>>,
    lead: Option<usize>,
}

/// The place of a new entry in the text.
#[derive(Clone, Debug)]
pub(super) struct Position {
    pub line: usize,
    pub start: usize,
    /// The end of its line.
    pub end: usize,
}

impl Builder {
    pub(super) fn new(length: usize) -> Self {
        let root = Entry {
            shape: Shape::Root,
            name: String::new(),
            parent: 0,
            children: Vec::new(),
            value: None,
            slot: None,
            lead: 0,
            start: 0,
            head_end: 0,
            end: length,
            column: 0,
            is_inline: false,
            comments: Vec::new(),
        };
        Self {
            entries: vec![root],
            pending: Vec::new(),
            lead: None,
        }
    }

    /// Notes a comment on a line of its own.
    pub(super) fn comment(&mut self, line: usize, comment: Range<usize>) {
        self.lead.get_or_insert(line);
        self.pending.push(comment);
    }

    /// Notes a line that separates comments from the next entry.
    pub(super) fn blank(&mut self) {
        self.pending.clear();
        self.lead = None;
    }

    /// Adds an entry as the last one below `parent`.
    pub(super) fn add(&mut self, shape: Shape, name: &str, parent: usize, at: &Position) -> usize {
        let index = self.entries.len();
        self.entries[parent].children.push(index);
        self.entries.push(Entry {
            shape,
            name: shortened(name),
            parent,
            children: Vec::new(),
            value: None,
            slot: None,
            lead: self.lead.take().unwrap_or(at.line),
            start: at.start,
            head_end: at.end,
            end: at.end,
            column: at.start - at.line,
            is_inline: false,
            comments: std::mem::take(&mut self.pending),
        });
        index
    }

    /// Extends the lines of every entry over those below it.
    pub(super) fn finish(mut self) -> Vec<Entry> {
        for index in (1..self.entries.len()).rev() {
            let Entry { parent, end, .. } = self.entries[index];
            if parent > 0 {
                let parent = &mut self.entries[parent];
                parent.end = parent.end.max(end);
            }
        }
        self.entries
    }
}

fn shortened(name: &str) -> String {
    if name.len() <= LONGEST_NAME {
        return name.to_owned();
    }
    let mut end = LONGEST_NAME;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &name[..end])
}
