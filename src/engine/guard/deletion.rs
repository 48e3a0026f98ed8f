//! Finds files and documents that are deleted.

use crate::domain::{GuardName, Naming, Op};
use crate::plan::{ApplicationPlan, Guard, PlannedDifference, Problem};

/// Finds files and documents that are deleted.
pub(super) const GUARD: Guard = Guard {
    name: GuardName::DELETION,
    find,
};

fn find(application: &ApplicationPlan, _: &Naming) -> Vec<Problem> {
    // The path of a whole file or document is empty.
    let is_deleted = |d: &&PlannedDifference| d.op == Op::Remove && d.path.is_empty();
    let deleted = application.promoted().filter(is_deleted);
    deleted
        .map(|difference| Problem {
            selector: difference.selector.clone(),
            message: if difference.is_whole_file() {
                format!("a file of {} is deleted", application.name)
            } else {
                format!("a document of {} is deleted", application.name)
            },
        })
        .collect()
}
