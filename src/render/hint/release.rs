//! What to do about an error of a release.

use super::engine::of_engine;
use super::kind::{FailureKind, Hint};
use super::names::quoted;
use super::releases::of_releases;
use crate::engine::ReleaseError;
use crate::release::Refusal;
use crate::render::date;

/// What to do about an error of a release.
pub fn of_release(error: &ReleaseError) -> Hint {
    match error {
        ReleaseError::Engine(error) => of_engine(error),
        ReleaseError::Records(error) => of_releases(error),
        ReleaseError::Record(_) => Hint::failed("a newer version of git-promote can read it"),
        ReleaseError::Refused(Refusal::Busy { .. }) => Hint::none(FailureKind::Held),
        ReleaseError::Refused(Refusal::UnknownStep { known, .. }) => {
            Hint::usage(format!("its steps are {}", quoted(known)))
        }
        ReleaseError::Refused(Refusal::NotFailed {
            id,
            busy_until: Some(until),
            ..
        }) => Hint::failed(format!(
            "a workflow of it may be running until {}; after that, `git promote release advance {id}` goes on",
            date::short(*until)
        )),
        ReleaseError::Refused(Refusal::NotEnded { id, .. }) => Hint::failed(format!(
            "`git promote release terminate {id} --revert` terminates it first"
        )),
        ReleaseError::Refused(_) => Hint::failed("`git promote release list --all` lists releases"),
        ReleaseError::Workflow(_) => {
            Hint::failed("`git promote release advance` goes on from here")
        }
        ReleaseError::Unknown { known, .. } if known.is_empty() => {
            Hint::usage("there are no releases; `git promote release start` starts one")
        }
        ReleaseError::Unknown { known, .. } => Hint::usage(format!(
            "there are {}; `git promote release list --all` lists all releases",
            first(known)
        )),
        ReleaseError::WorkflowRequired { .. } => {
            Hint::usage("`git promote policy evaluate` shows which policy sets it")
        }
        ReleaseError::NotAGateOf { known, .. } if known.is_empty() => {
            Hint::usage("a policy with `gates: {after: [...]}` for the source sets its gates")
        }
        ReleaseError::NotAGateOf { known, .. } => {
            Hint::usage(format!("its gates are {}", quoted(known)))
        }
        ReleaseError::NeedsProduct { .. } => Hint {
            kind: FailureKind::Held,
            text: Some("promote the product".to_owned()),
        },
        ReleaseError::Overtaken { .. } => Hint {
            kind: FailureKind::Unreachable,
            text: Some("try again".to_owned()),
        },
    }
}

/// The first names of a list, and how many more there are.
fn first(names: &[String]) -> String {
    const LISTED: usize = 5;
    let listed = quoted(&names[..names.len().min(LISTED)]);
    match names.len().saturating_sub(LISTED) {
        0 => listed,
        more => format!("{listed} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn a_long_list_is_cut() {
        let names = ["a", "b", "c", "d", "e", "f", "g"].map(str::to_owned);
        assert_eq!(first(&names), "`a`, `b`, `c`, `d`, `e` and 2 more");
        assert_eq!(first(&names[..2]), "`a`, `b`");
    }
}
