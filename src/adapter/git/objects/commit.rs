//! Writing a commit without a working tree or an index.
//!
//! # Why
//!
//! Who commits, and whether and how it is signed, is for Git to say, so Git
//! makes the commit. It is given the message in UTF-8, whatever
//! `i18n.commitEncoding` says of messages that people type.

use std::time::Duration;

use git2::ObjectType;

use super::database::id_of;
use super::rebuild::Edits;
use super::rebuild::Rebuild;
use crate::adapter::git::fault::Place;
use crate::adapter::git::local::Local;
use crate::domain::{CommitId, FileMode};
use crate::port::{CommitRequest, RepositoryError};

/// How long signing may take where nobody is at a terminal; a window may ask for a passphrase.
const SIGNING: Duration = Duration::from_secs(120);

/// Writes the blobs, the changed trees and the commit.
pub fn write(local: &Local, request: &CommitRequest) -> Result<CommitId, RepositoryError> {
    let mut rebuild = Rebuild {
        local,
        written: Vec::new(),
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
    let parent = local.objects.commit(request.parent.0)?;
    let tree = match rebuild.apply(Some(parent.tree), &edits, "")? {
        Some(tree) => tree,
        None => rebuild.write(ObjectType::Tree, b"")?,
    };
    let (tree, parent) = (tree.to_string(), request.parent.to_string());
    let is_signed = local.settings.is_on("commit.gpgsign");
    let mut words = vec!["-c", "i18n.commitEncoding=UTF-8", "commit-tree"];
    if is_signed {
        words.push("-S");
    }
    words.extend(["-p", &parent, &tree]);
    let message = request.message.clone().into_bytes();
    let limit = local.git.limit(SIGNING);
    let ran = local
        .git
        .run(&mut local.git.command(&words), message, limit)?;
    if let Some(id) = id_of(ran.text().trim()).filter(|_| ran.status.success()) {
        rebuild.written.push(id);
        local.flush(&rebuild.written)?;
        return Ok(CommitId(id));
    }
    for person in ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"] {
        let known = local.git.ask(&["var", person])?;
        if !known.status.success() {
            return Err(RepositoryError::MissingIdentity {
                message: String::from_utf8_lossy(&known.stderr).trim().to_owned(),
            });
        }
    }
    Err(match local.git.fault("could not write the commit", &ran) {
        RepositoryError::Git { source, .. } | RepositoryError::ReadOnly { source, .. }
            if is_signed =>
        {
            RepositoryError::NotSigned {
                message: source.to_string(),
            }
        }
        error => error,
    })
}
