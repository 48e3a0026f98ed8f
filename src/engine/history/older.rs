//! The older values of versions, which show which of two is newer.
//!
//! # Why
//!
//! Commits and builds have no order of their own. But if the target had the source's version before, it
//! would go back to it, unless the source had the target's version before: then it follows the source. If
//! all commits of both files are known and show neither, each went its own way. The newest commits answer
//! most of this, so only so many are read.

use std::collections::{HashMap, HashSet};

use super::both_sides::BothSides;
use super::place_set::{PlaceKey, place_key};
use crate::document::{Difference, VersionField, version_of};
use crate::domain::{Naming, Op, Relation};
use crate::yaml::Place;

/// The other versions of each place with a version that differs.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct OlderVersions {
    places: HashMap<PlaceKey, OfPlace>,
    /// Whether the versions are those of all commits of both files.
    is_whole: bool,
}

/// The versions of a place.
#[derive(Clone, Debug)]
struct OfPlace {
    field: VersionField,
    now: BothSides<String>,
    /// By the versions alone.
    relation: Relation,
    /// Whether only the history can show the order.
    is_open: bool,
    /// Those before, newest first.
    older: BothSides<Vec<String>>,
    /// Those that the source had after the chosen revision, newest first.
    newer: Vec<String>,
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
        let of_place = |difference: &&Difference| {
            let (target, source) = difference.scalars().filter(|_| is_version(difference))?;
            let field = difference.version?;
            let place = OfPlace {
                field,
                now: BothSides {
                    source: version_of(field, source).to_owned(),
                    target: version_of(field, target).to_owned(),
                },
                relation: difference.relation,
                is_open: is_open(difference) && !ordered.contains(&parent(difference)),
                older: BothSides::default(),
                newer: Vec::new(),
            };
            Some((place_key(difference, naming), place))
        };
        Self {
            places: all.iter().filter_map(of_place).collect(),
            is_whole: false,
        }
    }

    /// Whether older commits can show more about the order of a version, or about those between.
    pub(super) fn has_questions(&self) -> bool {
        self.places.values().any(|place| !place.is_answered())
    }

    /// The versions to look for in older states of each side's file.
    pub(super) fn sought(&self) -> BothSides<Vec<String>> {
        let mut sought = BothSides::<Vec<String>>::default();
        for place in self.places.values().filter(|place| !place.is_answered()) {
            let BothSides { source, target } = &place.now;
            if place.older.source.contains(target) {
                sought.source.push(source.clone());
            } else {
                sought.source.push(target.clone());
            }
            sought.target.push(source.clone());
        }
        sought
    }

    /// Notes that all commits of both files were looked at.
    pub(super) fn complete(&mut self) {
        self.is_whole = true;
    }

    /// Adds the versions before the changes of a commit in the source's file.
    pub(super) fn learn_source(&mut self, changes: &[Difference], naming: &Naming) {
        self.learn(changes, naming, |place, before, _| {
            place.older.source.push(before);
        });
    }

    /// Adds the versions after the changes of a commit that the chosen revision of the source does not have.
    pub(super) fn learn_newer(&mut self, changes: &[Difference], naming: &Naming) {
        self.learn(changes, naming, |place, _, after| place.newer.push(after));
    }

    /// Adds the versions before the changes of a commit in the target's file.
    pub(super) fn learn_target(&mut self, changes: &[Difference], naming: &Naming) {
        self.learn(changes, naming, |place, before, _| {
            place.older.target.push(before);
        });
    }

    fn learn(
        &mut self,
        changes: &[Difference],
        naming: &Naming,
        add: impl Fn(&mut OfPlace, String, String),
    ) {
        if self.places.is_empty() {
            return;
        }
        for change in changes {
            let Some((before, after)) = change.scalars() else {
                continue;
            };
            if let Some(place) = self.places.get_mut(&place_key(change, naming)) {
                let [before, after] = [before, after].map(|text| version_of(place.field, text));
                let (before, after) = (before.to_owned(), after.to_owned());
                add(place, before, after);
            }
        }
    }

    /// Which side of a difference is newer, by the other versions of both.
    pub(super) fn relation(&self, difference: &Difference, place: &str) -> Option<Relation> {
        let place = self.places.get(place)?;
        if !place.is_open || !is_open(difference) {
            return None;
        }
        let unrelated = || self.is_whole.then_some(Relation::Diverged);
        place.by_history().or_else(unrelated)
    }

    /// How many versions the newer side of a difference had between the two, as far as that is known.
    pub(super) fn between(&self, difference: &Difference, place: &str) -> Option<usize> {
        let relation = self.relation(difference, place);
        let place = self.places.get(place).filter(|_| is_version(difference))?;
        place.between(relation.unwrap_or(difference.relation))
    }
}

impl OfPlace {
    /// Whether no older commit can show more.
    fn is_answered(&self) -> bool {
        if self.is_open {
            self.went_back()
        } else {
            let is_ordered = matches!(self.relation, Relation::Behind | Relation::Ahead);
            !is_ordered || self.between(self.relation).is_some()
        }
    }

    /// Whether the source had its version before it had the target's, or the target's after the chosen
    /// revision.
    fn went_back(&self) -> bool {
        let BothSides { source, target } = &self.now;
        let had_since = position(&self.older.source, target);
        let had_before = |index: usize| position(&self.older.source[index..], source);
        self.newer.contains(target) || had_since.and_then(had_before).is_some()
    }

    fn by_history(&self) -> Option<Relation> {
        let BothSides { source, target } = &self.now;
        if self.went_back() {
            return Some(Relation::Ahead);
        }
        if self.older.source.contains(target) {
            return Some(Relation::Behind);
        }
        let is_old = self.older.target.contains(source);
        is_old.then_some(Relation::Ahead)
    }

    fn between(&self, relation: Relation) -> Option<usize> {
        let BothSides { source, target } = &self.now;
        let between = match relation {
            Relation::Behind => &self.older.source[..position(&self.older.source, target)?],
            Relation::Ahead => match position(&self.older.target, source) {
                Some(at) => &self.older.target[..at],
                None => &self.newer[position(&self.newer, target)?..],
            },
            _ => return None,
        };
        let is_between = |version: &&String| *version != source && *version != target;
        let between: HashSet<&String> = between.iter().filter(is_between).collect();
        Some(between.len())
    }
}

fn position(versions: &[String], version: &str) -> Option<usize> {
    versions.iter().position(|other| other == version)
}

/// Whether a version becomes another one.
fn is_version(difference: &Difference) -> bool {
    difference.version.is_some() && difference.op == Op::Set
}

/// Whether a version becomes another one, and their order is unknown.
fn is_open(difference: &Difference) -> bool {
    is_version(difference) && difference.relation == Relation::Unknown
}
