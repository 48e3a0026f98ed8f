//! The choices of `--only`, of `--except` or of `--take`, found by the file that they name.
//!
//! # Why
//!
//! Who chooses differences one by one gives a selector for each, and there can be tens of thousands of them in
//! as many files. So a file is not held against every choice, but only against those that name it literally
//! and those with wildcards or keys.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;

use super::choice::Choice;

/// The choices of one option.
pub(super) struct Choices {
    all: Vec<Choice>,
    /// The positions of those that name a file literally, by its path.
    by_file: HashMap<String, Vec<usize>>,
    /// The positions of the others.
    others: Vec<usize>,
    texts: BTreeSet<String>,
}

impl Choices {
    pub(super) fn new<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let all: Vec<Choice> = texts.map(Choice::new).collect();
        let mut by_file: HashMap<String, Vec<usize>> = HashMap::new();
        let mut others = Vec::new();
        for (at, choice) in all.iter().enumerate() {
            match choice.literal_file() {
                Some(file) => by_file.entry(file.to_owned()).or_default().push(at),
                None => others.push(at),
            }
        }
        Self {
            texts: all.iter().map(|choice| choice.text.clone()).collect(),
            all,
            by_file,
            others,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, Choice> {
        self.all.iter()
    }

    pub(super) fn into_vec(self) -> Vec<Choice> {
        self.all
    }

    /// The choices that can match places in a file, with their positions, in order.
    pub(super) fn naming(&self, path: &str) -> Vec<(usize, &Choice)> {
        self.found(path, |choice| choice.names_file(path))
    }

    /// The positions of the choices that match a file as a whole, in order.
    pub(super) fn matching_file(&self, path: &str) -> Vec<usize> {
        let found = self.found(path, |choice| choice.matches_file(path));
        found.into_iter().map(|(at, _)| at).collect()
    }

    /// Whether a choice matches a file as a whole.
    pub(super) fn has_file(&self, path: &str) -> bool {
        !self.matching_file(path).is_empty()
    }

    /// Whether a text can match anything in a file: a pattern for it, or one that begins with its path, which
    /// can have the signs of a selector in it.
    pub(super) fn are_about(&self, path: &str) -> bool {
        let from = (Bound::Included(path), Bound::Unbounded);
        let mut after = self.texts.range::<str, _>(from);
        after.next().is_some_and(|text| text.starts_with(path)) || !self.naming(path).is_empty()
    }

    fn found(&self, path: &str, is_match: impl Fn(&Choice) -> bool) -> Vec<(usize, &Choice)> {
        let literal = self.by_file.get(path).map_or(&[][..], Vec::as_slice);
        let mut found: Vec<(usize, &Choice)> = (literal.iter().chain(&self.others))
            .map(|at| (*at, &self.all[*at]))
            .filter(|(_, choice)| is_match(choice))
            .collect();
        found.sort_by_key(|(at, _)| *at);
        found
    }
}

#[cfg(test)]
mod tests;
