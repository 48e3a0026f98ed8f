//! What can be wrong with a text, and why an edit was refused.

use std::fmt;

use thiserror::Error;

use super::place::Place;

/// A place in a text as an editor shows it: line and column, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters (not bytes), from 1.
    pub column: usize,
}

impl Position {
    /// The position of a byte offset, found by counting from the start.
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

/// What is wrong with a text that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseFault {
    /// The text is larger than 10 MB.
    #[error("larger than 10 MB")]
    TooLarge,
    /// The text has more than 500,000 nodes.
    #[error("more than 500,000 nodes")]
    TooManyNodes,
    /// Collections are nested deeper than 255 levels.
    #[error("nested deeper than 255 levels")]
    TooDeep,
    /// The aliases stand for more than 500,000 nodes.
    #[error("aliases that stand for more than 500,000 nodes")]
    TooManyAliases,
    /// An alias inside of the very node that it names.
    #[error("alias `{0}` is part of what it stands for")]
    RecursiveAlias(String),
    /// A mapping has the same key twice; the position is the second one's.
    #[error("duplicate key `{0}`")]
    DuplicateKey(String),
    /// A merge of Git was never resolved.
    #[error("conflict marker of an unresolved merge")]
    ConflictMarker,
    /// Not YAML, in the parser's words.
    #[error("{0}")]
    Syntax(String),
}

/// A text that cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{position}: {fault}")]
pub struct ParseError {
    /// What is wrong.
    pub fault: ParseFault,
    /// Where, for people.
    pub position: Position,
    /// Where, in bytes from the start of the text.
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

/// An edit that was refused; the text stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EditError {
    /// Nothing is at the place.
    #[error("nothing is at `{0}`")]
    Missing(Place),
    /// The place holds something of another kind than the edit needs.
    #[error("`{0}` is not a collection of the right kind")]
    NotACollection(Place),
    /// The path goes through an alias, so the edit would change other places too.
    #[error("`{0}` lies behind an alias")]
    ThroughAlias(Place),
    /// The mapping has the key already.
    #[error("`{0}` is there already")]
    Present(Place),
    /// Aliases elsewhere still need an anchor that the edit would take away.
    #[error("anchor `{anchor}` at `{place}` is still used elsewhere")]
    AnchorInUse {
        /// The place of the edit.
        place: Place,
        /// The anchor that would be lost.
        anchor: String,
    },
    /// Two edits touch the same text.
    #[error("edits at `{0}` overlap")]
    Overlap(Place),
    /// The fragment does not have the shape that the edit needs.
    #[error("the fragment for `{0}` has another shape than the edit needs")]
    Shape(Place),
    /// No way of writing it was found that reads back as what was meant.
    #[error("could not write `{0}` so that it reads back as meant")]
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
            | Self::Overlap(place)
            | Self::Shape(place)
            | Self::Unproven(place) => place,
        }
    }
}
