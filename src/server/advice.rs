//! What to do about an error where nobody types commands: in the clone that is served, or at its remote.

use crate::engine::{EngineError, ReleaseError};
use crate::port::{ReleasesError, RepositoryError};
use crate::render::Advice;

/// The advice on a release or a repository that could not be read or moved forward.
pub(super) fn on_release(error: &ReleaseError) -> Advice {
    let repository = match error {
        ReleaseError::Engine(error) => repository(error),
        ReleaseError::Records(ReleasesError::Repository(error)) => Some(error),
        _ => None,
    };
    with_hint(Advice::on_release(error), repository)
}

/// The advice on a promotion that could not be planned or made.
pub(super) fn on_engine(error: &EngineError) -> Advice {
    with_hint(Advice::on_engine(error), repository(error))
}

fn repository(error: &EngineError) -> Option<&RepositoryError> {
    match error {
        EngineError::Repository(error) => Some(error),
        _ => None,
    }
}

/// The same with a hint that names no options of the command line.
fn with_hint(advice: Advice, repository: Option<&RepositoryError>) -> Advice {
    use RepositoryError as E;

    let hint = match repository {
        Some(E::OtherBranch { default, .. }) => {
            format!("check out `{default}` in the clone, or serve a copy with `--repo URL`")
        }
        Some(E::DetachedHead { .. }) => {
            "check out a branch in the clone, or serve a copy with `--repo URL`".to_owned()
        }
        Some(E::Unborn { .. }) => "push a first commit to the default branch".to_owned(),
        Some(E::Dirty { .. }) => {
            "commit or stash these changes in the clone, or serve a copy with `--repo URL`"
                .to_owned()
        }
        Some(E::UnknownRemote { .. }) => {
            "select one with `git branch --set-upstream-to REMOTE/BRANCH` in the clone".to_owned()
        }
        _ => return advice,
    };
    Advice {
        hint: Some(hint),
        ..advice
    }
}
