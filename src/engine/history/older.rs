//! The older values of versions, which show which of two is newer.
//!
//! # Why
//!
//! Commits and builds have no order of their own. But if the target had the source's version before, it
//! would go back to it, unless the source had the target's version before: then it follows the source.

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
}

impl OlderVersions {
    /// The places whose order is unknown.
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
        let wanted = all
            .iter()
            .filter(|d| is_open(d) && !ordered.contains(&parent(d)));
        let places = wanted.map(|d| (place_key(d, naming), BothSides::default()));
        Self {
            places: places.collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
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
        if self.is_empty() {
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
        let (target, source) = difference.scalars().filter(|_| is_open(difference))?;
        let field = difference.version?;
        let BothSides {
            source: of_source,
            target: of_target,
        } = self.places.get(place)?;
        let at = |values: &[String], version| {
            let mut versions = values.iter().map(|value| version_of(field, value));
            versions.position(|other| other == version_of(field, version))
        };
        match at(of_source, target) {
            // The source had this version before it had the target's: it went back itself.
            Some(index) if at(&of_source[index..], source).is_some() => Some(Relation::Ahead),
            Some(_) => Some(Relation::Behind),
            None => at(of_target, source).map(|_| Relation::Ahead),
        }
    }
}

/// Whether a version becomes another one, and their order is unknown.
fn is_open(difference: &Difference) -> bool {
    difference.version.is_some()
        && difference.op == Op::Set
        && difference.relation == Relation::Unknown
}
