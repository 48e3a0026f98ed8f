//! Holds a promotion that adds, changes or replaces a symbolic link.
//!
//! # Why
//!
//! Whoever reads the target's files follows a link, and what it leads to can be outside of the
//! environment or of the repository. No diff of the target shows when that changes.

use crate::domain::{GuardName, Naming};
use crate::plan::{ApplicationPlan, Content, FilePlan, Guard, Problem};

/// Holds a promotion that adds, changes or replaces a symbolic link.
pub(super) const GUARD: Guard = Guard {
    name: GuardName::LINK,
    find,
};

/// Finds changed files that are a symbolic link afterwards, or that were one.
fn find(application: &ApplicationPlan, _: &Naming) -> Vec<Problem> {
    let problem = |file: &FilePlan| {
        Some(Problem {
            selector: file.path.to_string(),
            message: message(file)?,
        })
    };
    let changed = application.files.iter().filter(|file| file.is_changed());
    changed.filter_map(problem).collect()
}

fn message(file: &FilePlan) -> Option<String> {
    let link = |content: &Option<Content>| {
        let content = content.as_ref()?;
        content.link().map(std::borrow::Cow::into_owned)
    };
    Some(match (link(&file.before), link(&file.after)) {
        (Some(before), Some(after)) => {
            format!("the symbolic link to `{before}` would point to `{after}`")
        }
        (None, Some(after)) if file.before.is_some() => {
            format!("the file would become a symbolic link to `{after}`")
        }
        (None, Some(after)) => format!("the new file is a symbolic link to `{after}`"),
        (Some(before), None) if file.after.is_some() => {
            format!("the symbolic link to `{before}` would become a file")
        }
        // A removed link leads nowhere.
        (Some(_) | None, None) => return None,
    })
}
