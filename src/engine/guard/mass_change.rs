//! Finds applications with an unusual number of changes.

use crate::domain::{GuardName, Naming};
use crate::plan::{ApplicationPlan, FilePlan, Guard, Problem};

/// Finds applications with an unusual number of changes.
pub(super) const GUARD: Guard = Guard {
    name: GuardName::MASS_CHANGE,
    find,
};

/// The number of changed files of an application above which they are many: nine of ten real
/// promotions change fewer than ten.
const MANY: usize = 50;

fn find(application: &ApplicationPlan, _: &Naming) -> Vec<Problem> {
    let changed: Vec<&FilePlan> = application
        .files
        .iter()
        .filter(|file| file.is_changed())
        .collect();
    match changed.as_slice() {
        [first, ..] if changed.len() > MANY => vec![Problem {
            selector: first.path.to_string(),
            message: format!("{} files of {} change", changed.len(), application.name),
        }],
        _ => Vec::new(),
    }
}
