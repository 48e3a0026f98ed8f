//! What to do about an error of the engine.

use super::kind::{FailureKind, Hint};
use super::names::{did_you_mean, quoted};
use super::{forge, repository};
use crate::engine::{EngineError, SearchEnd};
use crate::inventory::InventoryError;
use crate::port::RunnerError;
use crate::render::shell;

/// What to do about a shallow clone.
const UNSHALLOW: &str = "`git fetch --unshallow` fetches the whole history";

/// What to do about commands of `verify` that could not run.
fn runner(error: &RunnerError) -> Hint {
    Hint::failed(match error {
        RunnerError::NotHere => {
            "nothing was written; promote on the command line, or start the server with `--allow-run`"
        }
        _ => "nothing was written; the commands of `verify` need `sh` and a temporary folder",
    })
}

/// What to do about an error of the engine.
pub fn of_engine(error: &EngineError) -> Hint {
    match error {
        EngineError::Repository(error) => repository::of_repository(error),
        EngineError::Elsewhere { source, .. } => repository::of_other_repository(source),
        EngineError::Inventory(error) => inventory(error),
        EngineError::Settings(_) => settings(),
        EngineError::Selector(_) | EngineError::Glob { .. } => Hint::usage(
            "a selector is FILE[#DOCUMENT][:PATH], where PATH is an RFC 9535 JSONPath; \
             `git promote diff --from ENV --to ENV --selectors --kept` prints the selectors of all differences",
        ),
        EngineError::EnvironmentsAsBranches { .. } => Hint::usage(
            "list them under `environments` in `promote.yaml` on the default branch, each with its `branch`, and with `path: .` if it has the whole branch",
        ),
        EngineError::VersionOfSeveral { .. } => Hint::usage("name it with `--service`"),
        EngineError::UnknownVersion {
            end: SearchEnd::Shallow,
            ..
        } => Hint::usage(UNSHALLOW),
        EngineError::UnknownVersion { version, known, .. } => Hint::usage(versions(version, known)),
        EngineError::NoPromotion { is_shallow, .. } => Hint::usage(if *is_shallow {
            UNSHALLOW
        } else {
            "`git promote log` lists the promotions with their commits; `--output json` also has their ids"
        }),
        EngineError::SeveralPromotions { .. } => Hint::usage("give one of these ids"),
        EngineError::NotAPromotion { .. } => Hint::usage(
            "`git promote log` lists the promotions; `git revert` takes back any other commit",
        ),
        EngineError::NothingBefore { is_shallow, .. } => Hint::usage(if *is_shallow {
            UNSHALLOW
        } else {
            "the first commit of a history cannot be reverted"
        }),
        EngineError::NotOnBranch { .. } => Hint::usage(
            "name its branch with `--branch`; after a forced push, the commit is not on it any more",
        ),
        EngineError::NothingSelected(unmatched) if unmatched.near.is_empty() => Hint::usage(
            "`git promote diff --from ENV --to ENV --selectors --kept` prints the selectors of all differences",
        ),
        EngineError::NothingSelected(unmatched) => {
            let near: Vec<_> = unmatched
                .near
                .iter()
                .map(|text| shell::selector(text))
                .collect();
            Hint::usage(format!("did you mean one of these?\n{}", near.join("\n")))
        }
        EngineError::NothingToTake { .. } => Hint::usage(
            "`--take` decides about conflicts of `--promote changes`; `--only` and `--except` decide about all else",
        ),
        EngineError::NoApplicationChosen => {
            Hint::usage("choose them with `--service` or `--product`")
        }
        EngineError::Faults(_) => Hint::failed(
            "nothing was written; fix the files, or exclude them with `--service` or `--except FILE`",
        ),
        EngineError::Runner(error) => runner(error),
        EngineError::NotConfigured { what, known, .. } if known.is_empty() => Hint::usage(format!(
            "`promote.yaml` has no {what}s; add one under `{what}s`"
        )),
        EngineError::NotConfigured { what, name, known } => Hint::usage(
            did_you_mean(name, known)
                .unwrap_or_else(|| format!("known {what}s: {}", quoted(known))),
        ),
        EngineError::NotInProduct { known, .. } => {
            Hint::usage(format!("its applications are {}", quoted(known)))
        }
        EngineError::NotAStep { steps, .. } => {
            Hint::usage(format!("it has steps for {}", quoted(steps)))
        }
        EngineError::Policy { .. } => Hint::usage(
            "options do not override a policy; `--action none` shows what would be promoted",
        ),
        EngineError::Message { .. } => Hint::usage(
            "correct `messages` in `promote.yaml`, or set the message with `--message` and `--body`",
        ),
        EngineError::Target { source, .. } => of_engine(source),
        EngineError::SameTarget { .. } => Hint::usage("leave out one of them"),
        EngineError::BranchNotFetched { .. } => {
            Hint::failed("`git promote diff` fetches the branches of both environments")
        }
        EngineError::HasToBePushed { .. } => {
            Hint::usage("omit `--no-push`; `--action none` shows what would be promoted")
        }
        EngineError::TooManyTargets { .. }
        | EngineError::DifferentRepositories { .. }
        | EngineError::DifferentBranches { .. }
        | EngineError::SharedFile { .. }
        | EngineError::DifferentActions { .. } => {
            Hint::usage("`--group each` promotes to one after the other")
        }
        EngineError::Forge(error) => forge::of_forge(error),
        EngineError::Propose { source, .. } => forge::of_forge(source),
        EngineError::Overtaken { .. } => Hint {
            kind: FailureKind::Moved,
            text: Some("running the same command again is safe".to_owned()),
        },
    }
}

/// The versions that an application had, the most similar or the newest ones.
fn versions(version: &str, known: &[String]) -> String {
    const NEWEST: usize = 5;
    match known {
        [] => "no file of the application has a version".to_owned(),
        known => did_you_mean(version, known).unwrap_or_else(|| {
            let newest = &known[..known.len().min(NEWEST)];
            format!("its newest versions are {}", quoted(newest))
        }),
    }
}

/// What to do if environments, applications or files cannot be found.
fn inventory(error: &InventoryError) -> Hint {
    match error {
        InventoryError::Repository(error) => repository::of_repository(error),
        InventoryError::AmbiguousFile { .. } => Hint::usage(
            "in `promote.yaml`, list the `aliases` of both environments in the same order, or configure a `layout`",
        ),
        InventoryError::Path(_) => {
            Hint::failed("rename it in the repository; Git would refuse to check it out")
        }
        InventoryError::UnknownEnvironment { name, found } => {
            Hint::usage(environments(name, found))
        }
        InventoryError::AbsentEnvironment { environment, found } => {
            let list = environments(&environment.name, found);
            Hint::usage(format!(
                "a path must contain it between `/`, `-`, `.` or `_`, and must match the `layout` if one is \
                 configured; {list}"
            ))
        }
        InventoryError::NoFolder { .. } => Hint::usage(
            "correct its `path` in `promote.yaml`, which is a folder of its branch, or `.` for the whole branch",
        ),
        InventoryError::FolderNeeded { environment, .. } => Hint::usage(format!(
            "set `path` for `{environment}` in `promote.yaml`, to a folder or to `.` for the whole branch"
        )),
        InventoryError::ProbablyApplications { found, .. } => Hint::usage(format!(
            "environments in the paths: {}; select applications with `--service`, or list \
             `environments` in `promote.yaml`",
            quoted(found)
        )),
        InventoryError::SameEnvironment(_) => {
            Hint::usage("give two different environments to `--from` and `--to`")
        }
        InventoryError::UnknownApplication { name, known } => {
            let list = "`git promote check --layout --from ENV --to ENV` lists all applications";
            Hint::usage(match did_you_mean(name, known) {
                Some(near) => format!("{near} {list}"),
                None => list.to_owned(),
            })
        }
        InventoryError::AmbiguousApplication { .. } => Hint::usage("give more parts of the name"),
        InventoryError::UnknownProduct { known, .. } if known.is_empty() => {
            Hint::usage("`promote.yaml` lists no products; add one under `products`")
        }
        InventoryError::UnknownProduct { name, known } => Hint::usage(
            did_you_mean(name, known)
                .unwrap_or_else(|| format!("known products: {}", quoted(known))),
        ),
    }
}

fn environments(name: &str, found: &[String]) -> String {
    if found.is_empty() {
        return "no environments were found in the paths; list them under `environments` in `promote.yaml`"
            .to_owned();
    }
    if found.iter().any(|f| f == name) {
        return format!(
            "some paths contain `{name}`, but none of them matches the `layout` in `promote.yaml`"
        );
    }
    let list = format!("environments in the paths: {}", quoted(found));
    did_you_mean(name, found).map_or(list.clone(), |near| format!("{near} {list}"))
}

fn settings() -> Hint {
    Hint::usage(
        "`git promote check` checks the file in the working tree; `git promote schema config` prints \
         its schema",
    )
}
