//! The last line of a preview.

use std::io::{self, Write};

use crate::plan::Plan;
use crate::render::counted::counted;
use crate::render::records;
use crate::render::terminal::escaped;

/// Writes how much would be promoted.
pub(super) fn write(out: &mut dyn Write, plan: &Plan) -> io::Result<()> {
    let (from, to) = (escaped(&plan.hop().from.name), escaped(&plan.hop().to.name));
    let subject = match plan.reverts() {
        None => format!("{from} -> {to}"),
        Some(reverted) => format!("revert of {} in {to}", reverted.commit.short()),
    };
    // With unread files, "nothing to promote" could be wrong.
    let unread = plan.chosen_faults().count();
    if plan.is_empty() && unread > 0 {
        let unread = counted(unread, "file");
        return writeln!(out, "{subject}: {unread} could not be read");
    }
    if let Some(reverted) = plan.reverts().filter(|_| plan.is_empty()) {
        let commit = reverted.commit.short();
        return match plan.differences().next() {
            None => writeln!(out, "{commit} is already reverted in {to}"),
            Some(_) if plan.is_changed_since() => {
                writeln!(out, "nothing left to revert from {commit} in {to}")
            }
            Some(_) => writeln!(out, "nothing of {commit} is reverted in {to}"),
        };
    }
    if plan.is_empty() {
        return writeln!(out, "nothing to promote from {from} to {to}");
    }
    if !plan.changes_files() {
        let recorded = records::sentence(plan, escaped);
        return writeln!(out, "{recorded}");
    }
    let promoted = plan
        .differences()
        .filter(|d| d.verdict.is_promote())
        .count();
    writeln!(
        out,
        "{subject}: {} in {} of {}",
        counted(promoted, "difference"),
        files_of(std::slice::from_ref(plan)),
        counted(plan.changed_applications().count(), "application"),
    )
}

/// The number of changed files: `2 files`.
pub fn files_of(plans: &[Plan]) -> String {
    counted(plans.iter().flat_map(Plan::changed_files).count(), "file")
}
