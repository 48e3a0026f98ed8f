//! Finds out whether a commit of the target's file is a take.

use super::place_set::{PlaceSet, place_key};
use crate::document::{Difference, Value};
use crate::domain::{Naming, Op, Relation};
use crate::engine::compare::Versions;
use crate::inventory::FileObject;
use crate::port::RepositoryError;

/// One side's file before and after a commit.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Step {
    pub before: Option<FileObject>,
    pub after: Option<FileObject>,
}

impl Step {
    /// Both states, if the file existed and its content changed.
    pub(in crate::engine) fn edit(self) -> Option<(FileObject, FileObject)> {
        let (before, after) = (self.before?, self.after?);
        (before != after).then_some((before, after))
    }
}

/// Where the target still differs from the source after a commit that took something from it, as the
/// source was both in the commit and before it; `None` if the commit is no take. `changes` is what it
/// changed in the target's file.
pub(super) fn passed_over(
    source: Step,
    target: Step,
    changes: &[Difference],
    versions: &Versions<'_>,
) -> Result<Option<PlaceSet>, RepositoryError> {
    let Some(after) = target.after else {
        return Ok(None);
    };
    let now = difference_from(source.after, after, versions)?;
    let then = if source.before == source.after {
        now.clone()
    } else {
        difference_from(source.before, after, versions)?
    };
    let takes = |left: &Option<PlaceSet>| {
        let left = left.as_ref();
        left.is_some_and(|left| changes.iter().any(|d| takes(d, left, versions.naming)))
    };
    // Creating the file counts; if the source had none, there is nothing to compare with.
    let is_take = target.before.is_none() || takes(&now) || takes(&then);
    let by_both = match (now, then) {
        (Some(now), Some(then)) => Some(now.and(&then)),
        (one, other) => one.or(other),
    };
    Ok(by_both.filter(|_| is_take))
}

/// Where the target still differs from the source that a commit records as promoted; `None` if what the
/// commit changed in the target's file does not prove that.
pub(in crate::engine) fn proven_record(
    source: FileObject,
    target: Step,
    changes: &[Difference],
    versions: &Versions<'_>,
) -> Result<Option<PlaceSet>, RepositoryError> {
    let Some(after) = target.after else {
        return Ok(None);
    };
    let left = difference_from(Some(source), after, versions)?;
    let is_proof = |change: &Difference, left: &PlaceSet| match change.op {
        Op::Remove => !left.touch(&place_key(change, versions.naming)),
        _ => takes(change, left, versions.naming),
    };
    Ok(left.filter(|left| {
        target.before.is_none() || changes.iter().any(|change| is_proof(change, left))
    }))
}

/// Where a state of the target's file differs from one of the source's, beyond the environment's name.
fn difference_from(
    source: Option<FileObject>,
    target: FileObject,
    versions: &Versions<'_>,
) -> Result<Option<PlaceSet>, RepositoryError> {
    let Some(source) = source else {
        return Ok(None);
    };
    let is_real = |d: &&Difference| d.relation != Relation::EnvironmentName;
    let found = versions.differences(source, target)?;
    Ok(found.map(|found| PlaceSet::of(found.iter().filter(is_real), versions.naming)))
}

/// The keys of the places that a commit took from the source; `left` differs from it still.
pub(super) fn taken(changes: &[Difference], left: &PlaceSet, naming: &Naming) -> Vec<String> {
    let taken = changes.iter().filter(|change| takes(change, left, naming));
    let mut keys: Vec<String> = taken.filter_map(|d| d.keys.last().cloned()).collect();
    keys.dedup();
    keys
}

/// Whether a change of the target set something to what the source has; `left` differs from it still.
fn takes(change: &Difference, left: &PlaceSet, naming: &Naming) -> bool {
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
