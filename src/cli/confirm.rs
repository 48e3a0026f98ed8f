//! The confirmation before anything is written.

use std::io::{BufRead, Write};

use super::failure::Failure;
use crate::domain::Action;
use crate::engine::Prepared;
use crate::render::escaped;
use crate::render::text::files_of;

/// Asks on stderr, below the commands that a yes runs; any other answer ends the command.
pub(super) fn ask(prepared: &Prepared, err: &mut dyn Write) -> Result<(), Failure> {
    let commands = prepared.plan.unverified();
    if !commands.is_empty() {
        writeln!(err, "Before the commit, this runs on the planned files:")?;
    }
    for verify in commands {
        writeln!(err, "  {}", escaped(&verify.command))?;
    }
    write!(err, "{} [y/N] ", question(prepared))?;
    err.flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    if is_yes(&answer) {
        Ok(())
    } else {
        Err(Failure::Declined)
    }
}

fn question(prepared: &Prepared) -> String {
    let branch = escaped(&prepared.branch.name);
    let push = match &prepared.branch.remote {
        Some(remote) => format!(" and push to {}", escaped(remote)),
        None => String::new(),
    };
    let files = files_of(&prepared.plan);
    if prepared.plan.action() == Action::PullRequest {
        let proposed = escaped(&prepared.plan.proposal().branch);
        return format!("Propose {files} for {branch} on {proposed}{push}?");
    }
    format!("Commit {files} on {branch}{push}?")
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_confirms() {
        assert!(is_yes("y\n") && is_yes(" YES \n"));
        assert!(!is_yes("\n") && !is_yes("") && !is_yes("yep\n"));
    }
}
