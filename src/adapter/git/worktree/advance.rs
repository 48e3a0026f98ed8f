//! Moving a branch of this repository, with its files where it is checked out.
//!
//! # Why
//!
//! Files first, then the index, then the branch. The other way round, after a
//! kill the branch would be promoted over old files, and the user's next commit
//! would undo the promotion.

use super::checkouts::checked_out;
use super::files::Tree;
use super::lock::Lock;
use crate::adapter::git::branch::refs::Swap;
use crate::adapter::git::branch::refs::of_branch;
use crate::adapter::git::fault::Place;
use crate::adapter::git::local::Local;
use crate::adapter::git::objects::difference::changed;
use crate::domain::ObjectId;
use crate::port::RepositoryError;

/// Moves a branch forward, with its files where it is checked out.
pub fn advance(
    local: &Local,
    branch: &str,
    old: ObjectId,
    new: ObjectId,
) -> Result<Swap, RepositoryError> {
    let name = of_branch(branch);
    let _lock = Lock::of(&local.common).map_err(local.place.io_fault("could not lock"))?;
    match local.target(&name)? {
        Some(now) if now == new => return Ok(Swap::Done),
        Some(now) if now == old => {}
        _ => return Ok(Swap::Overtaken),
    }
    match checked_out(local, branch)?.as_slice() {
        [] => advance_alone(local, branch, old, new),
        [tree] => forward(
            &Tree {
                local,
                folder: tree,
            },
            branch,
            old,
            new,
        ),
        [first, second, ..] => Err(Place::found(
            format!("could not move `{branch}`"),
            format!(
                "it is checked out twice, in `{}` and `{}`",
                first.display(),
                second.display()
            ),
        )),
    }
}

/// Moves the branch that is checked out, and its files.
fn forward(
    tree: &Tree<'_>,
    branch: &str,
    old: ObjectId,
    new: ObjectId,
) -> Result<Swap, RepositoryError> {
    let local = tree.local;
    let root = |commit| Ok::<_, RepositoryError>(Some(local.objects.commit(commit)?.tree));
    let changes = changed(local, root(old)?, root(new)?)?;
    tree.update(branch, &changes, old, new)?;
    let swap = advance_alone(local, branch, old, new);
    if !matches!(swap, Ok(Swap::Done)) {
        // What went wrong first is what the user must know; what stays, the next run finds.
        let _ = tree.update(branch, &[], new, old);
    }
    swap
}

/// Moves a branch and no files.
fn advance_alone(
    local: &Local,
    branch: &str,
    old: ObjectId,
    new: ObjectId,
) -> Result<Swap, RepositoryError> {
    let message = local.objects.commit(new)?.message;
    let title = message.lines().next().unwrap_or_default();
    local.swap(
        &of_branch(branch),
        Some(old),
        Some(new),
        &format!("promote: {title}"),
    )
}
