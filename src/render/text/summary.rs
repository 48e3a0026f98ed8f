//! The last line.

use std::io::{self, Write};

use crate::plan::Plan;
use crate::render::counted::counted;
use crate::render::terminal::harmless;

/// Writes what would be promoted, in numbers.
pub(super) fn write(out: &mut dyn Write, plan: &Plan) -> io::Result<()> {
    let (from, to) = (
        harmless(&plan.hop().from.name),
        harmless(&plan.hop().to.name),
    );
    // Whether there was something to promote is what nobody knows then.
    let unread = plan.faults().iter().filter(|f| f.is_chosen).count();
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

/// `2 files`.
pub fn files_of(plan: &Plan) -> String {
    counted(plan.changed_files().count(), "file")
}
