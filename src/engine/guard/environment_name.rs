//! Finds promoted values and new files that name the source environment.

use crate::domain::{GuardName, Naming};
use crate::plan::{ApplicationPlan, Content, FilePlan, FileStatus, Guard, Problem, Value};

/// Finds promoted values and new files that name the source environment.
pub(super) const GUARD: Guard = Guard {
    name: GuardName::ENVIRONMENT_NAME,
    find,
};

fn find(application: &ApplicationPlan, naming: &Naming) -> Vec<Problem> {
    let problem = |selector: &str, place: &str| Problem {
        selector: selector.to_owned(),
        message: format!(
            "{} {place} names `{}`",
            application.name,
            naming.source().name
        ),
    };
    let changed = application.files.iter().filter(|file| file.is_changed());
    let in_file = |file: &FilePlan| -> Vec<Problem> {
        if file.status == FileStatus::Added {
            let names_source = |content: &Content| {
                std::str::from_utf8(&content.bytes)
                    .is_ok_and(|text| naming.names_source_in_text(text))
            };
            let path = file.path.as_str();
            let is_found = file.after.as_ref().is_some_and(names_source);
            return is_found.then(|| problem(path, path)).into_iter().collect();
        }
        let promoted = file.promoted().filter(|difference| {
            let names_source =
                |value: &Option<Value>| value.as_ref().is_some_and(|value| is_in(value, naming));
            names_source(&difference.after) && !names_source(&difference.before)
        });
        promoted
            .map(|difference| problem(&difference.selector, &difference.shown))
            .collect()
    };
    changed.flat_map(in_file).collect()
}

/// Whether a value names the source environment anywhere.
fn is_in(value: &Value, naming: &Naming) -> bool {
    match value {
        Value::Scalar { text, .. } => naming.names_source_in_text(text),
        Value::Sequence(items) => items.iter().any(|item| is_in(item, naming)),
        Value::Mapping(entries) => entries
            .iter()
            .any(|(key, value)| naming.names_source_in_text(key) || is_in(value, naming)),
        Value::Tagged(_, value) => is_in(value, naming),
        Value::Alias(_) => false,
    }
}
