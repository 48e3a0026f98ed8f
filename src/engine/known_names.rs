//! The names that a clone has, for shells to complete.
//!
//! # Why
//!
//! A name is completed while someone types, so only the checked-out commit is read, and no more of it than
//! the question needs: a configuration lists the names of most kinds without a look at any folder.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::branches::Snapshots;
use super::error::EngineError;
use super::ports::Ports;
use super::settings::read_settings;
use super::status::views;
use crate::domain::Settings;
use crate::inventory::Location;
use crate::port::Snapshot;

/// What is named.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameKind {
    /// Environments: the configured ones, else those in paths.
    Environment,
    /// Applications: those of the configured products, else those in paths.
    Application,
    /// Products of the configuration.
    Product,
    /// Flows of the configuration.
    Flow,
    /// Gates of the configuration.
    Gate,
    /// Workflows of the configuration.
    Workflow,
}

/// The settings of `--config`, else of the checked-out commit.
///
/// # Errors
/// When there is no commit, or the configuration has faults.
pub fn checked_out_settings(
    ports: &Ports<'_>,
    given: Option<&Settings>,
) -> Result<Settings, EngineError> {
    Ok(checked_out(ports, given)?.1)
}

/// The files of the checked-out commit, and the settings of `--config` or of these files.
fn checked_out(
    ports: &Ports<'_>,
    given: Option<&Settings>,
) -> Result<(Arc<dyn Snapshot>, Settings), EngineError> {
    let head = ports.repository.revision("HEAD", None)?;
    let snapshot = ports.repository.snapshot(head)?;
    let (settings, _) = read_settings(ports, given, snapshot.as_ref(), &mut Vec::new())?;
    Ok((snapshot, settings))
}

/// Lists the names of a kind, in the order of the configuration; `given` are the settings of `--config`.
///
/// # Errors
/// When the checked-out commit cannot be read, or the configuration has faults.
pub fn known_names(
    ports: &Ports<'_>,
    kind: NameKind,
    given: Option<&Settings>,
) -> Result<Vec<String>, EngineError> {
    fn names<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
        names.cloned().collect()
    }
    let (snapshot, settings) = checked_out(ports, given)?;
    let configured = match kind {
        NameKind::Environment => names(settings.environments.iter().map(|e| &e.name)),
        NameKind::Application => names(settings.products.iter().flat_map(|p| &p.applications)),
        NameKind::Product => names(settings.products.iter().map(|p| &p.name)),
        NameKind::Flow => names(settings.flows.iter().map(|flow| &flow.name)),
        NameKind::Gate => names(settings.gates.iter().map(|gate| &gate.name)),
        NameKind::Workflow => names(settings.workflows.iter().map(|workflow| &workflow.name)),
    };
    let is_in_paths = matches!(kind, NameKind::Environment | NameKind::Application);
    if !configured.is_empty() || !is_in_paths {
        return Ok(each_once(configured));
    }
    let location = Location {
        repository: "",
        snapshot: snapshot.as_ref(),
        folder: None,
        settings: &settings,
    };
    let views = views(location, &Snapshots::new(), &[])?;
    if kind == NameKind::Environment {
        return Ok(names(views.iter().map(|view| &view.environment.name)));
    }
    let applications = views.iter().flat_map(|view| view.applications.keys());
    let mut applications = names(applications.map(|application| &application.0));
    applications.sort();
    Ok(each_once(applications))
}

/// Each name at its first place: products can share applications, and environments have the same ones.
fn each_once(mut names: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}
