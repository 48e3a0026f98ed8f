//! The version that a step promotes, for workflows and gates.

use std::collections::BTreeSet;

use crate::domain::{ApplicationName, CommitId, Environment, Naming, Settings};
use crate::engine::decide::Rules;
use crate::engine::error::EngineError;
use crate::engine::ports::Ports;
use crate::engine::status::{Cell, Reader};
use crate::inventory::{Inventory, Location};
use crate::port::RepositoryError;

/// The version of some applications in an environment at a commit: the one that all of them share, else
/// `api=1.4.3,web=2.0.0`. An application without a version is left out. Empty if the commit is not in this clone.
///
/// `settings` are those of the release: the commit need not be of the branch with the configuration.
pub(super) fn version(
    ports: &Ports<'_>,
    settings: &Settings,
    (commit, environment): (CommitId, &str),
    applications: &[String],
) -> Result<String, EngineError> {
    let snapshot = match ports.repository.snapshot(commit) {
        Err(RepositoryError::MissingObject { .. }) => return Ok(String::new()),
        snapshot => snapshot?,
    };
    let configured = settings.environment(environment).cloned();
    let environment = configured.unwrap_or_else(|| Environment::named(environment));
    let location = Location {
        repository: "",
        snapshot: snapshot.as_ref(),
        folder: None,
        settings,
    };
    let mut inventory = Inventory::default();
    inventory.add(location, std::slice::from_ref(&environment))?;
    let rules = Rules::new(settings, &[], None)?;
    let naming = Naming::new(
        environment.clone(),
        environment.clone(),
        &settings.environments,
    );
    let reader = Reader::new(snapshot.as_ref());
    let mut found: Vec<(&ApplicationName, String)> = Vec::new();
    let views = inventory.views().iter();
    for (application, files) in views.flat_map(|view| &view.applications) {
        if !applications.iter().any(|word| application.matches(word)) {
            continue;
        }
        let template = rules.template(application);
        let cell = Cell {
            application,
            place: template.and_then(|template| template.version.as_ref()),
            naming: &naming,
        };
        let versions = reader.read(cell, files)?.versions;
        if !versions.is_empty() {
            found.push((application, versions.join(" ")));
        }
    }
    let different: BTreeSet<&String> = found.iter().map(|(_, version)| version).collect();
    Ok(match different.first() {
        Some(only) if different.len() == 1 => (*only).clone(),
        _ => {
            let all = found
                .iter()
                .map(|(name, version)| format!("{name}={version}"));
            all.collect::<Vec<_>>().join(",")
        }
    })
}
