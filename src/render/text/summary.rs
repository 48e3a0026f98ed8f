//! The last line of a preview.

use std::io::{self, Write};

use crate::plan::Plan;
use crate::render::counted::counted;
use crate::render::terminal::escaped;

/// Writes how much would be promoted.
pub(super) fn write(out: &mut dyn Write, plan: &Plan) -> io::Result<()> {
    let (from, to) = (escaped(&plan.hop().from.name), escaped(&plan.hop().to.name));
    // With unread files, "nothing to promote" could be wrong.
    let unread = plan.chosen_faults().count();
    if plan.is_empty() && unread > 0 {
        let unread = counted(unread, "file");
        return writeln!(out, "{from} -> {to}: {unread} could not be read");
    }
    if plan.is_empty() {
        return writeln!(out, "nothing to promote from {from} to {to}");
    }
    let promoted = plan
        .differences()
        .filter(|d| d.verdict.is_promote())
        .count();
    writeln!(
        out,
        "{from} -> {to}: {} in {} of {}",
        counted(promoted, "difference"),
        files_of(plan),
        counted(plan.changed_applications().count(), "application"),
    )
}

/// The number of changed files: `2 files`.
pub fn files_of(plan: &Plan) -> String {
    counted(plan.changed_files().count(), "file")
}
