//! What became of a proposal, for people.

use std::io::{self, Write};

use crate::engine::{PullRequestChange, Receipt};
use crate::render::terminal::{Canvas, harmless};

/// The result, on stdout.
pub(super) fn result(receipt: &Receipt, out: &mut dyn Write) -> io::Result<()> {
    match receipt {
        Receipt::Proposed {
            commit,
            branch,
            base,
            remote,
            pull_request,
            ..
        } => {
            let (branch, base) = (harmless(branch), harmless(base));
            match (pull_request, remote) {
                (Some(found), _) => {
                    let change = match found.change {
                        PullRequestChange::Left => "is open",
                        PullRequestChange::Updated => "is open and up to date",
                        PullRequestChange::Reopened => "is open again",
                        PullRequestChange::Opened => "opened",
                    };
                    writeln!(
                        out,
                        "pull request #{} {change}: {}",
                        found.number,
                        harmless(&found.url)
                    )
                }
                (None, Some(remote)) => writeln!(
                    out,
                    "{} is on {branch}, pushed to {}",
                    commit.short(),
                    harmless(remote)
                ),
                (None, None) => writeln!(
                    out,
                    "{} is on the local branch {branch}, for {base}",
                    commit.short()
                ),
            }
        }
        Receipt::Withdrawn {
            branch,
            is_deleted,
            pull_request,
            ..
        } => {
            if let Some(found) = pull_request {
                writeln!(
                    out,
                    "closed pull request #{}: {}",
                    found.number,
                    harmless(&found.url)
                )?;
            }
            if *is_deleted {
                writeln!(out, "deleted the branch {}", harmless(branch))?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// What to know or to do beside the result, on stderr.
pub(super) fn explanation(
    out: &mut dyn Write,
    canvas: Canvas,
    receipt: &Receipt,
) -> io::Result<()> {
    let palette = canvas.palette;
    match receipt {
        Receipt::Proposed {
            branch,
            base,
            remote,
            pull_request: None,
            ..
        } => {
            let (branch, base) = (harmless(branch), harmless(base));
            let todo = match remote {
                Some(_) => format!("open a pull request from `{branch}` into `{base}` by hand"),
                None => {
                    format!(
                        "it is in this repository alone; `git merge {branch}` on `{base}` takes it over"
                    )
                }
            };
            writeln!(out, "{0}hint{0:#}: {todo}", palette.hint)
        }
        Receipt::Rejected { pull_request, .. } => writeln!(
            out,
            "{0}error{0:#}: rejected: pull request #{2} ({3}) was closed without merging; nothing was written\n\
             {1}hint{1:#}: it is proposed again when the source changes, or with --reopen",
            palette.error,
            palette.hint,
            pull_request.number,
            harmless(&pull_request.url),
        ),
        Receipt::Conflict { branch, commits } => {
            writeln!(
                out,
                "{0}error{0:#}: `{1}` holds commits that are not the program's; nothing was written",
                palette.error,
                harmless(branch)
            )?;
            for commit in commits {
                writeln!(out, "  {} {}", commit.id.short(), harmless(&commit.title))?;
            }
            writeln!(
                out,
                "{0}hint{0:#}: merge or remove them, or go to another branch with --new-branch",
                palette.hint
            )
        }
        _ => Ok(()),
    }
}
