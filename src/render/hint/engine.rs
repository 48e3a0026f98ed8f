//! What to do about an error of the engine.

use super::kind::{FailureKind, Hint};
use super::names::{did_you_mean, quoted};
use super::{forge, repository};
use crate::engine::EngineError;
use crate::inventory::InventoryError;

/// What to do about an error of the engine.
pub fn of_engine(error: &EngineError) -> Hint {
    match error {
        EngineError::Repository(error) => repository::of_repository(error),
        EngineError::Inventory(error) => inventory(error),
        EngineError::Settings(_) => settings(),
        EngineError::Selector(_) | EngineError::Glob { .. } => Hint::usage(
            "a selector is FILE[#DOCUMENT][:PATH] with an RFC 9535 JSONPath; \
             `git promote diff --selectors --kept` prints them",
        ),
        EngineError::EnvironmentsAsBranches { .. } => Hint::usage(
            "promotion between branches is not supported; keep a folder (or file) per environment on one branch",
        ),
        EngineError::NothingSelected { near, .. } if near.is_empty() => Hint::usage(
            "`git promote diff --selectors --kept` prints the selectors of all differences",
        ),
        EngineError::NothingSelected { near, .. } => {
            Hint::usage(format!("did you mean one of these?\n{}", near.join("\n")))
        }
        EngineError::Faults(_) => Hint::failed(
            "nothing was written; repair the files, or leave their application out with \
             `--service` or `--except FILE`",
        ),
        EngineError::Policy { .. } => Hint::usage(
            "flags do not override a policy; `--action none` shows what would be promoted",
        ),
        EngineError::Message { .. } => {
            Hint::usage("`messages` in `promote.yaml` holds it; `-m` and `--body` go around it")
        }
        EngineError::Forge(error) => forge::of_forge(error),
        EngineError::Propose { source, .. } => forge::of_forge(source),
        EngineError::Overtaken { .. } => Hint {
            kind: FailureKind::Moved,
            text: Some("running the same command again is safe".to_owned()),
        },
    }
}

/// What to do where environments, applications or files cannot be found.
fn inventory(error: &InventoryError) -> Hint {
    match error {
        InventoryError::Repository(error) => repository::of_repository(error),
        InventoryError::AmbiguousFile { .. } => Hint::usage(
            "say in `promote.yaml` which is meant: give the environments `aliases` in the same order, or a `layout`",
        ),
        InventoryError::Path(_) => {
            Hint::failed("rename it in the repository; Git itself would not check it out")
        }
        InventoryError::UnknownEnvironment { name, found } => {
            Hint::usage(environments(name, found))
        }
        InventoryError::AbsentEnvironment(_) => Hint::usage(
            "a folder or file name must carry it between `/`, `-`, `.` or `_`, and within the \
             configured `layout` if there is one",
        ),
        InventoryError::SameEnvironment(_) => {
            Hint::usage("`--from` and `--to` must name two environments")
        }
        InventoryError::UnknownApplication { name, known } => {
            let list = "`git promote check --layout --from ENV --to ENV` lists all applications";
            Hint::usage(match did_you_mean(name, known) {
                Some(near) => format!("{near} {list}"),
                None => list.to_owned(),
            })
        }
        InventoryError::AmbiguousApplication { .. } => Hint::usage("give more of the name"),
        InventoryError::UnknownProduct { known, .. } if known.is_empty() => {
            Hint::usage("`promote.yaml` names no products")
        }
        InventoryError::UnknownProduct { name, known } => Hint::usage(
            did_you_mean(name, known).unwrap_or_else(|| format!("there are {}", quoted(known))),
        ),
    }
}

fn environments(name: &str, found: &[String]) -> String {
    if found.is_empty() {
        return "no environment was found in the paths; name them in `promote.yaml` under `environments`"
            .to_owned();
    }
    if found.iter().any(|f| f == name) {
        return format!("paths carry `{name}`, but none that the configured `layout` matches");
    }
    let list = format!("found {}", quoted(found));
    did_you_mean(name, found).map_or(list.clone(), |near| format!("{near} {list}"))
}

fn settings() -> Hint {
    Hint::usage(
        "`git promote check` shows all faults of the working tree's configuration; \
         `git promote schema config` is its schema",
    )
}
