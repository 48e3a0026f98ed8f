//! From a request to a plan.

use crate::domain::{Action, CommitId, Environment, Origin, Settings};
use crate::plan::{Draft, Hop, Plan, Warning};
use crate::port::{Branch, Clock, Forge, Progress, Publish, Repository, SettingsReader, Snapshot};

use super::EngineError;
use super::files::{Compared, Files};
use super::gather::Overlap;
use super::load::MAX_BYTES;
use super::pair::{self, Equal, FileObject};
use super::policy::Promoted;
use super::request::Request;
use super::resolve::{self, Ground};
use super::rules::Rules;
use super::selection::Selection;
use super::tree::Trees;
use super::unchanged::Unchanged;
use super::{decider, guard, message};

/// The configuration's path in the repository.
const CONFIGURATION: &str = "promote.yaml";

/// The outside world, behind its traits.
#[derive(Clone, Copy)]
pub struct Ports<'a> {
    /// The Git repository.
    pub repository: &'a dyn Repository,
    /// The forge that the repository's remote belongs to, if it is a known one.
    pub forge: Option<&'a dyn Forge>,
    /// Reads configurations.
    pub settings: &'a dyn SettingsReader,
    /// For deadlines.
    pub clock: &'a dyn Clock,
    /// Is told how far it is.
    pub progress: &'a dyn Progress,
}

/// A plan and the branch that it is bound to.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The plan; show it.
    pub plan: Plan,
    /// The branch with its tip.
    pub branch: Branch,
}

/// Finds the branch, reads the settings, and computes the plan. Writes nothing but fetched objects.
///
/// # Errors
/// [`EngineError`] by kind.
pub async fn prepare(ports: &Ports<'_>, request: &Request) -> Result<Prepared, EngineError> {
    ports.progress.step("finding the branch");
    let mut choice = request.branch.clone();
    if request.action == Some(Action::None) && choice.publish == Publish::Push {
        choice.publish = Publish::Look;
    }
    let branch = ports.repository.branch(&choice).await?;
    let plan = compute(ports, request, &branch)?;
    Ok(Prepared { plan, branch })
}

/// Computes the plan on a branch's tip.
fn compute(ports: &Ports<'_>, request: &Request, branch: &Branch) -> Result<Plan, EngineError> {
    let repository = ports.repository;
    let target = repository.snapshot(branch.tip)?;
    let source_commit: CommitId = match &request.source {
        Some(revision) => repository.revision(revision)?,
        None => branch.tip,
    };
    let source = if source_commit == branch.tip {
        target.clone()
    } else {
        repository.snapshot(source_commit)?
    };
    let notes: Vec<Warning> = branch
        .notes
        .iter()
        .map(|n| Warning {
            path: None,
            message: n.clone(),
        })
        .collect();
    let mut warnings = Vec::new();
    let (settings, origin) = settings(ports, request, target.as_ref(), &mut warnings)?;
    let hop = resolve::hop(request, &settings)?;
    let naming = resolve::naming(&hop, &settings);
    let trees = Trees::new(source.as_ref(), target.as_ref());
    let name = repository.name();
    let ground = Ground {
        trees: &trees,
        naming: &naming,
        settings: &settings,
        repository: &name,
    };
    ports.progress.step("pairing files");
    let located = ground
        .locate(request)
        .and_then(|located| match located.absent.as_slice() {
            [source, _] => Err(EngineError::AbsentEnvironment(source.clone())),
            _ => Ok(located),
        })
        .map_err(|error| as_branches(error, repository, &hop))?;
    warnings.extend(located.warnings());
    let located_names = located.applications.clone();
    let scope = ground.scope(located.applications.clone(), located.folders);
    let pairs = pair::pair(&trees, &naming, &located.census, &scope, Equal::PassedOver)?;
    if pairs.unreadable_names > 0 {
        warnings.push(Warning {
            path: None,
            message: format!(
                "{} names that are not UTF-8 were passed over",
                pairs.unreadable_names
            ),
        });
    }
    warnings.extend(pairs.overlaps.iter().map(Overlap::warning));
    let rules = Rules::new(&settings, &request.products, request.promote)?;
    let files = Files {
        source: source.as_ref(),
        target: target.as_ref(),
        naming: &naming,
        rules: &rules,
        progress: ports.progress,
    };
    let compared: Compared =
        files.compare(pairs, Selection::new(&request.only, &request.except))?;
    let unchanged = Unchanged {
        trees: &trees,
        naming: &naming,
        census: &located.census,
        scope: &scope,
        target: target.as_ref(),
    };
    let decided = compared.decide(&files, request, &|choice| unchanged.has(choice))?;
    let promoted = Promoted::of(request, &settings, &hop.to, &decided.applications);
    let (action, preview_only) = promoted.action()?;
    warnings.extend(decided.warnings.into_iter().chain(preview_only));
    let proposal = promoted.proposal(&hop, located_names, branch);
    let findings = guard::run(&decided.applications);
    let (message, of_message) = message::compose(
        request,
        &settings,
        &hop,
        (source_commit, branch.tip),
        &decided.applications,
    )?;
    warnings.extend(of_message);
    Ok(Draft {
        hop,
        source: source_commit,
        target: branch.tip,
        decider: decider::of(request.promote, &decided.applications),
        action,
        origin,
        applications: decided.applications,
        notes,
        warnings,
        findings,
        faults: decided.faults,
        message,
        proposal,
    }
    .finish())
}

/// An unknown environment may be a branch: then that is what is wrong.
fn as_branches(error: EngineError, repository: &dyn Repository, hop: &Hop) -> EngineError {
    let (EngineError::UnknownEnvironment { .. } | EngineError::AbsentEnvironment(_)) = error else {
        return error;
    };
    let Ok(branches) = repository.branches() else {
        return error;
    };
    let branch_of = |environment: &Environment| {
        branches.iter().find(|branch| {
            let last = branch.rsplit('/').next().unwrap_or(branch);
            environment.answers_to(branch) || environment.answers_to(last)
        })
    };
    match (branch_of(&hop.from), branch_of(&hop.to)) {
        (Some(from), Some(to)) => EngineError::EnvironmentsAsBranches {
            from: from.clone(),
            to: to.clone(),
        },
        _ => error,
    }
}

/// The settings of `--config`, else of the target's commit, else none.
fn settings(
    ports: &Ports<'_>,
    request: &Request,
    target: &dyn Snapshot,
    warnings: &mut Vec<Warning>,
) -> Result<(Settings, Origin), EngineError> {
    if let Some(settings) = &request.settings {
        return Ok((settings.clone(), settings.origin.clone()));
    }
    let mut found: Option<FileObject> = None;
    target.read_tree(target.root(), &mut |entry| {
        if entry.name == CONFIGURATION.as_bytes() {
            found = Some(FileObject {
                id: entry.id,
                mode: entry.mode,
            });
        }
    })?;
    let Some(file) = found else {
        return Ok((Settings::default(), Origin::Defaults));
    };
    let refuse = |why: &str| crate::port::SettingsError {
        file: CONFIGURATION.to_owned(),
        reports: vec![format!("{CONFIGURATION}: {why}")],
    };
    // Anything else would be no configuration, and its policies would be gone without a word.
    if !file.mode.is_file() {
        return Err(refuse("it is not an ordinary file").into());
    }
    if target.blob_size(file.id)? > MAX_BYTES {
        return Err(refuse("the file is too large").into());
    }
    let bytes = target.read_blob(file.id)?;
    let text = String::from_utf8(bytes).map_err(|_| refuse("the file is not UTF-8"))?;
    let reading = ports.settings.read(&text, CONFIGURATION)?;
    warnings.extend(reading.warnings.into_iter().map(|message| Warning {
        path: Some(CONFIGURATION.to_owned()),
        message,
    }));
    Ok((reading.settings, Origin::Commit(CONFIGURATION.to_owned())))
}
