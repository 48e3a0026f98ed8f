//! Writing a commit without a working tree or an index.

use git2::{ObjectFormat, ObjectType, Repository};

use super::durable::Written;
use super::fault::Place;
use super::identity::Identity;
use super::sign::Signer;
use super::snapshot::{from_oid, to_oid};
use super::tree::{Edits, Rebuild};
use crate::domain::{CommitId, FileMode};
use crate::port::{CommitRequest, RepositoryError};

/// Writes the blobs, the changed trees and the commit, and flushes them.
pub(super) fn write(
    repo: &Repository,
    request: &CommitRequest,
) -> Result<CommitId, RepositoryError> {
    let place = Place::of(repo);
    let identity = Identity::read(repo)?;
    let parent = to_oid(request.parent.0)?;
    let parent = repo
        .find_commit(parent)
        .map_err(place.fault(format!("could not read commit `{parent}`")))?;
    let odb = (repo.odb()).map_err(place.fault("could not open the object database"))?;
    let mut written = Written::default();
    let mut rebuild = Rebuild {
        odb: &odb,
        place: &place,
        written: &mut written,
    };
    let mut edits = Edits::default();
    for change in &request.changes {
        let file = match &change.content {
            Some((FileMode::Directory | FileMode::Submodule, _)) => {
                return Err(Place::found(
                    format!("could not write `{}`", change.path),
                    "only files and links have content",
                ));
            }
            Some((mode, bytes)) => Some((*mode, rebuild.write(ObjectType::Blob, bytes)?)),
            None => None,
        };
        edits.insert(&change.path, file);
    }
    let root = match rebuild.apply(Some(parent.tree_id()), &edits, "")? {
        Some(root) => root,
        None => rebuild.write(ObjectType::Tree, b"")?,
    };
    let tree = (repo.find_tree(root)).map_err(place.fault("could not read the new tree"))?;
    let (author, committer) = (&identity.author, &identity.committer);
    let doing = "could not write the commit";
    let commit = match Signer::of(repo, committer)? {
        None => repo
            .commit(None, author, committer, &request.message, &tree, &[&parent])
            .map_err(place.fault(doing))?,
        Some(signer) => {
            let bytes = repo
                .commit_create_buffer(author, committer, &request.message, &tree, &[&parent])
                .map_err(place.fault(doing))?;
            let signature = signer.sign(&bytes)?;
            let text = (std::str::from_utf8(&bytes))
                .map_err(|_| Place::found(doing, "its message or people are not UTF-8"))?;
            // Git keeps the signature over each kind of ids under a name of its own.
            let field = (repo.object_format() == ObjectFormat::Sha256).then_some("gpgsig-sha256");
            repo.commit_signed(text, &signature, field)
                .map_err(place.fault(doing))?
        }
    };
    written.push(commit);
    written.sync(repo)?;
    Ok(CommitId(from_oid(commit)?))
}
