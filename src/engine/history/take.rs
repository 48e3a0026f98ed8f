//! Finds out whether a commit of the target's file is a take.

use super::places::{Places, place_key};
use crate::document::{Difference, Value};
use crate::domain::{Naming, Op, Relation};
use crate::engine::compare::Versions;
use crate::inventory::FileObject;
use crate::port::RepositoryError;

/// Both files of a pair before and after a commit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub source: [Option<FileObject>; 2],
    pub target: [Option<FileObject>; 2],
}

/// What a commit left different in the target.
pub(super) struct Left {
    /// From the source as it was both in the commit and before it.
    pub by_both: Places,
    /// From the source whose promotion the commit records.
    pub recorded: Option<Places>,
}

/// What a take left different; `None` if the commit is no take. `promoted` is the source's file of the
/// promotion that the commit records, and `changed` what it changed in the target's file.
pub(super) fn left(
    step: &Step,
    changed: &[Difference],
    promoted: Option<FileObject>,
    versions: &Versions<'_>,
) -> Result<Option<Left>, RepositoryError> {
    let naming = versions.naming;
    let Some(after) = step.target[1] else {
        return Ok(None);
    };
    let left = |source: Option<FileObject>| -> Result<Option<Places>, RepositoryError> {
        let Some(source) = source else {
            return Ok(None);
        };
        let found = versions.differences(source, after)?;
        Ok(found.map(|found| Places::of(found.iter().filter(|d| is_real(d)), naming)))
    };
    let [source_before, source_after] = step.source;
    let now = left(source_after)?;
    let then = if source_before == source_after {
        now.clone()
    } else {
        left(source_before)?
    };
    let recorded = match promoted {
        None => None,
        promoted if promoted == source_before => then.clone(),
        promoted => left(promoted)?,
    };
    let is_take = match step.target[0] {
        _ if recorded.is_some() => true,
        // Creating the file counts; if the source had none, there is nothing to compare with.
        None => true,
        Some(_) => {
            let takes = |left: &Option<Places>| {
                let is_taken = |d: &Difference| left.as_ref().is_some_and(|l| takes(d, l, naming));
                changed.iter().any(is_taken)
            };
            takes(&now) || takes(&then)
        }
    };
    let by_both = match (now, then) {
        (Some(now), Some(then)) => Some(now.and(&then)),
        (one, other) => one.or(other),
    };
    let left = |by_both| Left { by_both, recorded };
    Ok(by_both.filter(|_| is_take).map(left))
}

/// Whether a change of the target set something to what the source has; `left` differs from it still.
fn takes(change: &Difference, left: &Places, naming: &Naming) -> bool {
    let Some(value) = change.after.as_ref().filter(|_| change.op != Op::Remove) else {
        return false;
    };
    let key = place_key(change, naming);
    !left.cover(&key) && left.below(&key).count() < leaves(value)
}

/// How many scalars a value has; an empty collection counts as one.
fn leaves(value: &Value) -> usize {
    let sum = match value {
        Value::Sequence(items) => items.iter().map(leaves).sum(),
        Value::Mapping(entries) => entries.iter().map(|(_, value)| leaves(value)).sum(),
        Value::Tagged(_, value) => leaves(value),
        Value::Scalar { .. } | Value::Alias(_) => 1,
    };
    usize::max(sum, 1)
}

/// Whether a difference is more than the environment's name.
fn is_real(difference: &Difference) -> bool {
    difference.relation != Relation::EnvironmentName
}
