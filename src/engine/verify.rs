//! Runs the commands that must succeed on the planned files.
//!
//! # Why
//!
//! A plan can be sound field by field, and its result still not build. So commands such as
//! `kustomize build` run on the files as they would be, before anything is committed, and a failure
//! is a finding of the guard `verify`, which holds the promotion like any other.
//!
//! The whole tree is checked out, not only the changed folders. A command may read any file: a base,
//! a chart, a script, a policy. If one were missing, the command would fail, and that failure would
//! look like a fault of the promotion. The files are written as Git stores them, without filters.

use super::commit::changes;
use super::error::EngineError;
use super::ports::Ports;
use super::request::Allow;
use crate::document::{masked_texts, secret_data};
use crate::domain::{GuardName, SecretValues};
use crate::plan::{CommandEnd, FailedCommand, Finding, Plan, VerifyCommand};
use crate::port::{Checkout, CommandPurpose, Event, RunnerCommand};

/// Runs the commands of a plan that have not run yet, and adds a finding for each that fails. None runs
/// if the plan is empty or held by another guard: it will not be applied.
///
/// # Errors
/// When the files cannot be checked out, or no shell can be run.
pub fn verify(ports: &Ports<'_>, plan: Plan, allow: &Allow) -> Result<Plan, EngineError> {
    if !needs_verifying(&plan, allow) {
        return Ok(plan);
    }
    ports.observer.event(&Event::Verifying);
    let snapshot = ports.repository.snapshot(plan.target())?;
    let mut checkout = ports.runner.check_out(snapshot.as_ref())?;
    checkout.change(&changes(&plan))?;
    let variables = variables(&plan, checkout.as_mut())?;
    let secrets = secrets(&plan);
    let mut findings = Vec::new();
    for verify in plan.unverified() {
        let command = RunnerCommand {
            words: &["sh", "-c", &verify.command],
            variables: &variables,
            time_limit: verify.time_limit,
            purpose: CommandPurpose::Report,
        };
        let result = checkout.run(&command, ports.observer)?;
        if result.end != CommandEnd::Exited(0) {
            let output = masked(&result.output, &secrets);
            findings.push(finding(verify, result.end, output));
        }
    }
    Ok(plan.verified(findings))
}

/// Whether a plan has commands that have not run yet, and must before it can be applied.
pub(super) fn needs_verifying(plan: &Plan, allow: &Allow) -> bool {
    let can_apply = plan.changes_files() && plan.conflicts().is_empty() && allow.clears(plan);
    can_apply && !plan.unverified().is_empty()
}

/// What a command may need to know about the promotion.
fn variables(
    plan: &Plan,
    checkout: &mut dyn Checkout,
) -> Result<Vec<(&'static str, String)>, EngineError> {
    let applications: Vec<&str> = plan.changed_applications().map(|a| a.0.as_str()).collect();
    let files: Vec<&str> = plan.changed_files().map(|f| f.path.as_str()).collect();
    Ok(vec![
        ("PROMOTE_FROM", plan.hop().from.name.clone()),
        ("PROMOTE_TO", plan.hop().to.name.clone()),
        ("PROMOTE_APPLICATIONS", applications.join("\n")),
        ("PROMOTE_ID", plan.id().to_owned()),
        // The size of a variable is limited, and a promotion can change thousands of files.
        ("PROMOTE_FILES", checkout.add_list("files", &files)?),
    ])
}

/// The data of secrets in the planned files, which a command may print.
fn secrets(plan: &Plan) -> SecretValues {
    let contents = plan.changed_files().flat_map(|file| {
        let sides = [&file.before, &file.after].into_iter().flatten();
        sides.map(move |content| (file, String::from_utf8_lossy(&content.bytes)))
    });
    SecretValues::new(contents.flat_map(|(file, text)| {
        if file.is_secret {
            let lines = text.lines();
            let values = lines.map(|line| line.split_once('=').map_or(line, |(_, value)| value));
            values.map(ToOwned::to_owned).collect()
        } else {
            secret_data(file.path.as_str(), &text)
        }
    }))
}

/// The output of a command without the data of secrets, also without that of manifests in it.
fn masked(output: &str, secrets: &SecretValues) -> String {
    let redacted = secrets.redacted(output);
    let [masked, _] = masked_texts("output", [&redacted, &redacted]);
    masked.into_owned()
}

fn finding(verify: &VerifyCommand, end: CommandEnd, output: String) -> Finding {
    let command = &verify.command;
    Finding {
        guard: GuardName::VERIFY,
        severity: verify.severity,
        selector: String::new(),
        message: end.description(command, verify.time_limit),
        command: Some(FailedCommand {
            command: command.clone(),
            end,
            output,
        }),
    }
}
