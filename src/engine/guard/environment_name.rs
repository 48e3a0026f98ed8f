//! Finds promoted values and new files that name the source or another lower environment.

use crate::document::{lower_names_in_text, lower_names_in_value};
use crate::domain::{GuardName, Naming};
use crate::plan::{
    ApplicationPlan, FilePlan, FileStatus, Guard, PlannedDifference, Problem, Value,
};

/// Finds promoted values and new files that name the source or another lower environment.
pub(super) const GUARD: Guard = Guard {
    name: GuardName::ENVIRONMENT_NAME,
    find,
};

fn find(application: &ApplicationPlan, naming: &Naming) -> Vec<Problem> {
    let problem = |selector: &str, place: &str, name: &str| Problem {
        selector: selector.to_owned(),
        message: format!("{} {place} names `{name}`", application.name),
    };
    let changed = application.files.iter().filter(|file| file.is_changed());
    let in_file = |file: &FilePlan| -> Vec<Problem> {
        if file.status == FileStatus::Added {
            let path = file.path.as_str();
            let content = file.after.as_ref();
            let text = content.and_then(|content| std::str::from_utf8(&content.bytes).ok());
            let names = text.map(|text| lower_names_in_text(text, naming));
            let first = names.and_then(|names| names.first().copied());
            return first
                .map(|name| problem(path, path, name))
                .into_iter()
                .collect();
        }
        let promoted = file.promoted().filter_map(|difference| {
            let name = new_name(difference, naming)?;
            Some(problem(&difference.selector, &difference.shown, name))
        });
        promoted.collect()
    };
    changed.flat_map(in_file).collect()
}

/// The first such name in the promoted value that the value before does not have.
fn new_name<'d>(difference: &'d PlannedDifference, naming: &Naming) -> Option<&'d str> {
    let key = difference.path.strip_suffix("']");
    let key = key.and_then(|path| Some(path.rsplit_once("['")?.1));
    let names = |value: &'d Value| lower_names_in_value(value, key, naming);
    let before = difference.before.as_ref().map(names).unwrap_or_default();
    let mut after = names(difference.after.as_ref()?).into_iter();
    after.find(|name| !before.contains(name))
}
