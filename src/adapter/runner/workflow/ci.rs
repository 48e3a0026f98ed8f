//! A run of a CI system, found again by the key of its attempt.
//!
//! # Why
//!
//! A CI system neither returns the run that it starts nor lists its inputs. So the key is an input, and
//! the workflow shows it in its run's name: `run-name: ${{ inputs.promote_attempt }}`.

use std::collections::BTreeMap;
use std::time::Duration;

use super::fault::not_started;
use crate::domain::CallTemplates;
use crate::port::{
    ATTEMPT_VARIABLE, Attempt, AttemptResult, AttemptState, CiRun, CiWorkflows, ForgeError,
    Variables, WorkflowError,
};

/// How long to wait for a run to appear, each time.
const PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// A workflow of a CI system to start.
pub struct CiCall<'a> {
    /// Its file.
    pub workflow: &'a str,
    /// The branch or tag.
    pub reference: Option<&'a str>,
    /// Its inputs, as templates.
    pub inputs: &'a BTreeMap<String, String>,
}

/// Starts a run, unless the attempt has one.
pub async fn start(
    call: &CiCall<'_>,
    attempt: &Attempt,
    ci: &dyn CiWorkflows,
    environment: &Variables,
) -> Result<AttemptState, WorkflowError> {
    let name = &attempt.workflow.name;
    let templates = CallTemplates::new(&attempt.template_variables(), environment.clone());
    let inputs = templates.texts("inputs", call.inputs);
    let mut inputs = inputs.map_err(|error| not_started(name, error))?;
    if !inputs.values().any(|value| value.contains(&attempt.key)) {
        inputs.insert(ATTEMPT_VARIABLE.to_lowercase(), attempt.key.clone());
    }
    let found = ci.find(call.workflow, &attempt.key).await;
    if let Some(run) = found.map_err(|error| not_started(name, error))? {
        return Ok(state(run));
    }
    let started = ci.start(call.workflow, call.reference, &inputs).await;
    let redacted = |error: &ForgeError| templates.secrets().redacted(&in_one_line(error));
    let unclear = match started {
        Ok(()) => None,
        Err(error @ ForgeError::Unreachable { .. }) => Some(redacted(&error)),
        // Forges quote the inputs that they refuse.
        Err(error) => return Err(not_started(name, redacted(&error))),
    };
    for pause in PAUSES {
        tokio::time::sleep(pause).await;
        // It is running all the same if it cannot be found now.
        if let Ok(Some(run)) = ci.find(call.workflow, &attempt.key).await {
            return Ok(state(run));
        }
    }
    match unclear {
        None => Ok(AttemptState::Running { url: None }),
        Some(error) => Err(WorkflowError::Unknown {
            workflow: name.clone(),
            source: error.into(),
        }),
    }
}

/// An error with its causes.
fn in_one_line(error: &ForgeError) -> String {
    let first: &dyn std::error::Error = error;
    let causes = std::iter::successors(Some(first), |error| error.source());
    let texts: Vec<String> = causes.map(ToString::to_string).collect();
    texts.join(": ")
}

/// Finds the run of an attempt.
pub async fn find(
    name: &str,
    workflow: &str,
    key: &str,
    ci: &dyn CiWorkflows,
) -> Result<Option<AttemptState>, WorkflowError> {
    match ci.find(workflow, key).await {
        Ok(run) => Ok(run.map(state)),
        Err(error) => Err(WorkflowError::Unknown {
            workflow: name.to_owned(),
            source: error.into(),
        }),
    }
}

fn state(run: CiRun) -> AttemptState {
    let url = Some(run.url);
    let Some(end) = run.end else {
        return AttemptState::Running { url };
    };
    let jobs = end.failed_jobs.iter();
    let jobs: Vec<String> = jobs
        .map(|(job, why)| format!("job `{job}`: {why}"))
        .collect();
    AttemptState::Ended(AttemptResult {
        failure: end.failure.map(|why| format!("the run ended with `{why}`")),
        log: jobs.join("\n"),
        url,
        ..AttemptResult::default()
    })
}
