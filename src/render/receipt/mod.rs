//! The outcome of a promotion as text.

mod proposal;
mod several;

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::domain::{Reason, Severity};
use crate::engine::{Allow, Receipt};
use crate::plan::{Conflict, Notice, Plan};
use crate::render::notice;
use crate::render::terminal::{Canvas, escaped};
use crate::render::text::{self, Detail};

pub use several::{explanations, results, summaries};

/// Writes the result, for stdout.
fn result(
    out: &mut dyn Write,
    canvas: Canvas,
    receipt: &Receipt,
    shown: &Plan,
    detail: Detail,
    allow: &Allow,
) -> io::Result<()> {
    match receipt {
        Receipt::Held(_)
        | Receipt::SelectionConflict(_)
        | Receipt::Stopped { .. }
        | Receipt::NotPromoted { .. } => Ok(()),
        Receipt::Waiting => writeln!(out, "waiting; nothing was written to the branch yet"),
        // The last line of the preview already reports this.
        Receipt::NothingToPromote { .. } if shown.is_empty() => Ok(()),
        Receipt::NothingToPromote { .. } => {
            writeln!(
                out,
                "nothing left to promote: the target was updated in the meantime"
            )
        }
        Receipt::Planned | Receipt::PreviewOnly => {
            writeln!(out, "planned; nothing was written")
        }
        Receipt::Moved { plan } => {
            writeln!(out, "\nthe new preview:\n")?;
            text::preview(out, plan, canvas, detail, allow)
        }
        Receipt::Committed { .. }
        | Receipt::Proposed { .. }
        | Receipt::Withdrawn { .. }
        | Receipt::Rejected { .. }
        | Receipt::Conflict { .. } => line(receipt, out),
    }
}

/// What was done, on one line; `None` if nothing was.
fn summary(receipt: &Receipt) -> Option<String> {
    let mut text = Vec::new();
    // Writing to memory does not fail.
    let _ = line(receipt, &mut text);
    let text = String::from_utf8_lossy(&text)
        .trim_end()
        .replace('\n', "; ");
    (!text.is_empty()).then_some(text)
}

/// Whether the files that cannot be promoted are listed; a preview in text has them already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FaultList {
    /// They are.
    Listed,
    /// Only the applications are named.
    Hidden,
}

/// Writes which applications were left out and why, for stderr.
///
/// # Errors
/// When `out` cannot be written.
pub fn left_out(
    out: &mut dyn Write,
    canvas: Canvas,
    plan: &Plan,
    list: FaultList,
) -> io::Result<()> {
    let palette = canvas.palette;
    let names: BTreeSet<&str> = (plan.chosen_faults())
        .map(|fault| fault.application.0.as_str())
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let names = Vec::from_iter(names).join(", ");
    writeln!(
        out,
        "{0}error{0:#}: left out {1}, because some files cannot be promoted",
        palette.error,
        escaped(&names)
    )?;
    for fault in plan.chosen_faults().filter(|_| list == FaultList::Listed) {
        writeln!(out, "  {}", escaped(&text::fault_line(fault)))?;
    }
    writeln!(
        out,
        "{0}hint{0:#}: fix the files, then run the same command again",
        palette.hint
    )
}

/// Writes what was done.
fn line(receipt: &Receipt, out: &mut dyn Write) -> io::Result<()> {
    let Receipt::Committed {
        commit,
        branch,
        remote,
        ..
    } = receipt
    else {
        return proposal::result(receipt, out);
    };
    write!(out, "committed {} on {}", commit.short(), escaped(branch))?;
    if let Some(remote) = remote {
        write!(out, ", pushed to {}", escaped(remote))?;
    }
    writeln!(out)
}

fn write_notices(out: &mut dyn Write, canvas: Canvas, notices: &[Notice]) -> io::Result<()> {
    let hint = canvas.palette.hint;
    notices
        .iter()
        .map(notice::message)
        .try_for_each(|message| writeln!(out, "{hint}note{hint:#}: {}", escaped(&message)))
}

/// Writes notes and hints about the result, for stderr; `target` is empty, or the target of the result
/// and a colon.
fn explanation(
    out: &mut dyn Write,
    canvas: Canvas,
    receipt: &Receipt,
    target: &str,
) -> io::Result<()> {
    let palette = canvas.palette;
    match receipt {
        Receipt::Planned | Receipt::Waiting | Receipt::NotPromoted { .. } => Ok(()),
        Receipt::PreviewOnly => writeln!(
            out,
            "{0}error{0:#}: {target}held by a policy; nothing was written\n\
             {1}hint{1:#}: `--dry-run` shows the same preview, and succeeds",
            palette.error, palette.hint,
        ),
        Receipt::Stopped { by } => writeln!(
            out,
            "{0}note{0:#}: {target}not promoted, because of {1}; `--group each` promotes to each target \
             separately",
            palette.hint,
            escaped(by),
        ),
        Receipt::NothingToPromote { notices }
        | Receipt::Committed { notices, .. }
        | Receipt::Withdrawn { notices, .. } => write_notices(out, canvas, notices),
        Receipt::Proposed { notices, .. } => {
            write_notices(out, canvas, notices)?;
            proposal::explanation(out, canvas, receipt)
        }
        Receipt::Rejected { .. } | Receipt::Conflict { .. } => {
            proposal::explanation(out, canvas, receipt)
        }
        Receipt::Held(findings) => {
            let names = |severities: &[Severity]| -> Vec<&str> {
                let findings = findings.iter().filter(|f| severities.contains(&f.severity));
                let mut names: Vec<&str> = findings.map(|f| f.guard.as_str()).collect();
                names.dedup();
                names
            };
            let all = names(&[Severity::Hold, Severity::FinalHold]).join(", ");
            let error = palette.error;
            writeln!(
                out,
                "{error}error{error:#}: {target}held by {all}; nothing was written"
            )?;
            let hint = match names(&[Severity::FinalHold]).as_slice() {
                [] => {
                    let holds = names(&[Severity::Hold]).into_iter();
                    let options: Vec<String> = holds.map(|g| format!("--allow {g}")).collect();
                    format!(
                        "`{}` lifts the hold, and the commit records it",
                        options.join(" ")
                    )
                }
                last => format!(
                    "a policy forbids lifting the hold of {}",
                    last.join(" and ")
                ),
            };
            writeln!(out, "{0}hint{0:#}: {hint}", palette.hint)
        }
        Receipt::SelectionConflict(conflicts) => {
            let both = |c: &Conflict| matches!(c.reason, Reason::ChangedInBoth { .. });
            let (error, hint) = if conflicts.iter().any(both) {
                (
                    "both sides changed the same place since the last promotion",
                    "decide with `--take source=SELECTOR` or `--take target=SELECTOR`, or with a rule",
                )
            } else {
                (
                    "a selected difference cannot be promoted alone",
                    "also select the other places that share its value, or write the value instead of the alias in the target",
                )
            };
            writeln!(
                out,
                "{0}error{0:#}: {target}{error}; nothing was written\n{1}hint{1:#}: {hint}",
                palette.error, palette.hint,
            )
        }
        Receipt::Moved { .. } => writeln!(
            out,
            "{0}error{0:#}: {target}the target branch moved, and the promotion would now be different; nothing was written\n\
             {1}hint{1:#}: check the new preview, then run the same command again",
            palette.error, palette.hint,
        ),
    }
}
