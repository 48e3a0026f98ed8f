//! Finds image references that become another image altogether.

use crate::document::own_name;
use crate::domain::{GuardName, Naming};
use crate::plan::{ApplicationPlan, Guard, PlannedDifference, Problem, Value, VersionField};

/// Finds image references that become another image altogether.
pub(super) const GUARD: Guard = Guard {
    name: GuardName::OTHER_IMAGE,
    find,
};

fn find(application: &ApplicationPlan, naming: &Naming) -> Vec<Problem> {
    let problem = |difference: &PlannedDifference| {
        let is_name = matches!(
            difference.version?,
            VersionField::Image | VersionField::ImageName
        );
        let (Value::Scalar { text: before, .. }, Value::Scalar { text: after, .. }) =
            (difference.before.as_ref()?, difference.after.as_ref()?)
        else {
            return None;
        };
        let is_other = is_name && own_name(before, naming) != own_name(after, naming);
        is_other.then(|| Problem {
            selector: difference.selector.clone(),
            message: format!(
                "{} {} `{before}` -> `{after}` is another image",
                application.name, difference.shown
            ),
        })
    };
    application.promoted().filter_map(problem).collect()
}
