//! Which version of each application every environment has.
//!
//! # Why
//!
//! A promotion compares two environments; people first want to see all of them. So the versions of a
//! commit are read once for each environment, and the history is only asked about the files that have
//! them. What waits is counted by computing the promotion itself, so that both always agree.

mod reader;
mod since;
mod table;
mod unchanged;
mod versions;
mod waiting;

use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::thread;

use super::branches::{Branches, Snapshots, fetch_all};
use super::compare::ParsedFiles;
use super::compute::Part;
use super::decide::Rules;
use super::error::EngineError;
use super::ports::Ports;
use super::settings::read_settings;
use crate::domain::{ApplicationName, CommitId, Environment, EnvironmentKind, Naming, Settings};
use crate::inventory::{ApplicationChoice, EnvironmentView, Inventory, InventoryError, Location};
use crate::port::{BranchChoice, Event, Snapshot};

pub(super) use reader::Reader;
pub use table::{
    ApplicationStatus, EnvironmentStatus, Pending, Since, Status, VersionRelation, VersionSource,
};
use unchanged::Source;
pub use unchanged::StatusReading;
pub(super) use versions::Cell;
use versions::Cells;

/// What to list.
#[derive(Clone, Debug)]
pub struct StatusRequest {
    /// The environments, in order; if empty those that are configured, else those in paths.
    pub environments: Vec<String>,
    /// Applications by whole names or last parts; all if there are no products either.
    pub applications: Vec<String>,
    /// Products.
    pub products: Vec<String>,
    /// The branch.
    pub branch: BranchChoice,
    /// The settings of `--config FILE`; otherwise those of `promote.yaml` in the branch's commit.
    pub settings: Option<Settings>,
}

/// Lists the versions of applications by environment.
///
/// # Errors
/// When the branch cannot be read, the configuration has faults, or a name is unknown.
pub async fn status(ports: &Ports<'_>, request: &StatusRequest) -> Result<Status, EngineError> {
    let given = request.settings.as_ref();
    let branches = fetch_all(ports, &request.branch, given, &request.environments).await?;
    let (status, _, ()) = read(ports, request, &branches, |_, _| Ok((BTreeSet::new(), ())))?;
    Ok(status)
}

/// Lists the versions of applications by environment on branches that were fetched; what is unchanged since
/// `before`, a reading for the same request, is not read again.
///
/// # Errors
/// When the configuration has faults, or a name is unknown.
pub fn read_status(
    ports: &Ports<'_>,
    request: &StatusRequest,
    branches: &Branches,
    before: Option<&StatusReading>,
) -> Result<StatusReading, EngineError> {
    let (status, unchanged, source) = read(ports, request, branches, |snapshot, views| {
        let source = Source::of(snapshot, views)?;
        let unchanged = before.map(|before| before.unchanged(ports, &source, views));
        Ok((unchanged.transpose()?.unwrap_or_default(), source))
    })?;
    Ok(StatusReading::new(status, source, (before, &unchanged)))
}

/// Reads the status of the applications, apart from those that `unchanged` finds; also returns these and what
/// else it found.
fn read<T>(
    ports: &Ports<'_>,
    request: &StatusRequest,
    branches: &Branches,
    unchanged: impl FnOnce(
        &dyn Snapshot,
        &[EnvironmentView],
    ) -> Result<(BTreeSet<ApplicationName>, T), EngineError>,
) -> Result<(Status, BTreeSet<ApplicationName>, T), EngineError> {
    let given = request.settings.as_ref();
    let snapshot = ports.repository.snapshot(branches.home.tip)?;
    let (settings, _) = read_settings(ports, given, snapshot.as_ref(), &mut Vec::new())?;
    ports.observer.event(&Event::PairingFiles);
    let location = Location {
        repository: "",
        snapshot: snapshot.as_ref(),
        folder: None,
        settings: &settings,
    };
    let others = branches.snapshots(ports, &settings)?;
    let views = views(location, &others, &request.environments)?;
    let rules = Rules::new(&settings, &[], None)?;
    let namings = namings(&views, &settings);
    let choice = ApplicationChoice {
        applications: &request.applications,
        products: &request.products,
    };
    let chosen = choice.names(&settings)?;
    let mut status = Status {
        branch: branches.home_with_notices(),
        environments: views
            .iter()
            .map(|view| view.environment.name.clone())
            .collect(),
        applications: table::applications(&views, chosen.as_deref())?,
    };
    let (unchanged, found) = unchanged(snapshot.as_ref(), &views)?;
    status
        .applications
        .retain(|application| !unchanged.contains(&application.name));
    let names = status.applications.iter();
    let cells = Cells {
        applications: names.map(|application| application.name.clone()).collect(),
        namings,
        rules: &rules,
    };
    let mut reader = Reader::new(snapshot.as_ref());
    let parsed = read_cells(&mut status, &mut reader, &cells, (&views, branches))?;
    let commits: Vec<CommitId> = views.iter().map(|view| view.commit).collect();
    let open = since::open(&reader, &status, &commits, &cells)?;
    let mut may_wait = |a: usize, from: usize, to: usize| {
        let side = |e: usize| {
            let files = views[e].applications.get(&cells.applications[a]);
            (cells.of(a, e), files.map_or(&[][..], Vec::as_slice))
        };
        Ok(!reader.has_same_versions([side(from), side(to)])?)
    };
    let settings = with_aliases(&settings, &views);
    let waiting = waiting::find(&mut status, &mut may_wait)?;
    // The plans need memory of their own.
    drop(views);
    let part = Part {
        includes: &|pair| cells.has_place(&pair.application) || reader.may_have_versions(pair),
        parsed: &parsed,
    };
    // Meanwhile, the history is read.
    let (since, counted) = thread::scope(|scope| {
        let since = scope.spawn(|| since::find(ports.history, &reader, open, &cells));
        let counted = waiting::count(ports, &mut status, (&settings, branches), waiting, part);
        (since.join(), counted)
    });
    for (a, e, since) in since.unwrap_or_else(|panic| resume_unwind(panic))? {
        if let Some(cell) = &mut status.applications[a].environments[e] {
            cell.since = Some(since);
        }
    }
    counted?;
    // Applications without a version, such as `shared`, are only listed if they are named.
    let is_named = chosen.is_some();
    status
        .applications
        .retain(|application| is_named || application.may_have_version());
    Ok((status, unchanged, found))
}

/// Reads the versions of all cells; returns the files that a promotion may compare.
fn read_cells(
    status: &mut Status,
    reader: &mut Reader<'_>,
    cells: &Cells<'_>,
    (views, branches): (&[EnvironmentView], &Branches),
) -> Result<ParsedFiles, EngineError> {
    let mut parsed = ParsedFiles::default();
    if let Some(naming) = cells.namings.first() {
        let names = cells.applications.iter();
        let applications = names.filter(|name| !cells.has_place(name)).map(|name| {
            let files = views.iter().filter_map(|view| view.applications.get(name));
            files.map(Vec::as_slice).collect()
        });
        parsed = reader.read_ahead(naming, applications)?;
    }
    for (a, application) in status.applications.iter_mut().enumerate() {
        for (e, cell) in application.environments.iter_mut().enumerate() {
            if let Some(files) = views[e].applications.get(&application.name) {
                *cell = Some(EnvironmentStatus {
                    repository: branches.of(&views[e].environment)?.repository.clone(),
                    ..reader.read(cells.of(a, e), files)?
                });
            }
        }
        application.relate();
    }
    Ok(parsed)
}

/// The names of each environment alone.
fn namings(views: &[EnvironmentView], settings: &Settings) -> Vec<Naming> {
    let naming = |view: &EnvironmentView| {
        let environment = || view.environment.clone();
        Naming::new(environment(), environment(), &settings.environments)
    };
    views.iter().map(naming).collect()
}

/// The settings with the aliases of the environments that were found, unless they are configured.
fn with_aliases(settings: &Settings, views: &[EnvironmentView]) -> Settings {
    let mut settings = settings.clone();
    if settings.environments.is_empty() {
        let found = views.iter().map(|view| view.environment.clone());
        settings.environments = found.filter(|e| !e.aliases.is_empty()).collect();
    }
    settings
}

/// The chosen environments with their files; `others` are the commits of those that have a branch of their
/// own.
pub(super) fn views(
    location: Location<'_>,
    others: &Snapshots,
    chosen: &[String],
) -> Result<Vec<EnvironmentView>, InventoryError> {
    if chosen.is_empty() {
        let configured = &location.settings.environments;
        if configured.is_empty() {
            let mut all = Inventory::default();
            all.add_all(location)?;
            let mut views = all.into_views();
            views.sort_by_key(|view| stage(&view.environment.name));
            return Ok(views);
        }
        let mut views = views_of(location, others, configured)?;
        // The order of the configuration, but production last.
        let production = Some(EnvironmentKind::Production);
        views.sort_by_key(|view| view.environment.kind == production);
        return Ok(views);
    }
    let environment = |name: &String| {
        let configured = location.settings.environment(name).cloned();
        configured.unwrap_or_else(|| Environment::named(name))
    };
    let environments: Vec<Environment> = chosen.iter().map(environment).collect();
    let views = views_of(location, others, &environments)?;
    let missing = |view: &&EnvironmentView| view.applications.is_empty();
    if let Some(view) = views.iter().find(missing) {
        let mut existing = Inventory::default();
        existing.add_all(location)?;
        return Err(InventoryError::UnknownEnvironment {
            name: view.environment.name.clone(),
            found: existing
                .views()
                .iter()
                .map(|v| v.environment.name.clone())
                .collect(),
        });
    }
    Ok(views)
}

/// The environments with their files, each from its own commit.
fn views_of(
    location: Location<'_>,
    others: &Snapshots,
    environments: &[Environment],
) -> Result<Vec<EnvironmentView>, InventoryError> {
    let is_other = |environment: &Environment| others.contains_key(&environment.name);
    let here: Vec<Environment> = (environments.iter())
        .filter(|environment| !is_other(environment))
        .cloned()
        .collect();
    let mut all = Inventory::default();
    all.add(location, &here)?;
    for environment in environments {
        if let Some(snapshot) = others.get(&environment.name) {
            let location = Location {
                snapshot: snapshot.as_ref(),
                ..location
            };
            all.add(location, std::slice::from_ref(environment))?;
        }
    }
    let mut views = all.into_views();
    let position = |view: &EnvironmentView| {
        let mut names = environments.iter().map(|environment| &environment.name);
        names.position(|name| *name == view.environment.name)
    };
    views.sort_by_key(position);
    Ok(views)
}

/// Whether an environment's name is a usual one of production, such as `prod-eu`.
pub(super) fn is_production_name(name: &str) -> bool {
    stage(name) == LAST
}

/// The stage of production.
const LAST: usize = 3;

/// How far an environment with a usual name is from development: `prod-eu` is as far as `prod`.
fn stage(name: &str) -> usize {
    const STAGES: [(usize, &[&str]); 4] = [
        // Before the others, because `pre-prod` and `non-prod` have the name of production.
        (2, &["pre", "non"]),
        (0, &["local", "dev", "develop", "development", "sandbox"]),
        (
            1,
            &["int", "integration", "e2e", "sit", "test", "testing", "qa"],
        ),
        (LAST, &["prd", "prod", "production", "live"]),
    ];
    let has = |words: &[&str]| {
        name.split(['-', '_', '.'])
            .any(|word| words.contains(&word))
    };
    let found = STAGES.iter().find(|(_, words)| has(words));
    // Between test and production: `staging`, `uat`, `preprod`.
    found.map_or(2, |(stage, _)| *stage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_comes_last_whatever_its_region() {
        let mut names = [
            "prod-eu",
            "staging",
            "live",
            "pre-prod",
            "dev",
            "us-prod",
            "qa",
            "development",
        ];
        names.sort_by_key(|name| stage(name));
        let expected = [
            "dev",
            "development",
            "qa",
            "staging",
            "pre-prod",
            "prod-eu",
            "live",
            "us-prod",
        ];
        assert_eq!(names, expected);
    }
}
