//! The outcome of a proposal as text.

use std::io::{self, Write};

use crate::engine::{PullRequestChange, Receipt};
use crate::render::shell;
use crate::render::terminal::{Canvas, escaped};

/// Writes the result, for stdout.
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
            let (branch, base) = (escaped(branch), escaped(base));
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
                        escaped(&found.url)
                    )
                }
                (None, Some(remote)) => writeln!(
                    out,
                    "pushed {} to {}, branch {branch}",
                    commit.short(),
                    escaped(remote)
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
                    escaped(&found.url)
                )?;
            }
            if *is_deleted {
                writeln!(out, "deleted the branch {}", escaped(branch))?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Writes hints about the result, for stderr.
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
            let todo = match remote {
                Some(_) => format!("open a pull request from `{branch}` into `{base}` by hand"),
                None => format!(
                    "the branch is only in this repository; run `git merge {}` on `{base}` to apply it",
                    shell::branch(branch)
                ),
            };
            writeln!(out, "{0}hint{0:#}: {1}", palette.hint, escaped(&todo))
        }
        Receipt::Rejected { pull_request, .. } => writeln!(
            out,
            "{0}error{0:#}: rejected: pull request #{2} ({3}) was closed without merging; nothing was written\n\
             {1}hint{1:#}: `--reopen` proposes it again, and so does a change in the source",
            palette.error,
            palette.hint,
            pull_request.number,
            escaped(&pull_request.url),
        ),
        Receipt::Conflict { branch, commits } => {
            writeln!(
                out,
                "{0}error{0:#}: `{1}` has commits that git-promote did not make; nothing was written",
                palette.error,
                escaped(branch)
            )?;
            for commit in commits {
                writeln!(out, "  {} {}", commit.id.short(), escaped(&commit.title))?;
            }
            writeln!(
                out,
                "{0}hint{0:#}: merge or remove them, or use a new branch with `--new-branch`",
                palette.hint
            )
        }
        _ => Ok(()),
    }
}
