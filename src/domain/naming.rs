//! The environments' names in paths and texts.
//!
//! # Why
//!
//! Pairing files, matching documents and renaming new content all use this one type, so that they
//! agree.

use std::collections::BTreeSet;

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
    /// The names of environments other than the source that are below the target.
    lower: BTreeSet<String>,
}

impl Naming {
    /// The names of source, target and `others`, and the common names.
    pub fn new<'a>(
        source: Environment,
        target: Environment,
        others: impl IntoIterator<Item = &'a Environment>,
    ) -> Self {
        let of_source = source.names().enumerate();
        let of_target = target.names().enumerate();
        let others: Vec<&Environment> = others.into_iter().collect();
        let of_others = others.iter().flat_map(|environment| environment.names());
        let names = NameIndex::new(
            of_source
                .map(|(i, name)| (name, Side::Source(i)))
                .chain(of_target.map(|(i, name)| (name, Side::Target(i))))
                .chain(of_others.map(|name| (name, Side::Other))),
            Side::Other,
        );
        let is_lower = |other: &&&Environment| {
            ![&source.name, &target.name].contains(&&other.name)
                && target.is_production()
                && !other.is_production()
        };
        let lower = others.iter().filter(is_lower);
        let lower = lower.flat_map(|other| other.names().map(str::to_owned));
        Self {
            lower: lower.collect(),
            source,
            target,
            names,
        }
    }

    /// Adds the names of environments that were found in the repository, as far as they are below the
    /// target.
    #[must_use]
    pub fn with_found(mut self, names: &BTreeSet<String>) -> Self {
        if self.target.is_production() {
            let is_lower = |name: &&String| {
                !Environment::named(name.as_str()).is_production()
                    && !self.source.has_name(name)
                    && !self.target.has_name(name)
            };
            self.lower.extend(names.iter().filter(is_lower).cloned());
        }
        self
    }

    /// Whether a name is that of an environment other than the source that is below the target.
    pub fn is_lower(&self, name: &str) -> bool {
        self.lower.contains(name)
    }

    /// The names for comparing two states of one environment, in which no name equals another.
    pub fn of_one(environment: &Environment) -> Self {
        let names = environment.names().map(|name| (name, Side::Other));
        Self {
            source: environment.clone(),
            target: environment.clone(),
            names: NameIndex::new(names, Side::Other),
            lower: BTreeSet::new(),
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

    /// The occurrences in free text: between any characters except letters and digits.
    pub fn in_text(&self, text: &str) -> Vec<Occurrence<Side>> {
        self.names.in_text(text)
    }

    /// Whether a word is a name of any environment.
    pub fn is_environment(&self, word: &str) -> bool {
        self.names.is_name(word)
    }

    /// Whether a path (or part of one) contains a name of the source.
    pub fn names_source(&self, path: &str) -> bool {
        self.in_path(path)
            .iter()
            .any(|o| matches!(o.side, Side::Source(_)))
    }

    /// Whether a path (or part of one) contains a name of the target.
    pub fn names_target(&self, path: &str) -> bool {
        self.in_path(path)
            .iter()
            .any(|o| matches!(o.side, Side::Target(_)))
    }

    /// The target's name at `index`, else its first.
    pub fn target_name(&self, index: usize) -> &str {
        self.target.names().nth(index).unwrap_or(&self.target.name)
    }

    /// The source's text as it replaces the target's.
    ///
    /// The source's names become the target's where the target's text has one, or where the two texts
    /// only differ in environments' names. If the target's text has one name only, that one is used.
    pub fn rename_like(&self, source: &str, target: &str) -> String {
        let (of_source, of_target) = (self.in_text(source), self.in_text(target));
        let mut used = (of_target.iter())
            .filter(|hit| matches!(hit.side, Side::Target(_)))
            .map(|hit| &target[hit.start..hit.end]);
        let first = used.next();
        let without_names = |text, hits| replace(text, hits, |_| Some("\u{0}"));
        if first.is_none() && without_names(source, &of_source) != without_names(target, &of_target)
        {
            return source.to_owned();
        }
        let only = first.filter(|first| used.all(|name| name == *first));
        replace(source, &of_source, |hit| match hit.side {
            Side::Source(index) => Some(only.unwrap_or_else(|| self.target_name(index))),
            _ => None,
        })
    }

    /// Free text with the source's names, where `can_stand` accepts their bounds, replaced by `renames`
    /// (old and new name), else by the target's name at the same index, else by the first new name.
    pub fn rename_where(
        &self,
        text: &str,
        renames: &[(String, String)],
        can_stand: impl Fn(usize, usize) -> bool,
    ) -> String {
        let first = renames.first().map(|(_, new)| new.as_str());
        replace(text, &self.in_text(text), |hit| {
            let Side::Source(index) = hit.side else {
                return None;
            };
            if !can_stand(hit.start, hit.end) {
                return None;
            }
            let old = &text[hit.start..hit.end];
            let found = renames.iter().find(|(name, _)| name == old);
            found
                .map(|(_, new)| new.as_str())
                .or_else(|| self.target.names().nth(index))
                .or(first)
                .or(Some(&self.target.name))
        })
    }

    /// Whether free text contains a name of the source.
    pub fn names_source_in_text(&self, text: &str) -> bool {
        self.in_text(text)
            .iter()
            .any(|o| matches!(o.side, Side::Source(_)))
    }

    /// Whether two texts only differ in the environments' names.
    pub fn same(&self, source: &str, target: &str) -> bool {
        source == target || self.canonical(source) == self.canonical(target)
    }

    /// The text with all names of source and target replaced by the same mark.
    pub fn canonical<'t>(&self, text: &'t str) -> std::borrow::Cow<'t, str> {
        let hits = self.in_text(text);
        if hits.iter().all(|o| o.side == Side::Other) {
            return text.into();
        }
        let is_of_either = |hit: &Occurrence<Side>| hit.side != Side::Other;
        replace(text, &hits, |hit| is_of_either(hit).then_some("\u{0}")).into()
    }
}

/// The text with those occurrences replaced for which there is a `new` text.
fn replace<'n>(
    text: &str,
    hits: &[Occurrence<Side>],
    new: impl Fn(&Occurrence<Side>) -> Option<&'n str>,
) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for hit in hits {
        if let Some(new) = new(hit) {
            out.push_str(&text[done..hit.start]);
            out.push_str(new);
            done = hit.end;
        }
    }
    out.push_str(&text[done..]);
    out
}
