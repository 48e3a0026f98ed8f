//! Holds a promotion that replaces a pinned version with a moving one.

use crate::document::{is_moving, is_pinned, version_of};
use crate::domain::GuardName;
use crate::plan::{ApplicationPlan, FilePlan, Guard, Problem};
use crate::yaml::{Kind, Value};

/// Holds a promotion that replaces a pinned version with a moving one.
pub(super) const GUARD: Guard = Guard {
    name: GuardName::MOVING_VERSION,
    find,
};

/// Finds promoted versions that are pinned and would become `latest`, a branch or empty.
fn find(application: &ApplicationPlan) -> Vec<Problem> {
    let promoted = application.files.iter().flat_map(FilePlan::promoted);
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
            let is_empty = after.is_empty();
            (is_pinned(&before) && (is_moving(&after) || is_empty)).then(|| Problem {
                selector: difference.selector.clone(),
                message: if is_empty {
                    format!("`{before}` is pinned, but the new version is empty")
                } else {
                    format!("`{before}` is pinned, but `{after}` is not")
                },
            })
        })
        .collect()
}
