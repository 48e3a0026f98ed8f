//! How many version differences wait for a promotion, are held or are kept, and which side the history
//! shows to be newer.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{ApplicationStatus, Pending, Status, VersionRelation};
use crate::domain::{ApplicationName, Relation, Settings};
use crate::engine::branches::Branches;
use crate::engine::compute::{self, Part};
use crate::engine::decide::Rules;
use crate::engine::error::EngineError;
use crate::engine::plan_parts::Counted;
use crate::engine::ports::Ports;
use crate::engine::request::{DefaultProduct, Request};
use crate::inventory::InventoryError;
use crate::plan::{ApplicationPlan, FilePlan};

/// The applications with version differences, by the positions of source and target.
pub(super) type Waiting = BTreeMap<(usize, usize), Vec<String>>;

/// The applications of which something may wait between each environment and the nearest one before it that
/// has them; `may_wait` rules out those without any, by their index and those of source and target.
pub(super) fn find(
    status: &mut Status,
    may_wait: &mut dyn FnMut(usize, usize, usize) -> Result<bool, EngineError>,
) -> Result<Waiting, EngineError> {
    let mut pairs = Waiting::new();
    for (a, application) in status.applications.iter_mut().enumerate() {
        for (to, from) in pairs_of(application) {
            if may_wait(a, from, to)? {
                let names = pairs.entry((from, to)).or_default();
                names.push(application.name.0.clone());
            } else if let Some(cell) = &mut application.environments[to] {
                cell.pending = Some(Pending::default());
            }
        }
    }
    Ok(pairs)
}

/// Counts the version differences that wait, in the files of `part`.
pub(super) fn count(
    ports: &Ports<'_>,
    status: &mut Status,
    (settings, branches): (&Settings, &Branches),
    waiting: Waiting,
    part: Part<'_>,
) -> Result<(), EngineError> {
    for ((from, to), applications) in waiting {
        let request = Request {
            applications,
            default_product: DefaultProduct::Ignored,
            settings: Some(settings.clone()),
            ..Request::between(&status.environments[from], &status.environments[to])
        };
        let counted = match compute::count(ports, &request, branches, part) {
            Ok(counted) => counted,
            Err(error) if cannot_be_promoted(&error) => continue,
            Err(error) => return Err(error),
        };
        let pending = pending(&counted);
        let rules = Rules::new(settings, &[], None)?;
        for application in &mut status.applications {
            let name = &application.name;
            if request.applications.binary_search(&name.0).is_err() {
                continue;
            }
            let found = pending.get(name);
            let planned = found.map(|(planned, _)| *planned);
            let template = rules.template(name);
            let has_place = template.is_some_and(|template| template.version.is_some());
            if let Some(cell) = &mut application.environments[to] {
                cell.pending = Some(found.map_or_else(Pending::default, |(_, pending)| *pending));
            }
            if has_place {
                add_place(application, planned, from, to);
            }
            if let Some(planned) = planned {
                relate(application, planned, from, to);
            }
        }
    }
    Ok(())
}

/// The positions of each environment and of the one before it.
fn pairs_of(application: &ApplicationStatus) -> Vec<(usize, usize)> {
    let cells = application.environments.iter().enumerate();
    let pairs = cells.filter_map(|(at, cell)| Some((at, cell.as_ref()?.before?)));
    pairs.collect()
}

/// Adds the version at the template's place, if it is no version field that is counted already.
fn add_place(
    application: &mut ApplicationStatus,
    planned: Option<&ApplicationPlan>,
    from: usize,
    to: usize,
) {
    let moves = planned.is_some_and(|planned| planned.version.is_some());
    let versions = |at: usize| {
        let cell = application.environments[at].as_ref();
        cell.map(|cell| cell.versions.clone())
    };
    let differs = versions(from) != versions(to);
    let Some(cell) = &mut application.environments[to] else {
        return;
    };
    match &mut cell.pending {
        Some(pending) if differs && *pending == Pending::default() => {
            pending.waiting = usize::from(moves);
            pending.kept = usize::from(!moves);
        }
        _ => {}
    }
}

/// Adds what the history shows about an application with one version on each side: how far they are apart,
/// and which is newer if the versions themselves do not tell.
fn relate(application: &mut ApplicationStatus, planned: &ApplicationPlan, from: usize, to: usize) {
    let version = |at: usize| match application.environments[at].as_ref()?.versions.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    };
    let (Some(before), Some(here)) = (version(from), version(to)) else {
        return;
    };
    let of_versions: Vec<_> = (planned.files.iter())
        .flat_map(|file| file.promoted().chain(file.kept()))
        .filter(|d| d.version_change() == Some((here.as_str(), before.as_str())))
        .collect();
    let (Some(cell), Some(first)) = (&mut application.environments[to], of_versions.first()) else {
        return;
    };
    // The same change at several places only tells something if all of them agree.
    if of_versions
        .iter()
        .all(|d| d.versions_between == first.versions_between)
    {
        cell.versions_between = first.versions_between;
    }
    if cell.relation == Some(VersionRelation::Different)
        && of_versions.iter().all(|d| d.relation == first.relation)
    {
        cell.relation = Some(match first.relation {
            Relation::Behind => VersionRelation::Behind,
            Relation::Ahead => VersionRelation::Ahead,
            Relation::Diverged => VersionRelation::Diverged,
            _ => VersionRelation::Different,
        });
    }
}

/// Whether an error only means that two environments have no promotion between them. A repository
/// that cannot be read is another matter.
fn cannot_be_promoted(error: &EngineError) -> bool {
    match error {
        EngineError::Inventory(error) => !matches!(
            error,
            InventoryError::Repository(_) | InventoryError::Path(_)
        ),
        _ => false,
    }
}

/// The plan of each application, and what it does with the version differences.
fn pending(counted: &Counted) -> BTreeMap<&ApplicationName, (&ApplicationPlan, Pending)> {
    let holds = counted.findings.iter().filter(|finding| finding.is_hold());
    let held: BTreeSet<&str> = holds.map(|finding| finding.selector.as_str()).collect();
    let of = |application: &ApplicationPlan| {
        let mut pending = Pending::default();
        let differences = application.files.iter().flat_map(FilePlan::promoted);
        for difference in differences.filter(|difference| difference.version.is_some()) {
            if held.contains(difference.selector.as_str()) {
                pending.held += 1;
            } else {
                pending.waiting += 1;
            }
        }
        let kept = application.files.iter().flat_map(FilePlan::kept);
        pending.kept = kept
            .filter(|difference| difference.version.is_some())
            .count();
        pending
    };
    let applications = counted.applications.iter();
    applications
        .map(|application| (&application.name, (application, of(application))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::port::RepositoryError;

    #[test]
    fn a_repository_that_cannot_be_read_is_not_passed_over() {
        let absent = InventoryError::UnknownEnvironment {
            name: "qa".into(),
            found: Vec::new(),
        };
        assert!(cannot_be_promoted(&absent.into()));
        let damaged = RepositoryError::UnknownRevision {
            revision: "HEAD".into(),
        };
        assert!(!cannot_be_promoted(&InventoryError::from(damaged).into()));
    }
}
