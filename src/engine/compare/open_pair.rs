//! Both sides of a pair of files, parsed.

use std::sync::Arc;

use crate::document::{self, Base, Difference, FileContent, Format, LineSides, Lines, Sides};
use crate::domain::Naming;
use crate::inventory::FilePair;
use crate::port::display_chain;
use crate::yaml::Stream;

/// Both sides of a pair, parsed.
pub(in crate::engine) struct OpenPair<'a> {
    pub pair: &'a FilePair,
    pub source: &'a Stream,
    pub target: &'a Stream,
    /// An older state of the source.
    pub base: Option<&'a Stream>,
    /// The texts, if their YAML is only an outline of them.
    pub lines: Option<[&'a Lines; 2]>,
}

/// Both sides of a pair, as they were read.
pub(in crate::engine) enum Read {
    Yaml([Arc<Stream>; 2]),
    Lines(Box<[Lines; 2]>),
}

impl Read {
    /// Both sides if they can be compared field by field.
    pub(in crate::engine) fn of(source: FileContent, target: FileContent) -> Option<Self> {
        use FileContent::{Lines as Text, Yaml};
        Some(match (source, target) {
            (Yaml(source), Yaml(target)) => Self::Yaml([Arc::from(source), Arc::from(target)]),
            (Text(source), Text(target)) if source.format() == target.format() => {
                Self::Lines(Box::new([*source, *target]))
            }
            // One of them has expressions, the other one can be read without.
            (Yaml(source), Text(target)) if target.format() == Format::Template => {
                let source = Lines::of_template(source.into_text())?;
                Self::Lines(Box::new([source, *target]))
            }
            (Text(source), Yaml(target)) if source.format() == Format::Template => {
                let target = Lines::of_template(target.into_text())?;
                Self::Lines(Box::new([*source, target]))
            }
            _ => return None,
        })
    }

    pub(in crate::engine) fn open<'a>(
        &'a self,
        pair: &'a FilePair,
        base: Option<&'a FileContent>,
    ) -> OpenPair<'a> {
        let base = match (self, base) {
            (Self::Yaml(_), Some(FileContent::Yaml(base))) => Some(&**base),
            (Self::Lines(sides), Some(FileContent::Lines(base)))
                if sides[0].format() == base.format() =>
            {
                Some(base.outline())
            }
            _ => None,
        };
        match self {
            Self::Yaml(sides) => OpenPair {
                pair,
                source: &sides[0],
                target: &sides[1],
                base,
                lines: None,
            },
            Self::Lines(sides) => OpenPair {
                pair,
                source: sides[0].outline(),
                target: sides[1].outline(),
                base,
                lines: Some([&sides[0], &sides[1]]),
            },
        }
    }

    /// How many bytes of text it has.
    pub(super) fn size(&self) -> usize {
        self.texts().map(str::len).iter().sum()
    }

    /// The texts of source and target.
    pub(super) fn texts(&self) -> [&str; 2] {
        match self {
            Self::Yaml(sides) => sides.each_ref().map(|stream| stream.text()),
            Self::Lines(sides) => sides.each_ref().map(Lines::text),
        }
    }
}

impl OpenPair<'_> {
    /// The target's text with the promoted differences in it, or why it cannot be edited.
    pub(in crate::engine) fn merge(
        &self,
        promoted: &[&Difference],
        naming: &Naming,
    ) -> Result<String, String> {
        match self.lines {
            None => {
                let merged = document::merge(&sides(self, naming), promoted);
                merged.map_err(|error| display_chain(&error))
            }
            Some([source, target]) => {
                let sides = LineSides {
                    source,
                    target,
                    naming,
                };
                document::merge_lines(&sides, promoted).map_err(|error| display_chain(&error))
            }
        }
    }
}

/// Both sides of a pair, for comparing and for merging.
pub(in crate::engine) fn sides<'a>(open: &OpenPair<'a>, naming: &'a Naming) -> Sides<'a> {
    Sides {
        source: open.source,
        target: open.target,
        base: open.base.map_or(Base::Target, Base::Stream),
        naming,
        file: open.pair.path.file_name(),
        format: open
            .lines
            .map_or(Format::Yaml, |[_, target]| target.format()),
    }
}
