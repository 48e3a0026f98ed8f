//! What holds the promotion, what to know, and what failed.

use std::fmt::Write as _;
use std::io;

use crate::engine::Allow;
use crate::plan::{FileFault, Finding, Plan, Warning};
use crate::render::terminal::{Canvas, harmless};

/// Writes warnings alone, for forms that have no place for them.
///
/// # Errors
/// When `out` cannot be written.
pub fn warnings<'w>(
    out: &mut dyn io::Write,
    mut warnings: impl Iterator<Item = &'w Warning>,
    canvas: Canvas,
) -> io::Result<()> {
    let style = canvas.palette.warning;
    warnings
        .try_for_each(|warning| writeln!(out, "{style}warning{style:#}: {}", warning_line(warning)))
}

/// Writes warnings, findings and faults, in this order: the worst stands nearest to the summary.
///
/// What `allow` lifts holds nothing, and is said all the same: it goes into the commit.
pub(super) fn write(
    out: &mut dyn io::Write,
    plan: &Plan,
    canvas: Canvas,
    allow: &Allow,
) -> io::Result<()> {
    let palette = canvas.palette;
    warnings(out, plan.notes().iter().chain(plan.warnings()), canvas)?;
    let (lifted, held): (Vec<&Finding>, Vec<&Finding>) =
        plan.findings().iter().partition(|f| allow.lifts(f.guard));
    for finding in lifted {
        writeln!(
            out,
            "{0}hold{0:#} of {1} lifted: {2}\n  {3}",
            palette.warning,
            finding.guard,
            harmless(&finding.message),
            harmless(&finding.selector),
        )?;
    }
    for finding in held {
        writeln!(
            out,
            "{0}held{0:#} by {1}: {2}\n  {3}\n  {4}--allow {1} lifts it{4:#}",
            palette.warning,
            finding.guard,
            harmless(&finding.message),
            harmless(&finding.selector),
            palette.dim,
        )?;
    }
    faults(out, plan, canvas)
}

/// Writes which files cannot be read.
///
/// # Errors
/// When `out` cannot be written.
pub fn faults(out: &mut dyn io::Write, plan: &Plan, canvas: Canvas) -> io::Result<()> {
    let palette = canvas.palette;
    for fault in plan.faults() {
        let consequence = if fault.is_chosen {
            ""
        } else {
            " (not among what was chosen)"
        };
        writeln!(
            out,
            "{0}error{0:#}: {1}{consequence}",
            palette.error,
            fault_line(fault)
        )?;
    }
    Ok(())
}

/// `file: message`.
pub fn warning_line(warning: &Warning) -> String {
    let message = harmless(&warning.message);
    match warning.path.as_deref() {
        // A report on the configuration begins with its place already.
        Some(path) if !warning.message.starts_with(path) => {
            format!("{}: {message}", harmless(path))
        }
        _ => message.into_owned(),
    }
}

/// `file:line:column: message`.
pub fn fault_line(fault: &FileFault) -> String {
    let mut place = harmless(&fault.path).into_owned();
    for number in [fault.line, fault.column].into_iter().map_while(|n| n) {
        let _ = write!(place, ":{number}");
    }
    format!("{place}: {}", harmless(&fault.message))
}
