//! The environments' names in paths and texts.
//!
//! # Why
//!
//! Pairing files, matching documents and renaming new content all use this one type, so that they
//! agree.

use super::Environment;
use super::name_index::{NameIndex, Occurrence};

/// Which side of a promotion a name belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// The source's; the index among its names.
    Source(usize),
    /// The target's; the index among its names.
    Target(usize),
    /// Another environment's.
    Other,
}

/// The names of source, target and all other environments.
#[derive(Clone, Debug)]
pub struct Naming {
    source: Environment,
    target: Environment,
    names: NameIndex<Side>,
}

impl Naming {
    /// Knows source and target, `others`, and the common names.
    pub fn new<'a>(
        source: Environment,
        target: Environment,
        others: impl IntoIterator<Item = &'a Environment>,
    ) -> Self {
        let of_source = source.names().enumerate();
        let of_target = target.names().enumerate();
        let of_others = others.into_iter().flat_map(Environment::names);
        let names = NameIndex::new(
            of_source
                .map(|(i, name)| (name, Side::Source(i)))
                .chain(of_target.map(|(i, name)| (name, Side::Target(i))))
                .chain(of_others.map(|name| (name, Side::Other))),
            Side::Other,
        );
        Self {
            source,
            target,
            names,
        }
    }

    /// The source environment.
    pub fn source(&self) -> &Environment {
        &self.source
    }

    /// The target environment.
    pub fn target(&self) -> &Environment {
        &self.target
    }

    /// The occurrences in a path or a part of one: between `/`, `-`, `.`, `_` or the ends.
    pub fn in_path(&self, text: &str) -> Vec<Occurrence<Side>> {
        self.names.in_path(text)
    }

    /// The occurrences in free text: between any characters that are no letters or digits.
    pub fn in_text(&self, text: &str) -> Vec<Occurrence<Side>> {
        self.names.in_text(text)
    }

    /// Whether a path (or part) holds a name of the source.
    pub fn names_source(&self, path: &str) -> bool {
        self.in_path(path)
            .iter()
            .any(|o| matches!(o.side, Side::Source(_)))
    }

    /// Whether a path (or part) holds a name of the target.
    pub fn names_target(&self, path: &str) -> bool {
        self.in_path(path)
            .iter()
            .any(|o| matches!(o.side, Side::Target(_)))
    }

    /// Whether free text holds a name of the target.
    pub fn names_target_in_text(&self, text: &str) -> bool {
        self.in_text(text)
            .iter()
            .any(|o| matches!(o.side, Side::Target(_)))
    }

    /// The target's name in the position of the source's `index`th, else its first.
    pub fn target_name(&self, index: usize) -> &str {
        self.target.names().nth(index).unwrap_or(&self.target.name)
    }

    /// Free text with the source's names replaced by the target's in the same position.
    pub fn rename(&self, text: &str) -> String {
        self.replace(text, &self.in_text(text))
    }

    /// Free text with the source's names replaced: as `renames` says (old name, new name) where it
    /// does, else by the name in the same position, else by the first new name.
    pub fn rename_with(&self, text: &str, renames: &[(String, String)]) -> String {
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for hit in self.in_text(text) {
            let Side::Source(index) = hit.side else {
                continue;
            };
            let old = &text[hit.start..hit.end];
            let told = renames.iter().find(|(name, _)| name == old);
            let new = told
                .map(|(_, new)| new.as_str())
                .or_else(|| self.target.names().nth(index))
                .or_else(|| renames.first().map(|(_, new)| new.as_str()))
                .unwrap_or(&self.target.name);
            out.push_str(&text[done..hit.start]);
            out.push_str(new);
            done = hit.end;
        }
        out.push_str(&text[done..]);
        out
    }

    /// Whether free text holds a name of the source.
    pub fn names_source_in_text(&self, text: &str) -> bool {
        self.in_text(text)
            .iter()
            .any(|o| matches!(o.side, Side::Source(_)))
    }

    /// Whether two texts are equal but for the environments' names.
    pub fn same(&self, source: &str, target: &str) -> bool {
        source == target || self.canonical(source) == self.canonical(target)
    }

    /// The text with every name of source or target replaced by one mark.
    pub fn canonical<'t>(&self, text: &'t str) -> std::borrow::Cow<'t, str> {
        let hits = self.in_text(text);
        if hits.iter().all(|o| o.side == Side::Other) {
            return text.into();
        }
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for o in hits.iter().filter(|o| o.side != Side::Other) {
            out.push_str(&text[done..o.start]);
            out.push('\u{0}');
            done = o.end;
        }
        out.push_str(&text[done..]);
        out.into()
    }

    fn replace(&self, text: &str, hits: &[Occurrence<Side>]) -> String {
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for o in hits {
            if let Side::Source(index) = o.side {
                out.push_str(&text[done..o.start]);
                out.push_str(self.target_name(index));
                done = o.end;
            }
        }
        out.push_str(&text[done..]);
        out
    }
}
