//! Runs of a CI system.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::ForgeError;

/// The CI workflows of one repository.
#[async_trait]
pub trait CiWorkflows: Send + Sync {
    /// Starts a workflow on a branch or tag, or on the default branch. It is sent once: after
    /// [`ForgeError::Unreachable`] the workflow may have started.
    ///
    /// # Errors
    /// Any [`ForgeError`].
    async fn start(
        &self,
        workflow: &str,
        reference: Option<&str>,
        inputs: &BTreeMap<String, String>,
    ) -> Result<(), ForgeError>;

    /// Finds the run of a workflow whose name contains `key`. It may appear some seconds after it was
    /// started.
    ///
    /// # Errors
    /// As above.
    async fn find(&self, workflow: &str, key: &str) -> Result<Option<CiRun>, ForgeError>;
}

/// A run of a CI workflow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CiRun {
    /// Its page.
    pub url: String,
    /// How it ended; `None` while it runs.
    pub end: Option<CiRunEnd>,
}

/// How a run ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CiRunEnd {
    /// The conclusion in the forge's words; `None` for a success.
    pub failure: Option<String>,
    /// The jobs that did not succeed, with their conclusions.
    pub failed_jobs: Vec<(String, String)>,
}
