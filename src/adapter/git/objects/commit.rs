//! Writing a commit without a working tree or an index.
//!
//! # Why
//!
//! Git's settings choose the author and the signature, so Git makes the commit.
//! `i18n.commitEncoding` is for messages that people type; ours are always UTF-8.

use std::time::Duration;

use git2::ObjectType;

use super::database::parse_id;
use super::rebuild::{Edits, TreeWriter};
use crate::adapter::git::fault::ErrorContext;
use crate::adapter::git::local::Local;
use crate::domain::{CommitId, FileMode};
use crate::port::{RepositoryError, TreeChange};

/// How long signing may take without a terminal: a window may prompt for a passphrase.
const SIGNING_TIMEOUT: Duration = Duration::from_secs(120);

/// Writes the blobs, the changed trees and the commit; returns its id. Without a parent, the changes are
/// all files.
pub fn write(
    local: &Local,
    parent: Option<CommitId>,
    changes: &[TreeChange],
    message: &str,
) -> Result<CommitId, RepositoryError> {
    let mut trees = TreeWriter {
        local,
        written: Vec::new(),
    };
    let mut edits = Edits::default();
    for change in changes {
        let file = match &change.content {
            Some((FileMode::Directory | FileMode::Submodule, _)) => {
                return Err(ErrorContext::error(
                    format!("could not write `{}`", change.path),
                    "only files and links have content",
                ));
            }
            Some((mode, bytes)) => Some((*mode, trees.write(ObjectType::Blob, bytes)?)),
            None => None,
        };
        edits.insert(&change.path, file);
    }
    let old = match parent {
        Some(parent) => Some(local.objects.commit(parent.0)?.tree),
        None => None,
    };
    let tree = match trees.apply(old, &edits, "")? {
        Some(tree) => tree,
        None => trees.write(ObjectType::Tree, b"")?,
    };
    let (tree, parent) = (tree.to_string(), parent.map(|parent| parent.to_string()));
    let is_signed = is_signed(local);
    let mut words = vec!["-c", "i18n.commitEncoding=UTF-8", "commit-tree"];
    if is_signed {
        words.push("-S");
    }
    if let Some(parent) = &parent {
        words.extend(["-p", parent]);
    }
    words.push(&tree);
    let message = message.as_bytes().to_vec();
    let limit = local.git.limit(SIGNING_TIMEOUT);
    let output = local
        .git
        .run_within(&mut local.git.command(&words), message, limit)?;
    if let Some(id) = parse_id(output.text().trim()).filter(|_| output.status.success()) {
        trees.written.push(id);
        local.flush(&trees.written)?;
        return Ok(CommitId(id));
    }
    for variable in ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"] {
        person(local, variable)?;
    }
    Err(
        match local.git.fault("could not write the commit", &output) {
            RepositoryError::Git { source, .. } | RepositoryError::ReadOnly { source, .. }
                if is_signed =>
            {
                RepositoryError::NotSigned {
                    message: source.to_string(),
                }
            }
            error => error,
        },
    )
}

/// Whether Git is configured to sign commits.
pub fn is_signed(local: &Local) -> bool {
    local.config.is_on("commit.gpgsign")
}

/// The committer, as `Name <address>`.
pub fn identity(local: &Local) -> Result<String, RepositoryError> {
    let person = person(local, "GIT_COMMITTER_IDENT")?;
    let end = person.rfind('>').map_or(person.len(), |at| at + 1);
    Ok(person[..end].to_owned())
}

/// A person with a date, as Git writes it in commits.
fn person(local: &Local, variable: &str) -> Result<String, RepositoryError> {
    let known = local.git.run(&["var", variable])?;
    if known.status.success() {
        return Ok(known.text());
    }
    // Advice on `git config` follows the first line; the hint gives the same.
    let message = String::from_utf8_lossy(&known.stderr);
    let message = message.trim().lines().next().unwrap_or_default();
    Err(RepositoryError::MissingIdentity {
        message: message.to_owned(),
    })
}
