//! The environments whose usual names occur in paths.
//!
//! # Why
//!
//! A folder `live` or `prod-tools` is no environment: an environment has a counterpart, another
//! environment's name in the same place (`envs/staging` and `envs/prod`, `values-dev.yaml` and
//! `values-prod.yaml`). And `dev` and `development` are one environment, unless both are in one place.
//! `prod-eu` and `prod-us` beside `staging`, or beside `prod`, are environments of their own if they have
//! what the others have; with a `staging-eu` too, `eu` is a part of each environment instead.

use std::collections::{BTreeMap, BTreeSet};

use super::error::InventoryError;
use super::target_names::join;
use super::trees::{Entry, read_entries};
use crate::domain::{Environment, NameIndex, ObjectId};
use crate::port::Snapshot;

/// Names that mean the same.
const SYNONYMS: &[&[&str]] = &[
    &["dev", "development", "develop"],
    &["integration", "int"],
    &["test", "testing"],
    &["staging", "stage", "stg"],
    &["preprod", "pre-prod", "preproduction", "pre-production"],
    &["nonprod", "non-prod"],
    &["acceptance", "acc"],
    &["perf", "performance"],
    &["production", "prod", "prd"],
];

/// Where a name is: the folder, and what comes before and after it in the name of the entry.
type Place = (String, String, String);

/// The environments below a tree, by name.
pub(super) fn usual_environments(
    snapshot: &dyn Snapshot,
    tree: ObjectId,
) -> Result<Vec<Environment>, InventoryError> {
    let places = places(snapshot, tree)?;
    let mut names_at: BTreeMap<&Place, usize> = BTreeMap::new();
    for place in places.values().flatten() {
        *names_at.entry(place).or_default() += 1;
    }
    let has_counterpart = |places: &BTreeSet<Place>| places.iter().any(|place| names_at[place] > 1);
    // Environments that are all in places of their own are better than none.
    let has_none = !places.values().any(has_counterpart);
    let mut names: Vec<&String> = places
        .iter()
        .filter(|(_, places)| has_none || has_counterpart(places))
        .map(|(name, _)| name)
        .collect();
    // The name that is in most places first, so that the others become its aliases.
    names.sort_by_key(|name| std::cmp::Reverse(places[*name].len()));
    let mut environments: Vec<Environment> = Vec::new();
    for name in names {
        let same = environments.iter_mut().find(|environment| {
            let mut known = environment.names();
            known.all(|known| is_synonym(known, name) && places[known].is_disjoint(&places[name]))
        });
        match same {
            Some(environment) => environment.aliases.push(name.clone()),
            None => environments.push(Environment::named(name)),
        }
    }
    environments.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(environments)
}

fn is_synonym(a: &str, b: &str) -> bool {
    SYNONYMS
        .iter()
        .any(|words| words.contains(&a) && words.contains(&b))
}

/// Each usual name with its places. Everything below an environment's folder belongs to that
/// environment.
fn places(
    snapshot: &dyn Snapshot,
    tree: ObjectId,
) -> Result<BTreeMap<String, BTreeSet<Place>>, InventoryError> {
    let index = NameIndex::new(std::iter::empty(), ());
    let mut places: BTreeMap<String, BTreeSet<Place>> = BTreeMap::new();
    let mut pending = vec![(String::new(), tree)];
    while let Some((parent, tree)) = pending.pop() {
        let entries = read_entries(snapshot, tree, &mut |_| {})?;
        let regions = Regions::find(snapshot, &index, &entries)?;
        for (at, entry) in entries.into_iter().enumerate() {
            let found = index.in_path(&entry.name);
            if regions.entries.contains(&at) {
                let place = (parent.clone(), String::new(), String::new());
                places.entry(entry.name).or_default().insert(place);
                continue;
            }
            for name in &found {
                let (head, tail) = (&entry.name[..name.start], &entry.name[name.end..]);
                let place = (parent.clone(), head.to_owned(), tail.to_owned());
                let name = entry.name[name.start..name.end].to_owned();
                places.entry(name).or_default().insert(place);
            }
            if entry.is_directory() && found.is_empty() {
                pending.push((join(&parent, &entry.name), entry.id));
            }
        }
    }
    Ok(places)
}

/// The folders among the entries of a folder that are environments by their whole names: `prod-eu`.
#[derive(Default)]
struct Regions {
    entries: BTreeSet<usize>,
}

/// A folder whose name has the usual name of one environment.
struct Named<'a> {
    at: usize,
    entry: &'a Entry,
    name: &'a str,
    /// What comes before and after the name.
    around: (&'a str, &'a str),
}

impl Named<'_> {
    fn has_more(&self) -> bool {
        self.around != ("", "")
    }
}

impl Regions {
    fn find(
        snapshot: &dyn Snapshot,
        index: &NameIndex<()>,
        entries: &[Entry],
    ) -> Result<Self, InventoryError> {
        let mut named = Vec::new();
        for (at, entry) in entries.iter().enumerate().filter(|(_, e)| e.is_directory()) {
            if let [found] = index.in_path(&entry.name).as_slice() {
                named.push(Named {
                    at,
                    entry,
                    name: &entry.name[found.start..found.end],
                    around: (&entry.name[..found.start], &entry.name[found.end..]),
                });
            }
        }
        let is_shared = |a: &Named<'_>| {
            let mut others = named.iter().filter(|b| b.name != a.name);
            a.has_more() && others.any(|b| b.around == a.around)
        };
        if !named.iter().any(Named::has_more) || named.iter().any(is_shared) {
            return Ok(Self::default());
        }
        let mut regions = Self::default();
        for region in named.iter().filter(|region| region.has_more()) {
            let others = || named.iter().filter(|other| other.at != region.at);
            let is_one_of_several = others().any(|other| other.name == region.name);
            let is_beside_others = others().any(|other| !other.has_more());
            if !is_one_of_several || !(is_beside_others || is_production(region.name)) {
                continue;
            }
            let contents = |named: &Named<'_>| -> Result<BTreeSet<String>, InventoryError> {
                let below = read_entries(snapshot, named.entry.id, &mut |_| {})?;
                Ok(below.into_iter().map(|entry| entry.name).collect())
            };
            let own = contents(region)?;
            for other in others() {
                if !contents(other)?.is_disjoint(&own) {
                    regions.entries.insert(region.at);
                    break;
                }
            }
        }
        Ok(regions)
    }
}

/// Whether a usual name is one of production.
fn is_production(name: &str) -> bool {
    Environment::named(name).is_production()
}
