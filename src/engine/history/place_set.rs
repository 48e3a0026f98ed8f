//! Places of a file that can be found again in its older states.

use std::collections::BTreeSet;

use crate::document::Difference;
use crate::domain::Naming;

/// A place as text: its document and path, with the environments' names taken out.
pub(in crate::engine) type PlaceKey = String;

/// The key of a difference's place.
pub(in crate::engine) fn place_key(difference: &Difference, naming: &Naming) -> PlaceKey {
    let document = naming.canonical(&difference.document.text);
    let path = naming.canonical(&difference.path);
    format!("{document}{SEPARATOR}{path}")
}

/// Separates the document from the path; it is in neither.
const SEPARATOR: char = '\u{1}';

/// Some places of a file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in crate::engine) struct PlaceSet {
    keys: BTreeSet<PlaceKey>,
}

impl PlaceSet {
    /// The places of differences.
    pub(in crate::engine) fn of<'d>(
        differences: impl IntoIterator<Item = &'d Difference>,
        naming: &Naming,
    ) -> Self {
        let keys = differences.into_iter().map(|d| place_key(d, naming));
        Self {
            keys: keys.collect(),
        }
    }

    /// The places that are in both.
    pub(super) fn and(mut self, other: &Self) -> Self {
        self.keys.retain(|key| other.cover(key));
        self
    }

    /// The places that are in one of both.
    pub(super) fn or(mut self, other: &Self) -> Self {
        self.keys.extend(other.keys.iter().cloned());
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// All but these places.
    pub(super) fn without<'k>(mut self, keys: impl IntoIterator<Item = &'k PlaceKey>) -> Self {
        for key in keys {
            self.keys.remove(key);
        }
        self
    }

    /// Whether the place or one above it is among them.
    pub(super) fn cover(&self, key: &str) -> bool {
        above(key).any(|above| self.keys.contains(above))
    }

    /// Whether the place, one above or one below it is among them.
    pub(in crate::engine) fn touch(&self, key: &str) -> bool {
        self.cover(key) || self.below(key).next().is_some()
    }

    /// Whether one of these places touches one of the others.
    pub(super) fn meets(&self, other: &Self) -> bool {
        other.keys.iter().any(|key| self.touch(key))
    }

    /// The places below a place.
    pub(super) fn below(&self, key: &str) -> impl Iterator<Item = &str> {
        let from = self.keys.range(key.to_owned()..);
        from.map(String::as_str)
            .skip_while(move |other| *other == key)
            .take_while(move |other| other.starts_with(key))
            .filter(move |other| key.ends_with(SEPARATOR) || is_boundary(&other[key.len()..]))
    }
}

impl FromIterator<PlaceKey> for PlaceSet {
    fn from_iter<I: IntoIterator<Item = PlaceKey>>(keys: I) -> Self {
        Self {
            keys: keys.into_iter().collect(),
        }
    }
}

/// The place and those above it, up to its document.
fn above(key: &str) -> impl Iterator<Item = &str> {
    let path = key
        .find(SEPARATOR)
        .map_or(0, |at| at + SEPARATOR.len_utf8());
    let steps = key[path..]
        .char_indices()
        .filter(move |(at, _)| is_boundary(&key[path + at..]))
        .map(move |(at, _)| path + at);
    let ends = std::iter::once(path).chain(steps);
    ends.map(|end| &key[..end]).chain(std::iter::once(key))
}

/// Whether a new step of a path begins there.
fn is_boundary(rest: &str) -> bool {
    rest.starts_with(['.', '[', '|'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(keys: &[&str]) -> PlaceSet {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    #[test]
    fn a_place_is_covered_by_those_above_and_touched_by_those_below() {
        let all = places(&[
            "Deployment/web\u{1}$.spec.template",
            "\u{1}$.image",
            "1\u{1}",
        ]);
        for (key, covered, touched) in [
            ("Deployment/web\u{1}$.spec.template", true, true),
            ("Deployment/web\u{1}$.spec.template.metadata", true, true),
            ("Deployment/web\u{1}$.spec.templates", false, false),
            ("Deployment/web\u{1}$.spec", false, true),
            ("Deployment/web\u{1}$", false, true),
            ("\u{1}$.image[?@.name=='a'].tag", true, true),
            ("\u{1}$.images", false, false),
            ("1\u{1}$.a", true, true),
            ("2\u{1}$.a", false, false),
        ] {
            assert_eq!(all.cover(key), covered, "{key:?}");
            assert_eq!(all.touch(key), touched, "{key:?}");
        }
    }
}
