//! Errors of parsing and editing, and positions in a text.

use std::fmt;

use thiserror::Error;

use super::place::Place;

/// A position in a text as editors show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters (not bytes), from 1.
    pub column: usize,
}

impl Position {
    /// The position of a byte offset; takes time proportional to the offset.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &text[..offset];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[start..]
                .trim_start_matches('\u{feff}')
                .chars()
                .count()
                + 1,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// The reason why a text cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseFault {
    /// The text is larger than 10 MB.
    #[error("the text is larger than 10 MB")]
    TooLarge,
    /// The text has more than 500,000 nodes.
    #[error("more than 500,000 nodes")]
    TooManyNodes,
    /// Collections are nested deeper than 255 levels.
    #[error("nested deeper than 255 levels")]
    TooDeep,
    /// The aliases expand to more than 500,000 nodes or 32 MB.
    #[error("aliases expand to more than 500,000 nodes or 32 MB")]
    TooManyAliases,
    /// An alias is inside the node that it refers to.
    #[error("alias `{0}` refers to a node that contains it")]
    RecursiveAlias(String),
    /// A mapping has the same key twice; the position is that of the second.
    #[error("duplicate key `{0}`")]
    DuplicateKey(String),
    /// Readers of YAML do not agree on the character.
    #[error(
        "readers of YAML do not agree on the character U+{:04X}; write it as an escape in double quotes",
        u32::from(*.0)
    )]
    Character(char),
    /// The name of an anchor or alias has a character at which some readers end it.
    #[error(
        "readers of YAML do not agree on where the name `{0}` ends; use letters, digits, `-` and `_`"
    )]
    AnchorName(String),
    /// Readers of YAML 1.1 and 1.2 take the text for something else; holds what it is.
    #[error("readers of YAML do not agree on {0}")]
    Disputed(&'static str),
    /// A mapping has a key before a merge key that brings the same key.
    #[error("readers of YAML do not agree on `{0}`, which `<<` brings, too; put `<<` before it")]
    MergedKey(String),
    /// A key is an alias.
    #[error("an alias as a key is not supported; write the key `{0}` stands for")]
    AliasKey(String),
    /// The text has a conflict marker of Git.
    #[error("unresolved merge conflict")]
    ConflictMarker,
    /// The text is not YAML; the message is the parser's.
    #[error("{0}")]
    Syntax(String),
}

/// A text that cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{position}: {fault}")]
pub struct ParseError {
    /// What is wrong.
    pub fault: ParseFault,
    /// Where, as line and column.
    pub position: Position,
    /// Where, as a byte offset.
    pub offset: usize,
}

impl ParseError {
    pub(crate) fn new(text: &str, offset: usize, fault: ParseFault) -> Self {
        Self {
            fault,
            position: Position::of(text, offset),
            offset,
        }
    }
}

/// The reason why an edit was refused; no text is produced then.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EditError {
    /// The place does not exist.
    #[error("`{0}` does not exist")]
    Missing(Place),
    /// The edit needs a mapping or a sequence, and the place has something else.
    #[error("`{0}` is not the kind of collection that the edit needs")]
    NotACollection(Place),
    /// The path goes through an alias, so the edit would change other places too.
    #[error("`{0}` is behind an alias")]
    ThroughAlias(Place),
    /// The mapping already has the key.
    #[error("`{0}` already exists")]
    Present(Place),
    /// The edit would remove an anchor that an alias elsewhere refers to.
    #[error("anchor `{anchor}` at `{place}` is still used by an alias")]
    AnchorInUse {
        /// The place of the edit.
        place: Place,
        /// The anchor that would be lost.
        anchor: String,
    },
    /// Two places share a value of the text by an anchor, and their edits differ.
    #[error("`{place}` and `{other}` share a value by an anchor and cannot become different")]
    Shared {
        /// The place of one edit.
        place: Place,
        /// The place of the other, or that no edit changes.
        other: Place,
    },
    /// Two edits touch the same text.
    #[error("edits overlap at `{0}`")]
    Overlap(Place),
    /// The fragment cannot be used for this kind of edit.
    #[error("the fragment for `{0}` does not fit the edit")]
    Shape(Place),
    /// The edited text does not parse to the values that the edits describe.
    #[error("the edited text would not have the intended value at `{0}`")]
    Unproven(Place),
}

impl EditError {
    /// The place of the edit that was refused.
    pub fn place(&self) -> &Place {
        match self {
            Self::Missing(place)
            | Self::NotACollection(place)
            | Self::ThroughAlias(place)
            | Self::Present(place)
            | Self::AnchorInUse { place, .. }
            | Self::Shared { place, .. }
            | Self::Overlap(place)
            | Self::Shape(place)
            | Self::Unproven(place) => place,
        }
    }
}
