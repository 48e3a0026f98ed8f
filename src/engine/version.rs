//! The version of an application, for the summary.

use crate::domain::{Op, Template};
use crate::manifest::VersionField;
use crate::plan::{FilePlan, PlannedDifference, VersionChange};
use crate::yaml::Value;

/// The version that moves: the template's place, else the one version that all promoted fields carry.
pub(super) fn of(template: Option<&Template>, files: &[FilePlan]) -> Option<VersionChange> {
    let place = template.and_then(|t| t.version.as_ref());
    let named = place.and_then(|place| {
        let json_path = place.path.to_string();
        files
            .iter()
            .filter(|f| f.path.file_name() == place.file || f.path.as_str() == place.file)
            .flat_map(|f| &f.differences)
            .find(|d| d.selector.ends_with(&format!(":{json_path}")))
            .map(change)
    });
    named.or_else(|| common(files))
}

fn common(files: &[FilePlan]) -> Option<VersionChange> {
    let mut changes: Vec<VersionChange> = files
        .iter()
        .flat_map(FilePlan::promoted)
        .filter(|d| d.op == Op::Set && d.version.is_some_and(|v| v != VersionField::ImageName))
        .map(change)
        .collect();
    changes.dedup();
    match changes.as_slice() {
        [first, rest @ ..] if rest.iter().all(|c| c == first) => Some(first.clone()),
        _ => None,
    }
}

fn change(difference: &PlannedDifference) -> VersionChange {
    let version = |value: &Option<Value>| match value {
        Some(Value::Scalar { text, .. }) => Some(
            difference
                .version
                .map_or(text.as_str(), |field| {
                    crate::manifest::version_of(field, text)
                })
                .to_owned(),
        ),
        _ => None,
    };
    VersionChange {
        before: version(&difference.before),
        after: version(&difference.after),
    }
}
