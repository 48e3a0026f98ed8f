//! Errors of workflows.

use crate::port::WorkflowError;

/// The error for a workflow that was certainly not started.
pub fn not_started(
    workflow: &str,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> WorkflowError {
    WorkflowError::NotStarted {
        workflow: workflow.to_owned(),
        source: error.into(),
    }
}
