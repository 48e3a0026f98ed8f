//! Computes the plan of a promotion.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::thread;

use super::branches::Branches;
use super::compare::{Commits, ParsedFiles, Task, compare};
use super::computed::Computed;
use super::decide::{Decider, Rules, Selection, Unchanged, facts};
use super::error::{EngineError, UnmatchedSelector};
use super::file_plan::{PlannedFiles, plan_files};
use super::history::Tips;
use super::joined::Joined;
use super::look_back::{LookBack, WholeFiles};
use super::overlay::with_present_paths;
use super::plan_parts::{Counted, PlanParts};
use super::ports::Ports;
use super::request::Request;
use super::settings::read_settings;
use super::{product, revert, set_baseline, version_source};
use crate::domain::{ApplicationName, CONFIGURATION, CommitId, Environment, Mode};
use crate::inventory::{
    self, ApplicationChoice, EnvironmentPair, Equal, FilePair, FileRole, InventoryError, Located,
    Overlap,
};
use crate::plan::{Hop, Notice, Plan};
use crate::port::{Event, Repository, Snapshot};

/// Computes the plan on the tips of branches. This only reads objects of the repository.
///
/// # Errors
/// [`EngineError`] by kind.
pub fn compute(
    ports: &Ports<'_>,
    request: &Request,
    branches: &Branches,
) -> Result<Plan, EngineError> {
    computed(ports, request, branches)?.complete()
}

/// Files whose differences are counted.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    /// Whether a pair is among them.
    pub includes: &'a dyn Fn(&FilePair) -> bool,
    /// Those that are parsed already.
    pub parsed: &'a ParsedFiles,
}

/// Computes what a plan on the tips of branches does with a part of the files.
pub(super) fn count(
    ports: &Ports<'_>,
    request: &Request,
    branches: &Branches,
    part: Part<'_>,
) -> Result<Counted, EngineError> {
    let tip = |name| {
        ports
            .repository
            .snapshot(branches.of_named(name)?.tip)
            .map_err(EngineError::from)
    };
    let (source, target) = (tip(&request.from)?, tip(&request.to)?);
    let sides = (source.as_ref(), target.as_ref());
    let count = |parts: PlanParts<'_>| Ok(parts.count());
    let (counted, _) = between(ports, request, branches, sides, Some(part), count)?;
    Ok(counted)
}

/// Computes the plan on the tips of branches, and what its selectors match.
pub(super) fn computed(
    ports: &Ports<'_>,
    request: &Request,
    branches: &Branches,
) -> Result<Computed, EngineError> {
    if let Some(reverted) = &request.reverts {
        return revert::compute(ports, request, reverted, branches);
    }
    if let Some(revision) = &request.set_baseline {
        return set_baseline::compute(ports, request, revision, branches);
    }
    let mut notices = Vec::new();
    let with_source;
    let mut moved = BTreeMap::new();
    let request = match &request.version {
        None => request,
        Some(version) => {
            let found = version_source::find(ports, request, version, branches)?;
            notices.extend(found.notice);
            moved = found.moved;
            with_source = found.request;
            &with_source
        }
    };
    let repository = ports.repository;
    let target = repository.snapshot(branches.of_named(&request.to)?.tip)?;
    let source = match &request.source {
        Some(revision) => {
            repository.snapshot(branches.revision(ports, &request.from, revision)?)?
        }
        None => repository.snapshot(branches.of_named(&request.from)?.tip)?,
    };
    let source = with_present_paths(source, &moved)?;
    computed_between(
        ports,
        request,
        branches,
        (source.as_ref(), target.as_ref()),
        notices,
    )
}

/// Computes the plan between two states of the files, and what its selectors match.
pub(super) fn computed_between(
    ports: &Ports<'_>,
    request: &Request,
    branches: &Branches,
    sides: (&dyn Snapshot, &dyn Snapshot),
    notices: Vec<Notice>,
) -> Result<Computed, EngineError> {
    let finish = |mut parts: PlanParts<'_>| {
        parts.notices.splice(0..0, notices);
        parts.finish()
    };
    let (plan, selected) = between(ports, request, branches, sides, None, finish)?;
    Ok(Computed {
        plan,
        matched: selected.matched,
        unmatched: selected.unmatched,
    })
}

/// Computes what a plan between two states of the files is made of, of a part that is counted or of all, and
/// makes something of it.
fn between<T>(
    ports: &Ports<'_>,
    request: &Request,
    branches: &Branches,
    (source, target): (&dyn Snapshot, &dyn Snapshot),
    part: Option<Part<'_>>,
    make: impl FnOnce(PlanParts<'_>) -> Result<T, EngineError>,
) -> Result<(T, Selected), EngineError> {
    let mut notices = Vec::new();
    let repository = ports.repository;
    let home = repository.snapshot(branches.home.tip)?;
    let given = request.settings.as_ref();
    let (settings, origin) = read_settings(ports, given, home.as_ref(), &mut notices)?;
    let hop = inventory::hop(&request.from, &request.to, &settings)?;
    let (from, to) = (branches.of(&hop.from)?, branches.of(&hop.to)?);
    let joined =
        [(source, target), (target, source)].map(|(commit, other)| Joined { commit, other });
    let commits = Commits {
        source: &joined[0],
        target: &joined[1],
    };
    let environments = EnvironmentPair::new(&hop, (commits.source, commits.target), &settings)?;
    ports.observer.event(&Event::PairingFiles);
    let (mut request, by_default) = product::with_product(request, &settings, &environments)?;
    let base = match &request.base {
        Some(revision) => Some(branches.revision(ports, &hop.from.name, revision)?),
        None => None,
    };
    if hop.to.is_rendered {
        request.promote_all_by_default();
    }
    let request = &request;
    notices.extend(by_default);
    let located = environments
        .locate(ApplicationChoice {
            applications: &request.applications,
            products: &request.products,
        })
        .map_err(|error| as_branches(error, repository, &hop))?;
    let new_target = located.new_target().cloned();
    notices.extend(new_target.map(Notice::EnvironmentWithoutPaths));
    let rules = Rules::new(&settings, &request.products, request.promote)?;
    let places = if part.is_none() && from.place() == branches.home.place() {
        places_to_commit(request, &located)
    } else {
        // The checked-out files are of another branch, or do not matter.
        Vec::new()
    };
    // Git compares the checked-out files meanwhile. The plan does not depend on them, so they may be
    // unreadable.
    let (planned, uncommitted) = thread::scope(|scope| {
        let uncommitted = scope.spawn(|| {
            if places.is_empty() {
                return Vec::new();
            }
            repository.uncommitted(&places).unwrap_or_default()
        });
        let tips = Tips {
            commits,
            source_branch: from.tip,
        };
        let planned = files(&located, tips, &rules, (request, base, part), ports);
        (planned, uncommitted.join())
    });
    let (planned, selected) = planned?;
    let uncommitted = uncommitted.unwrap_or_else(|panic| resume_unwind(panic));
    let result = make(PlanParts {
        request,
        settings: &settings,
        origin,
        rules: &rules,
        hop: hop.clone(),
        naming: &located.naming_with_found(),
        source: source.commit(),
        source_repository: branches.source_repository(&hop)?,
        branch: to,
        target,
        chosen: located.applications(),
        baseline_of: Vec::new(),
        undone_record: None,
        planned,
        notices,
        clone_notices: {
            let mut notices = branches.notices(&hop)?;
            notices.extend(uncommitted_changes(uncommitted, &places, &located));
            notices
        },
    })?;
    Ok((result, selected))
}

/// The configuration and the source's places, whose checked-out files may have changes that are not
/// committed.
fn places_to_commit(request: &Request, located: &Located<'_>) -> Vec<String> {
    // A revision was chosen, so the checked-out files are another state.
    if request.source.is_some() {
        return Vec::new();
    }
    let mut places = located.source_places();
    for place in places.iter_mut().filter(|place| place.is_empty()) {
        ".".clone_into(place);
    }
    if request.settings.is_none() {
        places.push(CONFIGURATION.to_owned());
    }
    places
}

/// The notice about changes of the configuration and of the source's files that are only in the
/// checked-out files.
fn uncommitted_changes(
    mut paths: Vec<String>,
    places: &[String],
    located: &Located<'_>,
) -> Option<Notice> {
    let is_at = |path: &str, place: &String| {
        let rest = path.strip_prefix(place.as_str());
        place == "." || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    paths.retain(|path| {
        places.iter().any(|place| is_at(path, place))
            && (path == CONFIGURATION || located.is_of_chosen_application(path))
    });
    (!paths.is_empty()).then_some(Notice::UncommittedChanges { paths })
}

/// What the selectors match.
struct Selected {
    matched: Vec<String>,
    unmatched: Vec<UnmatchedSelector>,
}

/// Pairs the located files, compares them, decides, and plans the content of each.
fn files(
    located: &Located<'_>,
    tips: Tips<'_>,
    rules: &Rules<'_>,
    (request, base, part): (&Request, Option<CommitId>, Option<Part<'_>>),
    ports: &Ports<'_>,
) -> Result<(PlannedFiles, Selected), EngineError> {
    let commits = tips.commits;
    let mut pairs = located.pairs(Equal::PassedOver)?;
    if let Some(part) = part {
        pairs.files.retain(|pair| (part.includes)(pair));
    }
    let mut notices = Vec::new();
    if pairs.unreadable_names > 0 {
        notices.push(Notice::UnreadableNames {
            count: pairs.unreadable_names,
        });
    }
    notices.extend(pairs.overlaps.iter().map(Overlap::notice));
    let naming = located.naming();
    let selection = Selection::new(request);
    let task = |pair| Task {
        read: part.and_then(|part| part.parsed.pair(&pair)),
        ..Task::without_past(pair)
    };
    let tasks = pairs.files.into_iter().map(task).collect();
    let compared = compare(tasks, commits, naming, ports.observer, |open, found, ()| {
        facts(open, found, None, rules, &selection, naming)
    })?;
    let look_back = LookBack {
        ports,
        request,
        base,
        tips,
        naming,
        files: &ChosenFiles {
            located,
            rules,
            selection: &selection,
        },
    };
    let with_past = look_back.compare_again(compared, |open, found, past| {
        let mut all = facts(open, found, Some(past), rules, &selection, naming)?;
        if let Some(version) = &request.version {
            for (facts, difference) in all.iter_mut().zip(found) {
                facts.choose_version(difference, version);
            }
        }
        Ok(all)
    })?;
    notices.extend(with_past.notices);
    let deciding = Decider {
        rules,
        selection,
        removals: request.removals,
        new_applications: request.new_applications(),
        changed_files: with_past.changed_files,
        present: pairs.present,
        reverted: BTreeMap::new(),
    };
    let target_files = || {
        let pairs = located.pairs(Equal::Listed)?;
        let file = |file: FilePair| Some((file.path, file.target?));
        Ok(pairs.files.into_iter().filter_map(file).collect())
    };
    let unchanged = Unchanged {
        files: &target_files,
        target: commits.target,
        history: ports.history,
    };
    let decided = deciding.decide(with_past.files, &unchanged)?;
    notices.extend(decided.notices);
    let is_shown = part.is_none();
    let mut planned = plan_files(decided.files, (commits, naming), &BTreeSet::new(), is_shown)?;
    planned.notices.splice(0..0, notices);
    planned.baselines = with_past.baselines;
    let selected = Selected {
        matched: decided.matched,
        unmatched: decided.unmatched,
    };
    Ok((planned, selected))
}

/// The files that both sides have in full, or that only one side has, and what selects them.
struct ChosenFiles<'a> {
    located: &'a Located<'a>,
    rules: &'a Rules<'a>,
    selection: &'a Selection,
}

impl WholeFiles for ChosenFiles<'_> {
    fn follows_changes(&self, pair: &FilePair) -> bool {
        let path = pair.path.as_str();
        let rule = self.rules.for_file(&pair.application, path);
        let is_deployed = pair.role == FileRole::Deployed;
        is_deployed && rule.has_mode(Mode::Changes) && self.selection.includes_file(path)
    }

    fn equal(
        &self,
        applications: &BTreeSet<ApplicationName>,
    ) -> Result<Vec<FilePair>, InventoryError> {
        self.located.equal_files(applications)
    }
}

/// Replaces the error of a missing environment if both environments are branches of the repository.
fn as_branches(error: InventoryError, repository: &dyn Repository, hop: &Hop) -> EngineError {
    let (InventoryError::UnknownEnvironment { .. } | InventoryError::AbsentEnvironment { .. }) =
        error
    else {
        return error.into();
    };
    let Ok(branches) = repository.branches() else {
        return error.into();
    };
    let branch_of = |environment: &Environment| {
        branches.iter().find(|branch| {
            let last = branch.rsplit('/').next().unwrap_or(branch);
            environment.has_name(branch) || environment.has_name(last)
        })
    };
    match (branch_of(&hop.from), branch_of(&hop.to)) {
        (Some(from), Some(to)) => EngineError::EnvironmentsAsBranches {
            from: from.clone(),
            to: to.clone(),
        },
        _ => error.into(),
    }
}
