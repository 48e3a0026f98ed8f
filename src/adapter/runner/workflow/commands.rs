//! Commands in a temporary checkout, one after the other.

use std::collections::BTreeMap;
use std::time::Instant;

use super::outputs;
use crate::adapter::runner::checkout::LocalCheckout;
use crate::adapter::runner::running::RecordedRun;
use crate::domain::SecretValues;
use crate::plan::CommandEnd;
use crate::port::{
    ATTEMPT_VARIABLE, Attempt, AttemptResult, Checkout as _, CommandPurpose, NoObserver,
    OUTPUT_VARIABLE, RunnerCommand, RunnerError, Variables, WorkflowError,
};

/// How many bytes of a log are kept.
const KEPT_LOG: usize = 16_384;

/// Commands with the names of the variables that they get from the environment.
pub struct Commands {
    pub commands: Vec<String>,
    pub variables: Vec<String>,
}

/// Runs commands until one fails.
pub fn run(
    run: &Commands,
    attempt: &Attempt,
    environment: &Variables,
) -> Result<AttemptResult, WorkflowError> {
    let fault = |is_started: bool, source: RunnerError| {
        let (workflow, source) = (attempt.workflow.name.clone(), source.into());
        if is_started {
            WorkflowError::Unknown { workflow, source }
        } else {
            WorkflowError::NotStarted { workflow, source }
        }
    };
    let mut checkout =
        LocalCheckout::of(attempt.files.as_ref()).map_err(|error| fault(false, error))?;
    checkout
        .change(&attempt.changes)
        .map_err(|error| fault(false, error))?;
    let output = checkout.path_beside("output");
    let of_environment = run.variables.iter();
    let of_environment: Vec<(&str, String)> = of_environment
        .filter_map(|name| Some((name.as_str(), environment(name)?)))
        .collect();
    let secrets = SecretValues::new(of_environment.iter().map(|(_, value)| value.clone()));
    let own = attempt.variables.iter();
    let own = own.map(|(name, value)| (name.as_str(), value.clone()));
    let variables: Vec<(&str, String)> = own
        .chain(of_environment)
        .chain([
            (ATTEMPT_VARIABLE, attempt.key.clone()),
            (OUTPUT_VARIABLE, output.to_string_lossy().into_owned()),
        ])
        .collect();
    let limit = attempt.workflow.time_limit;
    let _recorded = RecordedRun::begin();
    let started = Instant::now();
    let mut log = String::new();
    let mut failure = None;
    for (number, command) in run.commands.iter().enumerate() {
        let command_run = RunnerCommand {
            words: &["sh", "-c", command],
            variables: &variables,
            time_limit: limit.saturating_sub(started.elapsed()),
            purpose: CommandPurpose::Report,
        };
        let result = checkout.run(&command_run, &NoObserver);
        if RecordedRun::is_interrupted() {
            let workflow = attempt.workflow.name.clone();
            return Err(WorkflowError::Interrupted { workflow });
        }
        let result = result.map_err(|error| fault(number > 0, error))?;
        log.extend(["$ ", command, "\n", &result.output, "\n"]);
        if result.end != CommandEnd::Exited(0) {
            failure = Some(result.end.description(command, limit));
            break;
        }
    }
    let outputs = outputs::read(&output).unwrap_or_else(|error| {
        failure.get_or_insert(error.to_string());
        BTreeMap::new()
    });
    let redacted = |text: &str| secrets.redacted(text);
    Ok(AttemptResult {
        failure: failure.map(|text| redacted(&text)),
        outputs: (outputs.into_iter())
            .map(|(name, value)| (name, redacted(&value)))
            .collect(),
        log: end_of(&redacted(&log)),
        url: None,
    })
}

/// The last lines of a log.
fn end_of(log: &str) -> String {
    let log = log.trim_end();
    if log.len() <= KEPT_LOG {
        return log.to_owned();
    }
    let mut kept = 0;
    let lines = log.lines().rev();
    let lines: Vec<&str> = lines
        .take_while(|line| {
            kept += line.len() + 1;
            kept <= KEPT_LOG
        })
        .collect();
    let lines: Vec<&str> = lines.into_iter().rev().collect();
    format!("...\n{}", lines.join("\n"))
}
