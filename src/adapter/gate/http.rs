//! A request that must be answered with success.

use std::time::Duration;

use crate::domain::{CallTemplates, HttpCall};
use crate::port::{
    GateContext, GateState, HttpRequest, HttpRetries, HttpSender, Variables, display_chain,
};

/// How long a request may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Whether a request is answered with success. Any other answer means that it may be later.
pub async fn state(
    call: &HttpCall,
    http: &dyn HttpSender,
    variables: &Variables,
    step: &GateContext,
) -> GateState {
    let waiting = |why: String| GateState::Waiting { why, until: None };
    let templates = CallTemplates::new(&step.variables, variables.clone());
    let call = match templates.request(call) {
        Ok(call) => call,
        Err(error) => {
            return GateState::Failed {
                why: display_chain(&error),
            };
        }
    };
    let request = HttpRequest {
        call,
        secrets: templates.secrets(),
        time_limit: TIME_LIMIT,
        retries: HttpRetries::WithoutEffect,
        most_bytes: HttpRequest::START,
    };
    match http.send(&request).await {
        Ok(answer) if answer.is_success() => GateState::Passed,
        Ok(answer) => waiting(match answer.first_line() {
            Some(line) => format!("HTTP {}: {line}", answer.status),
            None => format!("HTTP {}", answer.status),
        }),
        Err(error) => waiting(display_chain(&error)),
    }
}
