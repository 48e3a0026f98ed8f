//! Runs workflows: commands, requests and CI runs.
//!
//! # Why
//!
//! An attempt is recorded before it starts, with a key that is handed to it. If whoever started it
//! crashes, the next worker looks for it by its key, and learns whether it may be started again.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use thiserror::Error;

use super::{Snapshot, TreeChange};
use crate::domain::Workflow;

/// Whether a worker runs the commands that a repository configures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Commands {
    /// It runs them.
    #[default]
    Run,
    /// It leaves them to other workers, such as a CI job.
    LeaveToOthers,
}

/// Runs workflows of all kinds.
#[async_trait]
pub trait Workflows: Send + Sync {
    /// Whether workflows that are commands are run.
    fn commands(&self) -> Commands;

    /// Starts an attempt. A command or a request is waited for; a CI run is not: [`Workflows::find`] is
    /// how to follow it.
    ///
    /// # Errors
    /// [`WorkflowError::NotStarted`] when starting it again is safe, [`WorkflowError::Interrupted`] when a signal
    /// ended it, else [`WorkflowError::Unknown`].
    async fn start(&self, attempt: Attempt) -> Result<AttemptState, WorkflowError>;

    /// Finds an attempt that was started by any worker, by its key. `None`: there is none, or its kind
    /// leaves nothing that could be found.
    ///
    /// # Errors
    /// When the CI system cannot be reached.
    async fn find(
        &self,
        workflow: &Workflow,
        key: &str,
    ) -> Result<Option<AttemptState>, WorkflowError>;

    /// Ends this program as the signal would have that interrupted an attempt: its end is recorded now.
    fn end_interrupted(&self);
}

/// An attempt to run a workflow.
#[derive(Clone)]
pub struct Attempt {
    /// The workflow; its texts are still templates.
    pub workflow: Workflow,
    /// Its key, which no other attempt has: at most 100 letters, digits, `-`, `_` and `.`.
    pub key: String,
    /// The variables, by their names in capitals; templates have them in small letters.
    pub variables: BTreeMap<String, String>,
    /// The files of the commit that commands run in.
    pub files: Arc<dyn Snapshot>,
    /// What is changed in these files first.
    pub changes: Vec<TreeChange>,
}

impl Attempt {
    /// The variables for templates: with the key.
    pub fn template_variables(&self) -> BTreeMap<String, String> {
        let mut variables = self.variables.clone();
        variables.insert(ATTEMPT_VARIABLE.to_owned(), self.key.clone());
        variables
    }
}

/// The variable with the key of an attempt.
pub const ATTEMPT_VARIABLE: &str = "PROMOTE_ATTEMPT";

/// The variable with the path of the file for a command's outputs.
pub const OUTPUT_VARIABLE: &str = "PROMOTE_OUTPUT";

/// How far an attempt is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AttemptState {
    /// It has not ended.
    Running {
        /// Its page.
        url: Option<String>,
    },
    /// It has ended.
    Ended(AttemptResult),
}

/// How an attempt ended.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AttemptResult {
    /// Why it failed; `None` if it succeeded.
    pub failure: Option<String>,
    /// The values that it gives to later workflows; those that are no text are JSON.
    pub outputs: BTreeMap<String, String>,
    /// The end of its log, bounded and without secrets.
    pub log: String,
    /// Its page.
    pub url: Option<String>,
}

impl AttemptResult {
    /// Whether it succeeded.
    pub fn is_success(&self) -> bool {
        self.failure.is_none()
    }
}

/// Why an attempt could not be started or found.
#[derive(Debug, Error)]
pub enum WorkflowError {
    /// It was certainly not started.
    #[error("could not start workflow `{workflow}`")]
    NotStarted {
        /// The workflow.
        workflow: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A signal ended it, and will end this program.
    #[error("workflow `{workflow}` was interrupted")]
    Interrupted {
        /// The workflow.
        workflow: String,
    },
    /// It may have been started, and its end is not known.
    #[error("the end of workflow `{workflow}` is unknown")]
    Unknown {
        /// The workflow.
        workflow: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
