//! Errors, holds and warnings above a preview.

use std::fmt::Write as _;
use std::io;

use crate::domain::{Reason, Severity};
use crate::engine::Allow;
use crate::plan::{FileFault, Finding, Notice, Plan};
use crate::render::conflict;
use crate::render::counted::counted;
use crate::render::notice;
use crate::render::shell;
use crate::render::terminal::{Canvas, escaped, escaped_line};

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

/// Writes faults, findings and warnings, and a blank line below; the most severe are first.
pub(super) fn write(
    out: &mut dyn io::Write,
    plan: &Plan,
    canvas: Canvas,
    allow: &Allow,
) -> io::Result<()> {
    let mut notes = Vec::new();
    faults(&mut notes, plan, canvas)?;
    findings(&mut notes, plan, canvas, allow)?;
    let notices = plan.clone_notices().iter().chain(plan.notices());
    warnings(&mut notes, notices, canvas)?;
    if !notes.is_empty() {
        notes.push(b'\n');
    }
    out.write_all(&notes)
}

/// Writes conflicts and the findings of the guards: holds, then lifted holds, which the commit records,
/// then warnings.
///
/// # Errors
/// When `out` cannot be written.
pub fn findings(
    out: &mut dyn io::Write,
    plan: &Plan,
    canvas: Canvas,
    allow: &Allow,
) -> io::Result<()> {
    let palette = canvas.palette;
    for conflict in plan.conflicts() {
        writeln!(
            out,
            "{0}conflict{0:#}: {1}\n  {2}",
            palette.error,
            escaped(&conflict::message(&conflict, plan.hop())),
            escaped(&shell::selector(&conflict.selector)),
        )?;
        if matches!(conflict.reason, Reason::ChangedInBoth { .. }) {
            let dim = palette.dim;
            writeln!(
                out,
                "  {dim}`--take source=SELECTOR` or `--take target=SELECTOR` decides{dim:#}"
            )?;
        }
    }
    let findings = plan.findings();
    let of = |is_in: &dyn Fn(&Finding) -> bool| findings.iter().filter(|f| is_in(f)).collect();
    let warnings: Vec<&Finding> = of(&|finding| !finding.is_hold());
    let lifted: Vec<&Finding> = of(&|finding| allow.lifts(finding));
    let held: Vec<&Finding> = of(&|finding| finding.is_hold() && !allow.lifts(finding));
    for same in by_guard(&held) {
        let (warning, guard) = (palette.warning, same[0].guard);
        write!(out, "{warning}held{warning:#} by {guard}")?;
        stanza(out, same)?;
        let consequence = if same[0].severity == Severity::FinalHold {
            format!("a policy forbids `--allow {guard}`")
        } else {
            format!("`--allow {guard}` lifts this hold")
        };
        writeln!(out, "  {0}{consequence}{0:#}", palette.dim)?;
    }
    for same in by_guard(&lifted) {
        let warning = palette.warning;
        write!(
            out,
            "{warning}lifted{warning:#} the hold of {}",
            same[0].guard
        )?;
        stanza(out, same)?;
    }
    for same in by_guard(&warnings) {
        let warning = palette.warning;
        write!(out, "{warning}warning{warning:#} by {}", same[0].guard)?;
        stanza(out, same)?;
    }
    Ok(())
}

/// Groups of findings of one guard and severity, which are adjacent.
fn by_guard<'a, 'f>(findings: &'a [&'f Finding]) -> impl Iterator<Item = &'a [&'f Finding]> {
    findings.chunk_by(|a, b| (a.guard, a.severity) == (b.guard, b.severity))
}

/// Continues a line with the findings of one guard, and writes where they are.
fn stanza(out: &mut dyn io::Write, findings: &[&Finding]) -> io::Result<()> {
    if let [only] = findings {
        writeln!(out, ": {}", escaped(&only.message))?;
        return place(out, only, "  ");
    }
    writeln!(out, ": {}", counted(findings.len(), "finding"))?;
    for finding in findings {
        writeln!(out, "  {}", escaped(&finding.message))?;
        place(out, finding, "    ")?;
    }
    Ok(())
}

/// Writes the selector of a finding, or what its command printed.
fn place(out: &mut dyn io::Write, finding: &Finding, indent: &str) -> io::Result<()> {
    let Some(command) = &finding.command else {
        let selector = shell::selector(&finding.selector);
        return writeln!(out, "{indent}{}", escaped(&selector));
    };
    let mut lines = command.output.lines();
    lines.try_for_each(|line| writeln!(out, "{indent}| {}", escaped_line(line)))
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
