//! Finds versions that go back.

use crate::domain::{GuardName, Naming, Relation};
use crate::plan::{ApplicationPlan, Guard, PlannedDifference, Problem};

/// Finds versions that go back.
pub(super) const GUARD: Guard = Guard {
    name: GuardName::ROLLBACK,
    find,
};

fn find(application: &ApplicationPlan, _: &Naming) -> Vec<Problem> {
    let is_rollback = |d: &&PlannedDifference| d.version.is_some() && d.relation == Relation::Ahead;
    let promoted = application.promoted().filter(is_rollback);
    promoted
        .map(|difference| Problem::with(application, difference, "is a rollback"))
        .collect()
}
