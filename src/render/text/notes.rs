//! Warnings, holds and errors below a preview.

use std::fmt::Write as _;
use std::io;

use crate::engine::Allow;
use crate::plan::{FileFault, Finding, Notice, Plan};
use crate::render::notice;
use crate::render::shell;
use crate::render::terminal::{Canvas, escaped};

/// Writes notices as warnings.
///
/// # Errors
/// When `out` cannot be written.
pub fn warnings<'n>(
    out: &mut dyn io::Write,
    mut notices: impl Iterator<Item = &'n Notice>,
    canvas: Canvas,
) -> io::Result<()> {
    let style = canvas.palette.warning;
    notices.try_for_each(|notice| writeln!(out, "{style}warning{style:#}: {}", notice_line(notice)))
}

/// Writes warnings, findings and faults; the most severe are last, next to the summary.
///
/// Lifted holds are printed too, because the commit records them.
pub(super) fn write(
    out: &mut dyn io::Write,
    plan: &Plan,
    canvas: Canvas,
    allow: &Allow,
) -> io::Result<()> {
    let palette = canvas.palette;
    warnings(
        out,
        plan.clone_notices().iter().chain(plan.notices()),
        canvas,
    )?;
    for conflict in plan.conflicts() {
        writeln!(
            out,
            "{0}conflict{0:#}: {1}\n  {2}",
            palette.error,
            escaped(&conflict.message),
            escaped(&shell::selector(&conflict.selector)),
        )?;
    }
    let (lifted, held): (Vec<&Finding>, Vec<&Finding>) =
        plan.findings().iter().partition(|f| allow.lifts(f.guard));
    for finding in lifted {
        writeln!(
            out,
            "{0}lifted{0:#} the hold of {1}: {2}\n  {3}",
            palette.warning,
            finding.guard,
            escaped(&finding.message),
            escaped(&shell::selector(&finding.selector)),
        )?;
    }
    for finding in held {
        writeln!(
            out,
            "{0}held{0:#} by {1}: {2}\n  {3}\n  {4}`--allow {1}` lifts this hold{4:#}",
            palette.warning,
            finding.guard,
            escaped(&finding.message),
            escaped(&shell::selector(&finding.selector)),
            palette.dim,
        )?;
    }
    faults(out, plan, canvas)
}

/// Writes an error for each file that cannot be read or edited.
///
/// # Errors
/// When `out` cannot be written.
pub fn faults(out: &mut dyn io::Write, plan: &Plan, canvas: Canvas) -> io::Result<()> {
    let palette = canvas.palette;
    for fault in plan.faults() {
        let consequence = if fault.is_chosen {
            format!("; {} is left out", escaped(&fault.application.0))
        } else {
            " (not selected)".to_owned()
        };
        writeln!(
            out,
            "{0}error{0:#}: {1}{consequence}",
            palette.error,
            escaped(&fault_line(fault))
        )?;
    }
    Ok(())
}

/// `file: message`.
fn notice_line(notice: &Notice) -> String {
    let message = notice::message(notice);
    let message = escaped(&message);
    match notice::heading(notice) {
        Some(path) => format!("{}: {message}", escaped(path)),
        None => message.into_owned(),
    }
}

/// `file:line:column: message`, not escaped.
pub fn fault_line(fault: &FileFault) -> String {
    let mut place = fault.path.clone();
    for number in [fault.line, fault.column].into_iter().map_while(|n| n) {
        let _ = write!(place, ":{number}");
    }
    format!("{place}: {}", fault.message)
}
