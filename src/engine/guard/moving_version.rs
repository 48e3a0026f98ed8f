//! A pinned version never becomes a moving one by a promotion.

use crate::document::{is_moving, is_pinned, version_of};
use crate::domain::GuardName;
use crate::plan::{ApplicationPlan, FilePlan, Finding, Guard};
use crate::yaml::{Kind, Value};

/// Holds a pinned version that would become a moving one.
pub(super) const GUARD: Guard = Guard {
    name: GuardName::new("moving-version"),
    help: "A pinned version may become a moving name such as `latest`",
    find,
};

/// Finds promoted versions that were fixed and would become `latest`, a branch, or nothing.
fn find(applications: &[ApplicationPlan]) -> Vec<Finding> {
    let promoted = applications
        .iter()
        .flat_map(|a| &a.files)
        .flat_map(FilePlan::promoted);
    promoted
        .filter_map(|difference| {
            let field = difference.version?;
            let version = |value: &Option<Value>| match value {
                Some(Value::Scalar {
                    kind: Kind::Null, ..
                }) => Some(String::new()),
                Some(Value::Scalar { text, .. }) => Some(version_of(field, text).to_owned()),
                _ => None,
            };
            let (before, after) = (version(&difference.before)?, version(&difference.after)?);
            let is_nothing = after.is_empty();
            (is_pinned(&before) && (is_moving(&after) || is_nothing)).then(|| Finding {
                guard: GUARD.name,
                selector: difference.selector.clone(),
                message: if is_nothing {
                    format!("`{before}` is pinned, and nothing would be")
                } else {
                    format!("`{before}` is pinned, `{after}` is not")
                },
            })
        })
        .collect()
}
