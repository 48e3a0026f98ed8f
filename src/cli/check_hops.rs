//! The files of pairs of environments, which `git promote check` checks.

use std::collections::{BTreeMap, BTreeSet};

use super::console::Console;
use super::failure::Failure;
use crate::domain::{Action, CommitId, Environment, Settings};
use crate::engine::{self, EngineError, Ports, Request};
use crate::inventory::{self, ApplicationMap, InventoryError};
use crate::plan::{FileFault, Notice};
use crate::port::Branch;
use crate::render::escaped;
use crate::render::text;

/// The pairs of environments whose files are checked.
pub(super) struct HopsToCheck<'a> {
    /// Sources and targets.
    pub pairs: &'a [(String, String)],
    /// Whether the pair was chosen.
    pub is_chosen: bool,
    /// Whether the files are printed.
    pub prints_files: bool,
}

/// Checks the files of pairs of environments.
pub(super) async fn check_hops(
    hops: HopsToCheck<'_>,
    settings: &Settings,
    (ports, head): (&Ports<'_>, CommitId),
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    // Consecutive pairs share an environment, so that a file can be found twice.
    let mut faults = BTreeMap::new();
    // The last source that has files, and the targets that have some.
    let (mut last_source, mut targets) = (None, BTreeSet::new());
    for (from, to) in hops.pairs {
        let mut source = from;
        let mut found = check_hop(&hops, settings, [from, to], ports, head).await;
        // With `from` and `to` in the layout, the files of some environments are only targets.
        if let (true, Some(last)) = (is_absent(&found, from), last_source)
            && targets.contains(from)
        {
            source = last;
            found = check_hop(&hops, settings, [source, to], ports, head).await;
        }
        if hops.prints_files {
            writeln!(console.out, "\n{} -> {}", escaped(source), escaped(to))?;
        }
        if found.is_ok() {
            last_source = Some(source);
        }
        let found = match found {
            // It may be new.
            Err(EngineError::Inventory(InventoryError::AbsentEnvironment {
                environment, ..
            })) if !hops.is_chosen => {
                let notice = Notice::EnvironmentWithoutPaths(*environment);
                text::warnings(console.out, std::iter::once(&notice), console.stdout)?;
                continue;
            }
            found => found?,
        };
        if let Some(notice) = &found.new_target {
            text::warnings(console.out, std::iter::once(notice), console.stdout)?;
            continue;
        }
        targets.insert(to);
        if let Some(map) = &found.map {
            write_map(map, console)?;
        }
        faults.extend(
            found
                .faults
                .into_iter()
                .map(|fault| (fault.path.clone(), fault)),
        );
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Failure::Files(faults.into_values().collect()))
}

/// Whether an environment was not found.
fn is_absent<T>(found: &Result<T, EngineError>, name: &str) -> bool {
    let absent = |environment: &Environment| environment.has_name(name);
    matches!(
        found,
        Err(EngineError::Inventory(InventoryError::AbsentEnvironment { environment, .. }))
            if absent(environment)
    )
}

/// What is checked about two environments.
struct CheckedHop {
    /// The files of each application, if they are printed.
    map: Option<ApplicationMap>,
    /// The files that a promotion would leave out.
    faults: Vec<FileFault>,
    /// That the target has no files yet, if so.
    new_target: Option<Notice>,
}

async fn check_hop(
    hops: &HopsToCheck<'_>,
    settings: &Settings,
    [from, to]: [&str; 2],
    ports: &Ports<'_>,
    head: CommitId,
) -> Result<CheckedHop, EngineError> {
    let request = Request {
        settings: Some(settings.clone()),
        action: Some(Action::None),
        ..Request::between(from, to)
    };
    let branch = Branch {
        name: "HEAD".to_owned(),
        repository: None,
        remote: None,
        url: None,
        tip: head,
        is_default: true,
        notices: Vec::new(),
    };
    let branches = engine::fetch_beside(ports, branch, settings, [from, to]).await?;
    let map = if hops.prints_files {
        let source = ports.repository.snapshot(branches.of_named(from)?.tip)?;
        let target = ports.repository.snapshot(branches.of_named(to)?.tip)?;
        let commits = (source.as_ref(), target.as_ref());
        Some(inventory::applications(commits, settings, from, to)?)
    } else {
        None
    };
    let plan = engine::compute(ports, &request, &branches)?;
    let is_new_target = |notice: &&Notice| matches!(notice, Notice::EnvironmentWithoutPaths(_));
    Ok(CheckedHop {
        map,
        faults: plan.chosen_faults().cloned().collect(),
        new_target: plan.notices().iter().find(is_new_target).cloned(),
    })
}

fn write_map(map: &ApplicationMap, console: &mut Console<'_>) -> std::io::Result<()> {
    let heading = console.stdout.palette.heading;
    for (application, files) in &map.applications {
        writeln!(
            console.out,
            "{heading}{}{heading:#}",
            escaped(&application.0)
        )?;
        for (source, target) in files {
            match source {
                Some(source) => {
                    writeln!(
                        console.out,
                        "  {} -> {}",
                        escaped(source.as_str()),
                        escaped(target.as_str())
                    )?;
                }
                None => writeln!(
                    console.out,
                    "  {} (only in the target)",
                    escaped(target.as_str())
                )?,
            }
        }
    }
    text::warnings(console.out, map.notices.iter(), console.stdout)
}
