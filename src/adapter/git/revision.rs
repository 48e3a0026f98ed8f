//! The commits that revisions name, each in its own repository.
//!
//! # Why
//!
//! The objects of all repositories are in one database here, so an id alone does not tell which repository
//! its commit is of. The references do. A commit that no reference contains is accepted, as by Git: it can
//! be the pinned source of a branch that was replaced since.

use super::branch::elsewhere;
use super::local::Local;
use super::remote::choice::{Elsewhere, REFERENCES, RemoteChoice};
use crate::domain::{CommitId, ObjectId, RepositoryUrl};
use crate::port::RepositoryError;

/// The commit that a revision names in this repository or in another one.
pub fn find(
    local: &Local,
    revision: &str,
    repository: Option<&RepositoryUrl>,
) -> Result<CommitId, RepositoryError> {
    let elsewhere = match repository {
        Some(repository) => match elsewhere::remote(local, repository)? {
            RemoteChoice::Elsewhere(elsewhere) => Some(elsewhere),
            RemoteChoice::Named(_) => None,
        },
        None => None,
    };
    let unknown = || RepositoryError::UnknownRevision {
        revision: revision.to_owned(),
    };
    let is_hexadecimal = revision.bytes().all(|b| b.is_ascii_hexdigit());
    if let Some(elsewhere) = &elsewhere {
        if let Some(commit) = local.revision(&elsewhere.tracking(revision))? {
            return Ok(CommitId(commit));
        }
        // Other names are those of this repository.
        if revision.len() < 4 || !is_hexadecimal {
            return Err(unknown());
        }
    }
    let Some(commit) = local.revision(revision)? else {
        let may_need_history = is_hexadecimal || revision.contains(['~', '^']);
        return Err(if local.context.shallow && may_need_history {
            RepositoryError::MissingObject {
                id: revision.to_owned(),
                shallow: true,
            }
        } else {
            unknown()
        });
    };
    if is_of_another(local, commit, elsewhere.as_ref())? {
        return Err(RepositoryError::RevisionOfAnother {
            revision: revision.to_owned(),
            repository: elsewhere.map(|elsewhere| elsewhere.repository),
        });
    }
    Ok(CommitId(commit))
}

/// Whether only references of other repositories contain a commit.
fn is_of_another(
    local: &Local,
    commit: ObjectId,
    elsewhere: Option<&Elsewhere>,
) -> Result<bool, RepositoryError> {
    let others = format!("{REFERENCES}/");
    if elsewhere.is_none() && local.reference_names(&[&others])?.is_empty() {
        return Ok(false);
    }
    let commit = commit.to_string();
    let words = ["for-each-ref", "--format=%(refname)", "--contains", &commit];
    let doing = format!("could not find the branches of `{commit}`");
    let containing = local.git.output_text(&doing, &words)?;
    let own = elsewhere.map(|elsewhere| elsewhere.tracking(""));
    let is_own = |name: &str| match &own {
        Some(own) => name.starts_with(own),
        None => !name.starts_with(&others),
    };
    Ok(!containing.is_empty() && !containing.lines().any(is_own))
}
