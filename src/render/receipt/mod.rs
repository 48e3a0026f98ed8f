//! What became of a promotion, for people.

mod proposal;

use std::io::{self, Write};

use crate::engine::{Allow, Receipt};
use crate::plan::{Notice, Plan};
use crate::render::notice;
use crate::render::terminal::{Canvas, harmless};
use crate::render::text::{self, Detail};

/// The result, on stdout.
///
/// # Errors
/// When `out` cannot be written.
pub fn result(
    out: &mut dyn Write,
    canvas: Canvas,
    receipt: &Receipt,
    shown: &Plan,
    detail: Detail,
    allow: &Allow,
) -> io::Result<()> {
    match receipt {
        // The preview's last line has said it.
        Receipt::Held(_) => Ok(()),
        Receipt::NothingToPromote { .. } if shown.is_empty() => Ok(()),
        Receipt::NothingToPromote { .. } => {
            writeln!(out, "nothing left to promote: somebody else was faster")
        }
        Receipt::Planned => writeln!(out, "planned; nothing was written"),
        Receipt::Moved { plan } => {
            writeln!(out, "\nas it would be now:\n")?;
            text::preview(out, plan, canvas, detail, allow)
        }
        Receipt::Committed { .. }
        | Receipt::Proposed { .. }
        | Receipt::Withdrawn { .. }
        | Receipt::Rejected { .. }
        | Receipt::Conflict { .. } => line(receipt, out),
    }
}

/// What was done, in one line; `None` where nothing was.
pub fn summary(receipt: &Receipt) -> Option<String> {
    let mut text = Vec::new();
    // A text in memory takes everything.
    let _ = line(receipt, &mut text);
    let text = String::from_utf8_lossy(&text)
        .trim_end()
        .replace('\n', "; ");
    (!text.is_empty()).then_some(text)
}

/// What was done.
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
    write!(out, "committed {} on {}", commit.short(), harmless(branch))?;
    if let Some(remote) = remote {
        write!(out, ", pushed to {}", harmless(remote))?;
    }
    writeln!(out)
}

fn write_notices(out: &mut dyn Write, canvas: Canvas, notices: &[Notice]) -> io::Result<()> {
    let hint = canvas.palette.hint;
    notices
        .iter()
        .map(notice::message)
        .try_for_each(|message| writeln!(out, "{hint}note{hint:#}: {}", harmless(&message)))
}

/// What to know or to do beside the result, on stderr.
///
/// # Errors
/// When `out` cannot be written.
pub fn explanation(out: &mut dyn Write, canvas: Canvas, receipt: &Receipt) -> io::Result<()> {
    let palette = canvas.palette;
    match receipt {
        Receipt::Planned => Ok(()),
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
            let mut guards: Vec<&str> = findings.iter().map(|f| f.guard.as_str()).collect();
            guards.dedup();
            writeln!(
                out,
                "{0}error{0:#}: held by {1}; nothing was written\n{2}hint{2:#}: {3} promotes it nevertheless, and the commit records that",
                palette.error,
                guards.join(" and "),
                palette.hint,
                guards
                    .iter()
                    .map(|g| format!("--allow {g}"))
                    .collect::<Vec<_>>()
                    .join(" "),
            )
        }
        Receipt::Moved { .. } => writeln!(
            out,
            "{0}error{0:#}: the branch moved, and the promotion would be another one now; nothing was written\n\
             {1}hint{1:#}: look at the new preview, and run the same command again",
            palette.error, palette.hint,
        ),
    }
}
