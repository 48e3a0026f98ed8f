//! Holds a promotion that adds, changes or replaces a symbolic link.
//!
//! # Why
//!
//! Whoever reads the target's files follows a link, and what it leads to can be outside of the
//! environment or of the repository. No diff of the target shows when that changes.

use crate::domain::GuardName;
use crate::plan::{ApplicationPlan, Content, FilePlan, Finding, Guard};

/// Holds a promotion that adds, changes or replaces a symbolic link.
pub(super) const GUARD: Guard = Guard {
    name: GuardName::new("link"),
    help: "Allow new symbolic links, and changes to existing ones",
    find,
};

/// Finds changed files that are a symbolic link afterwards, or that were one.
fn find(applications: &[ApplicationPlan]) -> Vec<Finding> {
    let files = applications.iter().flat_map(|a| &a.files);
    let finding = |file: &FilePlan| {
        Some(Finding {
            guard: GUARD.name,
            selector: file.path.to_string(),
            message: message(file)?,
        })
    };
    let changed = files.filter(|file| file.is_changed());
    changed.filter_map(finding).collect()
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
