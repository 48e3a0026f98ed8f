//! The older values of versions, which show which of two is newer.
//!
//! # Why
//!
//! Commits and builds have no order of their own. But if the target had the source's version before, it
//! would go back to it, unless the source had the target's version before: then it follows the source. If
//! all commits of both files are known and show neither, each went its own way.

use std::collections::{HashMap, HashSet};

use super::both_sides::BothSides;
use super::place_set::{PlaceKey, place_key};
use crate::document::{Difference, version_of};
use crate::domain::{Naming, Op, Relation};
use crate::yaml::Place;

/// The older values of each place with a version that differs, by side, newest first.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct OlderVersions {
    places: HashMap<PlaceKey, BothSides<Vec<String>>>,
    /// The places whose order is unknown.
    open: HashSet<PlaceKey>,
    /// Whether the values are those of all commits of both files.
    is_whole: bool,
}

impl OlderVersions {
    /// The places with versions.
    pub(in crate::engine) fn wanted<'d>(
        differences: impl IntoIterator<Item = &'d Difference>,
        naming: &Naming,
    ) -> Self {
        let all: Vec<&Difference> = differences.into_iter().collect();
        let parent = |d: &Difference| d.place.parent().map(|(parent, _)| parent);
        // A digest beside a tag is as new as the tag.
        let ordered: HashSet<Option<Place>> = (all.iter())
            .filter(|d| matches!(d.relation, Relation::Behind | Relation::Ahead))
            .map(|d| parent(d))
            .collect();
        let open = all.iter();
        let open = open.filter(|d| is_open(d) && !ordered.contains(&parent(d)));
        let versions = all.iter().filter(|d| is_version(d));
        Self {
            places: versions
                .map(|d| (place_key(d, naming), BothSides::default()))
                .collect(),
            open: open.map(|d| place_key(d, naming)).collect(),
            is_whole: false,
        }
    }

    /// Whether the order of a version is unknown.
    pub(super) fn has_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// Notes that all commits of both files were looked at.
    pub(super) fn complete(&mut self) {
        self.is_whole = true;
    }

    /// Adds the values before the changes of a commit in the source's file.
    pub(super) fn learn_source(&mut self, changes: &[Difference], naming: &Naming) {
        self.learn(changes, naming, |older| &mut older.source);
    }

    /// Adds the values before the changes of a commit in the target's file.
    pub(super) fn learn_target(&mut self, changes: &[Difference], naming: &Naming) {
        self.learn(changes, naming, |older| &mut older.target);
    }

    fn learn(
        &mut self,
        changes: &[Difference],
        naming: &Naming,
        side: impl Fn(&mut BothSides<Vec<String>>) -> &mut Vec<String>,
    ) {
        if self.places.is_empty() {
            return;
        }
        for change in changes {
            let Some((before, _)) = change.scalars() else {
                continue;
            };
            if let Some(values) = self.places.get_mut(&place_key(change, naming)) {
                side(values).push(before.to_owned());
            }
        }
    }

    /// Which side of a difference is newer, by the older values of both.
    pub(super) fn relation(&self, difference: &Difference, place: &str) -> Option<Relation> {
        if !self.open.contains(place) || !is_open(difference) {
            return None;
        }
        let (target, source) = difference.scalars()?;
        let older = self.places.get(place)?;
        let at = |values: &[String], version| position(values, version, difference);
        match at(&older.source, target) {
            // The source had this version before it had the target's: it went back itself.
            Some(index) if at(&older.source[index..], source).is_some() => Some(Relation::Ahead),
            Some(_) => Some(Relation::Behind),
            None if at(&older.target, source).is_some() => Some(Relation::Ahead),
            None => self.is_whole.then_some(Relation::Diverged),
        }
    }

    /// How many versions the newer side of a difference had between the two, as far as that is known.
    pub(super) fn between(&self, difference: &Difference, place: &str) -> Option<usize> {
        let (target, source) = difference.scalars().filter(|_| is_version(difference))?;
        let older = self.places.get(place)?;
        let relation = self.relation(difference, place);
        let (values, version) = match relation.unwrap_or(difference.relation) {
            Relation::Behind => (&older.source, target),
            Relation::Ahead => (&older.target, source),
            _ => return None,
        };
        let at = position(values, version, difference)?;
        let field = difference.version?;
        let between = values[..at].iter().map(|value| version_of(field, value));
        let ends = [target, source].map(|value| version_of(field, value));
        let between: HashSet<&str> = between.filter(|version| !ends.contains(version)).collect();
        Some(between.len())
    }
}

/// The position of the newest of these values with a version.
fn position(values: &[String], version: &str, difference: &Difference) -> Option<usize> {
    let field = difference.version?;
    let mut versions = values.iter().map(|value| version_of(field, value));
    versions.position(|other| other == version_of(field, version))
}

/// Whether a version becomes another one.
fn is_version(difference: &Difference) -> bool {
    difference.version.is_some() && difference.op == Op::Set
}

/// Whether a version becomes another one, and their order is unknown.
fn is_open(difference: &Difference) -> bool {
    is_version(difference) && difference.relation == Relation::Unknown
}
