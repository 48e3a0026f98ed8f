//! Appending a transition to a chain, and publishing it.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use super::place::{Place, refuse_replaced};
use crate::adapter::git::fault::ErrorContext;
use crate::adapter::git::local::Local;
use crate::adapter::git::objects::commit;
use crate::adapter::git::remote::connection::Remote;
use crate::adapter::git::remote::push::{PushOutcome, Update};
use crate::adapter::git::remote::urls::{Purpose, refuse_several_push_urls};
use crate::domain::{CommitId, FileMode, RepoPath};
use crate::port::{Advance, NewTransition, ReleasesError, RepositoryError, TreeChange};

/// The trailer that makes each transition's commit unique.
const TRANSITION: &str = "Transition-Id";

/// What the reflog shows about a chain that moved.
const LOG: &str = "promote: release";

/// Appends a transition; `None` if another worker moved the chain first.
pub fn append(
    local: &Local,
    place: &Place,
    transition: &NewTransition,
) -> Result<Option<CommitId>, ReleasesError> {
    let changes = transition.files.iter().map(change);
    let changes: Vec<TreeChange> = changes.collect::<Result<_, _>>()?;
    let message = with_unique_id(&transition.message);
    let commit = commit::write(local, transition.parent, &changes, &message)?;
    let (old, new) = (transition.parent.map(|parent| parent.0), commit.0);
    let here = place.here.of(&transition.product);
    let (reference, now) = match &place.remote {
        Some((remote, names)) => {
            let reference = names.of(&transition.product);
            refuse_several_push_urls(local, remote)?;
            let mut remote = Remote::open(local, remote, Purpose::Push)?;
            let update = Update {
                reference: &reference,
                old,
                new: Some(new),
            };
            let pushed = remote.push(&update).map_err(|error| match error {
                RepositoryError::Refused {
                    remote, message, ..
                } if !names.are_branches() => ReleasesError::ReferenceRefused {
                    remote,
                    reference: reference.clone(),
                    message,
                },
                error => error.into(),
            });
            match pushed? {
                PushOutcome::Done { .. } => {
                    // If the mirror could not be moved, the next fetch moves it.
                    let _ = local.swap(&here, old, Some(new), LOG);
                    return Ok(Some(commit));
                }
                PushOutcome::Overtaken { now } => (reference, now),
            }
        }
        None => match local.swap(&here, old, Some(new), LOG)? {
            Advance::Done { .. } => return Ok(Some(commit)),
            Advance::Overtaken => (here.clone(), local.target(&here)?),
        },
    };
    if let Some(old) = old {
        refuse_replaced(local, &reference, &here, old, now)?;
    }
    Ok(None)
}

fn change((path, bytes): &(String, Vec<u8>)) -> Result<TreeChange, RepositoryError> {
    let path = RepoPath::parse(path).map_err(|error| {
        ErrorContext::error(format!("could not write `{path}`"), error.to_string())
    })?;
    Ok(TreeChange {
        path,
        content: Some((FileMode::Regular, bytes.clone())),
    })
}

/// The message with a random id.
///
/// # Why
///
/// Two workers with the same identity could make the same transition in the same second. Equal commits
/// have equal ids, so both would seem to have been the first.
fn with_unique_id(message: &str) -> String {
    // The standard library's own randomness; no one has a reason to guess it.
    let random = RandomState::new().build_hasher().finish();
    let message = message.trim_end();
    let is_trailer = |line: &str| {
        let key = line.split_once(": ").map(|(key, _)| key);
        key.is_some_and(|key| key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
    };
    let has_trailers = message
        .rsplit_once("\n\n")
        .is_some_and(|(_, last)| last.lines().all(is_trailer));
    let separator = if has_trailers { "\n" } else { "\n\n" };
    format!("{message}{separator}{TRANSITION}: {random:016x}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_joins_the_trailers() {
        for (message, start) in [
            ("a: b", "a: b\n\nTransition-Id: "),
            ("a\n\nb c\n", "a\n\nb c\n\nTransition-Id: "),
            (
                "a\n\nKey-1: x\nKey: y\n",
                "a\n\nKey-1: x\nKey: y\nTransition-Id: ",
            ),
        ] {
            let (first, second) = (with_unique_id(message), with_unique_id(message));
            assert!(first.starts_with(start), "{first}");
            assert_ne!(first, second);
        }
    }
}
