//! Moving a local branch, together with its files if it is checked out.
//!
//! # Why
//!
//! Files move first, then the index, then the branch. In the other order, a kill
//! could leave a promoted branch with old files, and the user's next commit would
//! undo the promotion.

use super::checkouts::checked_out;
use super::files::WorkingTree;
use super::lock::Lock;
use crate::adapter::git::branch::refs::branch_ref;
use crate::adapter::git::fault::ErrorContext;
use crate::adapter::git::local::Local;
use crate::adapter::git::objects::difference::changed_files;
use crate::domain::ObjectId;
use crate::port::{Advance, RepositoryError};

/// Moves a branch forward, together with its files if it is checked out.
pub fn advance(
    local: &Local,
    branch: &str,
    old: ObjectId,
    new: ObjectId,
) -> Result<Advance, RepositoryError> {
    let name = branch_ref(branch);
    let _lock = Lock::of(&local.common).map_err(local.context.io_fault("could not lock"))?;
    match local.target(&name)? {
        Some(now) if now == new => {
            return Ok(Advance::Done {
                notices: Vec::new(),
            });
        }
        Some(now) if now == old => {}
        _ => return Ok(Advance::Overtaken),
    }
    match checked_out(local, branch)?.as_slice() {
        [] => advance_alone(local, branch, old, new),
        [tree] => advance_with_files(
            &WorkingTree {
                local,
                folder: tree,
            },
            branch,
            old,
            new,
        ),
        [first, second, ..] => Err(ErrorContext::error(
            format!("could not move `{branch}`"),
            format!(
                "it is checked out twice, in `{}` and `{}`",
                first.display(),
                second.display()
            ),
        )),
    }
}

/// Moves a checked-out branch and its files.
fn advance_with_files(
    tree: &WorkingTree<'_>,
    branch: &str,
    old: ObjectId,
    new: ObjectId,
) -> Result<Advance, RepositoryError> {
    let local = tree.local;
    let root = |commit| Ok::<_, RepositoryError>(Some(local.objects.commit(commit)?.tree));
    let changes = changed_files(local, root(old)?, root(new)?)?;
    tree.update(branch, &changes, old, new)?;
    let advanced = advance_alone(local, branch, old, new);
    if !matches!(advanced, Ok(Advance::Done { .. })) {
        // The first error is the one to report; the next run repairs what this cannot.
        let _ = tree.update(branch, &[], new, old);
    }
    advanced
}

/// Moves a branch without touching files.
fn advance_alone(
    local: &Local,
    branch: &str,
    old: ObjectId,
    new: ObjectId,
) -> Result<Advance, RepositoryError> {
    let message = local.objects.commit(new)?.message;
    let title = message.lines().next().unwrap_or_default();
    local.swap(
        &branch_ref(branch),
        Some(old),
        Some(new),
        &format!("promote: {title}"),
    )
}
