//! The confirmation before anything is written.

use std::io::{BufRead, Write};

use super::failure::Failure;
use crate::domain::Action;
use crate::engine::PreparedGroup;
use crate::plan::Plan;
use crate::render::escaped;
use crate::render::text::files_of;

/// Asks on stderr, below the commands that a yes runs; any other answer ends the command.
pub(super) fn ask(prepared: &PreparedGroup, err: &mut dyn Write) -> Result<(), Failure> {
    let mut commands: Vec<&str> = Vec::new();
    for verify in prepared.plans.iter().flat_map(Plan::unverified) {
        if !commands.contains(&verify.command.as_str()) {
            commands.push(&verify.command);
        }
    }
    if !commands.is_empty() {
        writeln!(err, "Before the commit, this runs on the planned files:")?;
    }
    for command in commands {
        writeln!(err, "  {}", escaped(command))?;
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

fn question(prepared: &PreparedGroup) -> String {
    let branch = escaped(&prepared.branch.name);
    let push = match &prepared.branch.remote {
        Some(remote) => format!(" and push to {}", escaped(remote)),
        None => String::new(),
    };
    let files = if prepared.plans.iter().any(Plan::changes_files) {
        files_of(&prepared.plans)
    } else {
        "the record".to_owned()
    };
    let mut changing = prepared.plans.iter().filter(|plan| !plan.is_empty());
    if changing.any(|plan| plan.action() == Action::PullRequest) {
        let proposed = prepared.proposal_branch();
        let proposed = escaped(&proposed);
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
