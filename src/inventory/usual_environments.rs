//! The environments whose usual names occur in paths.
//!
//! # Why
//!
//! A folder `live` or `prod-tools` is no environment: an environment has a counterpart, another
//! environment's name in the same place (`envs/staging` and `envs/prod`, `values-dev.yaml` and
//! `values-prod.yaml`). And `dev` and `development` are one environment, unless both are in one place.

use std::collections::{BTreeMap, BTreeSet};

use super::error::InventoryError;
use super::target_names::join;
use super::trees::read_entries;
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
        for entry in read_entries(snapshot, tree, &mut |_| {})? {
            let found = index.in_path(&entry.name);
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
