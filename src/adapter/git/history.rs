//! Looking back for an earlier promotion, and naming commits.

use git2::{ErrorCode, Oid, Repository, Sort};

use super::fault::Place;
use super::snapshot::{from_oid, to_oid};
use crate::domain::CommitId;
use crate::port::RepositoryError;

/// The commit within `limit` of `tip` that carries `Promotion-Id: id`.
///
/// Any line of the message counts: a squash merge leaves the trailers in the
/// middle of the body.
pub(super) fn find_promotion(
    repo: &Repository,
    tip: CommitId,
    id: &str,
    limit: usize,
) -> Result<Option<CommitId>, RepositoryError> {
    let place = Place::of(repo);
    let fault = || place.fault("could not read the history");
    let line = format!("Promotion-Id: {id}");
    let mut walk = repo.revwalk().map_err(fault())?;
    walk.set_sorting(Sort::TIME).map_err(fault())?;
    walk.push(to_oid(tip.0)?).map_err(fault())?;
    for oid in walk.take(limit) {
        let oid = oid.map_err(fault())?;
        let commit = repo.find_commit(oid).map_err(fault())?;
        let mut lines = commit.message_raw_bytes().split(|b| *b == b'\n');
        if lines.any(|l| l.trim_ascii_end() == line.as_bytes()) {
            return from_oid(oid).map(|oid| Some(CommitId(oid)));
        }
    }
    Ok(None)
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
    revision.contains(['~', '^']) || Oid::from_str(revision).is_ok()
}
