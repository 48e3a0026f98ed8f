//! Naming commits and branches.

use git2::{ErrorCode, Repository};

use super::fault::Place;
use super::snapshot::from_oid;
use crate::domain::CommitId;
use crate::port::RepositoryError;

/// The short names of local branches and of those last seen on remotes.
pub(super) fn branches(repo: &Repository) -> Result<Vec<String>, RepositoryError> {
    let place = Place::of(repo);
    let fault = || place.fault("could not list the branches");
    let mut names = Vec::new();
    for branch in repo.branches(None).map_err(fault())? {
        let (branch, kind) = branch.map_err(fault())?;
        let name = String::from_utf8_lossy(branch.name_bytes().map_err(fault())?).into_owned();
        names.push(match (kind, name.split_once('/')) {
            (git2::BranchType::Remote, Some((_, short))) => short.to_owned(),
            _ => name,
        });
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// The commit that a revision names.
pub(super) fn revision(repo: &Repository, revision: &str) -> Result<CommitId, RepositoryError> {
    let place = Place::of(repo);
    let unknown = || {
        if place.shallow && reaches_back(revision) {
            RepositoryError::MissingObject {
                id: revision.to_owned(),
                shallow: true,
            }
        } else {
            RepositoryError::UnknownRevision {
                revision: revision.to_owned(),
            }
        }
    };
    let found = repo
        .revparse_single(revision)
        .and_then(|object| object.peel_to_commit());
    match found {
        Ok(commit) => Ok(CommitId(from_oid(commit.id())?)),
        Err(e) if e.code() == ErrorCode::Owner => Err(place.fault("could not read HEAD")(e)),
        Err(_) => Err(unknown()),
    }
}

/// Whether a revision may name a commit that a shallow clone does not have.
fn reaches_back(revision: &str) -> bool {
    revision.contains(['~', '^']) || revision.bytes().all(|b| b.is_ascii_hexdigit())
}
