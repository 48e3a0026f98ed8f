//! What became of a promotion, for people.

mod proposal;

use std::io::{self, Write};

use super::console::Console;
use super::exit::Exit;
use super::terminal::harmless;
use super::text::{self, Detail};
use crate::engine::{Allow, Receipt};

/// How the program ends.
pub(super) fn exit(receipt: &Receipt) -> Exit {
    match receipt {
        Receipt::NothingToPromote { .. }
        | Receipt::Planned
        | Receipt::Committed { .. }
        | Receipt::Proposed { .. }
        | Receipt::Withdrawn { .. } => Exit::Done,
        Receipt::Held(_) | Receipt::Rejected { .. } => Exit::Held,
        Receipt::Moved { .. } | Receipt::Conflict { .. } => Exit::Moved,
    }
}

/// The result, on stdout.
pub(super) fn result(
    receipt: &Receipt,
    was_empty: bool,
    console: &mut Console<'_>,
    detail: Detail,
    allow: &Allow,
) -> io::Result<()> {
    match receipt {
        // The preview's last line has said it.
        Receipt::Held(_) => Ok(()),
        Receipt::NothingToPromote { .. } if was_empty => Ok(()),
        Receipt::NothingToPromote { .. } => {
            writeln!(
                console.out,
                "nothing left to promote: somebody else was faster"
            )
        }
        Receipt::Planned => writeln!(console.out, "planned; nothing was written"),
        Receipt::Moved { plan } => {
            writeln!(console.out, "\nas it would be now:\n")?;
            text::preview(console.out, plan, console.stdout, detail, allow)
        }
        Receipt::Committed { .. }
        | Receipt::Proposed { .. }
        | Receipt::Withdrawn { .. }
        | Receipt::Rejected { .. }
        | Receipt::Conflict { .. } => line(receipt, console.out),
    }
}

/// What was done, in one line; `None` where nothing was.
pub(super) fn deed(receipt: &Receipt) -> Option<String> {
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

fn told(notes: &[String], console: &mut Console<'_>) -> io::Result<()> {
    let hint = console.stderr.palette.hint;
    notes
        .iter()
        .try_for_each(|note| writeln!(console.err, "{hint}note{hint:#}: {}", harmless(note)))
}

/// What there is to say besides, on stderr.
pub(super) fn story(receipt: &Receipt, console: &mut Console<'_>) -> io::Result<()> {
    console.out.flush()?;
    let palette = console.stderr.palette;
    match receipt {
        Receipt::Planned => Ok(()),
        Receipt::NothingToPromote { notes }
        | Receipt::Committed { notes, .. }
        | Receipt::Withdrawn { notes, .. } => told(notes, console),
        Receipt::Proposed { notes, .. } => {
            told(notes, console)?;
            proposal::story(receipt, console)
        }
        Receipt::Rejected { .. } | Receipt::Conflict { .. } => proposal::story(receipt, console),
        Receipt::Held(findings) => {
            let mut guards: Vec<&str> = findings.iter().map(|f| f.guard.as_str()).collect();
            guards.dedup();
            writeln!(
                console.err,
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
            console.err,
            "{0}error{0:#}: the branch moved, and the promotion would be another one now; nothing was written\n\
             {1}hint{1:#}: look at the new preview, and run the same command again",
            palette.error, palette.hint,
        ),
    }
}
