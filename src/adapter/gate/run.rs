//! Commands that must succeed.

use std::time::Duration;

use crate::plan::CommandEnd;
use crate::port::{
    CommandPurpose, GateContext, GateState, NoObserver, Runner, RunnerCommand, RunnerError,
};

/// Whether all commands succeed on the step's files.
pub fn state(
    commands: &[String],
    time_limit: Duration,
    runner: &dyn Runner,
    step: &GateContext,
) -> Result<GateState, RunnerError> {
    let checkout = runner.check_out(step.files.as_ref())?;
    let variables = step.variables.iter();
    let variables: Vec<_> = variables
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    for command in commands {
        let result = checkout.run(
            &RunnerCommand {
                words: &["sh", "-c", command],
                variables: &variables,
                time_limit,
                purpose: CommandPurpose::Report,
            },
            &NoObserver,
        )?;
        if result.end != CommandEnd::Exited(0) {
            let mut why = result.end.description(command, time_limit);
            if let Some(line) = result
                .output
                .lines()
                .rev()
                .find(|line| !line.trim().is_empty())
            {
                why.extend([": ", line.trim()]);
            }
            return Ok(GateState::Waiting { why, until: None });
        }
    }
    Ok(GateState::Passed)
}
