//! Suggests a configuration from what the repository has, with the evidence.
//!
//! # Why
//!
//! Without a configuration, environments, aliases and applications are found in paths. A suggestion
//! only writes down what was found there, so that a promotion with it makes the same plan. What should
//! be kept is counted in the plans of promotions between the environments.
//!
//! | file | what it does |
//! |---|---|
//! | `layout.rs` | finds the shapes of paths |
//! | `order.rs` | finds the order of environments in the history |

mod layout;
mod order;

use std::collections::{BTreeMap, BTreeSet};

pub use layout::FoundPattern;
pub use order::Following;

use super::branches::Snapshots;
use super::compute::compute;
use super::error::EngineError;
use super::ports::Ports;
use super::request::{DefaultProduct, Request};
use super::status::{is_production_name, views};
use crate::domain::{Action, Environment, EnvironmentKind, Op, Product, Reason, Settings};
use crate::inventory::{EnvironmentView, InventoryError, Location};
use crate::plan::{FilePlan, Plan};
use crate::port::Branch;

/// In how many applications a field must differ to be kept.
const FEWEST: usize = 3;

/// A configuration with its evidence.
#[derive(Clone, Debug, Default)]
pub struct SuggestedConfiguration {
    /// The environments, each with the number of its applications.
    pub environments: Vec<(Environment, usize)>,
    /// How many applications two consecutive environments share.
    pub shared: Vec<(String, String, usize)>,
    /// Which environments got versions after which others, as far as the newest commits show it.
    pub followings: Vec<Following>,
    /// The commonest shapes of paths.
    pub patterns: Vec<FoundPattern>,
    /// The number of all files.
    pub files: usize,
    /// Applications whose names begin with the same word.
    pub products: Vec<Product>,
    /// Fields that differ between the environments of many applications.
    pub keep: Vec<KeptField>,
}

/// A field that differs between the environments of many applications, and is no version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptField {
    /// Its key.
    pub key: String,
    /// In how many applications it differs.
    pub applications: usize,
    /// How many applications have any difference.
    pub of: usize,
}

/// Suggests a configuration for a commit.
///
/// # Errors
/// When the repository cannot be read.
pub fn suggest_configuration(
    ports: &Ports<'_>,
    branch: &Branch,
) -> Result<SuggestedConfiguration, EngineError> {
    let snapshot = ports.repository.snapshot(branch.tip)?;
    let settings = Settings::default();
    let location = Location {
        repository: "",
        snapshot: snapshot.as_ref(),
        folder: None,
        settings: &settings,
    };
    let views = views(location, &Snapshots::new(), &[])?;
    let environments: Vec<Environment> = views.iter().map(environment).collect();
    let with_them = Settings {
        environments: environments.clone(),
        ..Settings::default()
    };
    let mut plans = Vec::new();
    for pair in environments.windows(2) {
        let request = Request {
            default_product: DefaultProduct::Ignored,
            action: Some(Action::None),
            settings: Some(with_them.clone()),
            ..Request::between(&pair[0].name, &pair[1].name)
        };
        match compute(ports, &request, &branch.clone().into()) {
            Ok(plan) => plans.push(plan),
            Err(EngineError::Inventory(
                error @ (InventoryError::Repository(_) | InventoryError::Path(_)),
            )) => return Err(error.into()),
            // Nothing is promoted between these two.
            Err(EngineError::Inventory(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let shared = views.windows(2).map(|pair| {
        let names = pair[0].applications.keys();
        let both = names.filter(|name| pair[1].applications.contains_key(*name));
        let name = |view: &EnvironmentView| view.environment.name.clone();
        (name(&pair[0]), name(&pair[1]), both.count())
    });
    let (patterns, files) = layout::patterns(&views);
    Ok(SuggestedConfiguration {
        shared: shared.collect(),
        followings: order::followings(ports, branch, snapshot.as_ref(), &views)?,
        patterns,
        files,
        products: products(&views),
        keep: kept_fields(&plans),
        environments: (environments.into_iter())
            .zip(views.iter().map(|view| view.applications.len()))
            .collect(),
    })
}

fn environment(view: &EnvironmentView) -> Environment {
    let environment = view.environment.clone();
    let kind = if is_production_name(&environment.name) {
        EnvironmentKind::Production
    } else {
        EnvironmentKind::NonProduction
    };
    Environment {
        kind: Some(kind),
        ..environment
    }
}

/// A product for each first part that several applications' names share.
fn products(views: &[EnvironmentView]) -> Vec<Product> {
    let names: BTreeSet<&str> = (views.iter())
        .flat_map(|view| view.applications.keys().map(|name| name.0.as_str()))
        .collect();
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for name in names {
        if let Some((group, _)) = name.split_once('/') {
            groups.entry(group).or_default().push(name.to_owned());
        }
    }
    let several = groups.into_iter().filter(|(_, names)| names.len() > 1);
    let product = |(name, applications): (&str, Vec<String>)| Product {
        name: name.to_owned(),
        applications,
        ..Product::default()
    };
    several.map(product).collect()
}

/// The fields that differ in many applications, are never promoted, and are no versions.
fn kept_fields(plans: &[Plan]) -> Vec<KeptField> {
    let mut differing: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut promoted = BTreeSet::new();
    let mut all = BTreeSet::new();
    for application in plans.iter().flat_map(Plan::applications) {
        for difference in application
            .files
            .iter()
            .flat_map(|file: &FilePlan| &file.differences)
        {
            let Some(key) = last_key(&difference.path) else {
                continue;
            };
            all.insert(application.name.0.as_str());
            if difference.verdict.is_promote() || difference.version.is_some() {
                promoted.insert(key);
            } else if difference.op == Op::Set && difference.verdict.reason == Reason::NotVersion {
                let names = differing.entry(key).or_default();
                names.insert(application.name.0.as_str());
            }
        }
    }
    let is_common = |count: usize| count >= FEWEST && count * 2 >= all.len();
    let fields = differing
        .into_iter()
        .filter(|(key, _)| !promoted.contains(key));
    let fields = fields.filter(|(_, names)| is_common(names.len()));
    fields
        .map(|(key, names)| KeptField {
            key: key.to_owned(),
            applications: names.len(),
            of: all.len(),
        })
        .collect()
}

/// The key at the end of a normalized path, if it can be written after a `..`.
fn last_key(path: &str) -> Option<&str> {
    let key = path.strip_suffix("']")?.rsplit_once("['")?.1;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let starts_well = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    (starts_well && key.chars().all(is_plain)).then_some(key)
}
