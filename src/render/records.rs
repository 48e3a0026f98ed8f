//! The words about a plan that changes no file, but records something.

use std::borrow::Cow;

use super::counted::counted;
use crate::plan::Plan;

/// Describes in one sentence what the commit records; `code` formats a text of the repository.
pub(super) fn sentence<'p>(plan: &'p Plan, code: impl Fn(&'p str) -> Cow<'p, str>) -> String {
    let (from, to) = (code(&plan.hop().from.name), code(&plan.hop().to.name));
    if let Some(reverted) = plan.reverts() {
        let commit = reverted.commit.short();
        return format!(
            "revert of {commit} in {to}: what it records no longer counts, no file changes"
        );
    }
    let names: Vec<Cow<'_, str>> = (plan.baseline_of().iter())
        .map(|name| code(&name.0))
        .collect();
    if names.is_empty() {
        let decisions = counted(plan.decided().count(), "decision");
        return format!("{from} -> {to}: {decisions} to record, no file changes");
    }
    let (names, commit) = (names.join(", "), plan.source().short());
    format!("baseline of {names} in {to}: {from} as of {commit}")
}
