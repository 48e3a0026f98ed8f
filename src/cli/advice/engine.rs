//! What to do about an error of the engine.

use super::{Way, did_you_mean, forge, quoted, repository, settings};
use crate::cli::exit::Exit;
use crate::engine::EngineError;
use crate::inventory::InventoryError;

pub(super) fn way(error: &EngineError) -> Way {
    match error {
        EngineError::Repository(error) => repository::way(error),
        EngineError::Inventory(error) => inventory(error),
        EngineError::Settings(_) => settings(),
        EngineError::Selector(_) | EngineError::Glob { .. } => Way::usage(
            "a selector is FILE[#DOCUMENT][:PATH] with an RFC 9535 JSONPath; \
             `git promote diff --selectors --kept` prints them",
        ),
        EngineError::EnvironmentsAsBranches { .. } => Way::usage(
            "promotion between branches is not supported; keep a folder (or file) per environment on one branch",
        ),
        EngineError::NothingSelected { near, .. } if near.is_empty() => Way::usage(
            "`git promote diff --selectors --kept` prints the selectors of all differences",
        ),
        EngineError::NothingSelected { near, .. } => {
            Way::usage(format!("did you mean one of these?\n{}", near.join("\n")))
        }
        EngineError::Faults(_) => Way::failed(
            "nothing was written; repair the files, or leave their application out with \
             `--service` or `--except FILE`",
        ),
        EngineError::Unsupported { .. } => {
            Way::usage("it comes with a later version; nothing was written")
        }
        EngineError::Policy { .. } => Way::usage(
            "flags do not override a policy; `--action none` shows what would be promoted",
        ),
        EngineError::Message { .. } => {
            Way::usage("`messages` in `promote.yaml` holds it; `-m` and `--body` go around it")
        }
        EngineError::Forge(error) => forge::way(error),
        EngineError::Propose { source, .. } => forge::way(source),
        EngineError::Overtaken { .. } => Way {
            exit: Exit::Moved,
            hint: Some("running the same command again is safe".to_owned()),
        },
    }
}

/// What to do where environments, applications or files cannot be found.
fn inventory(error: &InventoryError) -> Way {
    match error {
        InventoryError::Repository(error) => repository::way(error),
        InventoryError::AmbiguousFile { .. } => Way::usage(
            "say in `promote.yaml` which is meant: give the environments `aliases` in the same order, or a `layout`",
        ),
        InventoryError::Path(_) => {
            Way::failed("rename it in the repository; Git itself would not check it out")
        }
        InventoryError::UnknownEnvironment { name, found } => Way::usage(environments(name, found)),
        InventoryError::AbsentEnvironment(_) => Way::usage(
            "a folder or file name must carry it between `/`, `-`, `.` or `_`, and within the \
             configured `layout` if there is one",
        ),
        InventoryError::SameEnvironment(_) => {
            Way::usage("`--from` and `--to` must name two environments")
        }
        InventoryError::UnknownApplication { name, known } => {
            let list = "`git promote check --layout --from ENV --to ENV` lists all applications";
            Way::usage(match did_you_mean(name, known) {
                Some(near) => format!("{near} {list}"),
                None => list.to_owned(),
            })
        }
        InventoryError::AmbiguousApplication { .. } => Way::usage("give more of the name"),
        InventoryError::UnknownProduct { known, .. } if known.is_empty() => {
            Way::usage("`promote.yaml` names no products")
        }
        InventoryError::UnknownProduct { name, known } => Way::usage(
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
