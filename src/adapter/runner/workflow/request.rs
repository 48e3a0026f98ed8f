//! A request whose answer decides.

use super::fault::not_started;
use crate::domain::{CallTemplates, HttpCall};
use crate::port::{
    Attempt, AttemptResult, HttpError, HttpRequest, HttpRetries, HttpSender, Variables,
    WorkflowError,
};

/// Methods whose repetition has no further effect (RFC 9110, section 9.2.2).
const IDEMPOTENT: [&str; 5] = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"];

/// Sends a request; an answer of 2xx is a success.
pub async fn send(
    call: &HttpCall,
    attempt: &Attempt,
    http: &dyn HttpSender,
    environment: &Variables,
) -> Result<AttemptResult, WorkflowError> {
    let workflow = &attempt.workflow;
    let templates = CallTemplates::new(&attempt.template_variables(), environment.clone());
    let call = templates
        .request(call)
        .map_err(|error| not_started(&workflow.name, error))?;
    let may_repeat = workflow.is_repeatable || IDEMPOTENT.contains(&call.method.as_str());
    let method = call.method.clone();
    let request = HttpRequest {
        call,
        secrets: templates.secrets(),
        time_limit: workflow.time_limit,
        retries: if may_repeat {
            HttpRetries::AfterAnyFailure
        } else {
            HttpRetries::WithoutEffect
        },
        most_bytes: HttpRequest::START,
    };
    let answer = http.send(&request).await.map_err(|error| match error {
        HttpError::NotSent { .. } => not_started(&workflow.name, error),
        HttpError::NoAnswer { .. } => WorkflowError::Unknown {
            workflow: workflow.name.clone(),
            source: error.into(),
        },
    })?;
    let status = answer.status;
    let failure = match answer.first_line() {
        _ if answer.is_success() => None,
        Some(line) => Some(format!("HTTP {status}: {line}")),
        None => Some(format!("HTTP {status}")),
    };
    Ok(AttemptResult {
        failure,
        log: format!("{method}: HTTP {status}\n{}", answer.body)
            .trim_end()
            .to_owned(),
        ..AttemptResult::default()
    })
}
