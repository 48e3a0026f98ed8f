//! Reading chains that are in this repository.

use super::names::References;
use crate::adapter::git::local::Local;
use crate::adapter::git::objects::database::parse_id;
use crate::adapter::git::objects::tree::{entries, kind};
use crate::domain::{CommitId, FileMode, ObjectId};
use crate::port::{Chain, RecordFile, RepositoryError, Transition};

/// The chains of all products, in the order of their references.
pub fn list(local: &Local, names: &References) -> Result<Vec<Chain>, RepositoryError> {
    let words = [
        "for-each-ref",
        "--format=%(objectname) %(refname)",
        &names.folder(),
    ];
    let found = local
        .git
        .output_text("could not list the releases", &words)?;
    let chain = |line: &str| {
        let (id, reference) = line.split_once(' ')?;
        Some(Chain {
            product: names.product(reference)?,
            tip: CommitId(parse_id(id)?),
        })
    };
    Ok(found.lines().filter_map(chain).collect())
}

/// The files at the tip of a chain, in order.
pub fn files(local: &Local, tip: CommitId) -> Result<Vec<RecordFile>, RepositoryError> {
    let mut files = Vec::new();
    add_files(local, local.objects.commit(tip.0)?.tree, "", &mut files)?;
    Ok(files)
}

fn add_files(
    local: &Local,
    tree: ObjectId,
    folder: &str,
    files: &mut Vec<RecordFile>,
) -> Result<(), RepositoryError> {
    for (name, (mode, id)) in entries(local, Some(tree))? {
        let path = format!("{folder}{}", String::from_utf8_lossy(&name));
        match kind(&mode) {
            FileMode::Directory => add_files(local, id, &format!("{path}/"), files)?,
            FileMode::Regular => files.push(RecordFile { path, blob: id }),
            _ => {}
        }
    }
    Ok(())
}

/// The transitions of a chain, newest first, back to one that `is_last` accepts; a shallow clone has only some
/// of them.
pub fn transitions(
    local: &Local,
    tip: CommitId,
    is_last: &dyn Fn(&Transition) -> bool,
) -> Result<Vec<Transition>, RepositoryError> {
    let mut transitions = Vec::new();
    let mut next = Some(tip.0);
    while let Some(id) = next {
        let commit = match local.objects.commit(id) {
            Err(RepositoryError::MissingObject { shallow: true, .. }) if id != tip.0 => break,
            read => read?,
        };
        let transition = Transition {
            commit: CommitId(id),
            time: commit.time,
            committer: format!("{} <{}>", commit.committer, commit.email),
            message: commit.message,
        };
        next = commit
            .parents
            .first()
            .copied()
            .filter(|_| !is_last(&transition));
        transitions.push(transition);
    }
    Ok(transitions)
}
