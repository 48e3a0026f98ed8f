//! Why a release could not be read or moved forward.

use thiserror::Error;

use crate::engine::error::EngineError;
use crate::port::{ReleasesError, RepositoryError, WorkflowError};
use crate::release::{RecordError, Refusal};

/// Why a release could not be read or moved forward; what is recorded stays, and another run goes on
/// from there.
#[derive(Debug, Error)]
pub enum ReleaseError {
    /// A promotion, its configuration or the forge.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The records could not be fetched or appended to.
    #[error("the records of releases could not be used")]
    Records(#[from] ReleasesError),
    /// A record could not be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The release is not in a state for this.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A workflow could not be followed.
    #[error(transparent)]
    Workflow(#[from] WorkflowError),
    /// There is no such release.
    #[error("there is no release `{id}`")]
    Unknown {
        /// The id that was given.
        id: String,
        /// Releases that have not ended, and the newest of each product, the newest first.
        known: Vec<String>,
    },
    /// A policy requires another workflow.
    #[error("a policy requires `{setting}: {required}`, not `{asked}`")]
    WorkflowRequired {
        /// `preAction` or `postAction`.
        setting: &'static str,
        /// The workflow of the policy.
        required: String,
        /// The workflow that was chosen.
        asked: String,
    },
    /// The source environment does not have to pass this gate.
    #[error("`{environment}` has no gate `{gate}` to skip")]
    NotAGateOf {
        /// The source environment.
        environment: String,
        /// The gate that was named.
        gate: String,
        /// The gates that it must pass.
        known: Vec<String>,
    },
    /// A policy has gates or workflows for the product of an application that is promoted by itself.
    #[error(
        "the promotion to {environment} has gates or workflows, which only that of the product waits for"
    )]
    NeedsProduct {
        /// The target.
        environment: String,
    },
    /// Others appended to the chain during every attempt.
    #[error("others recorded transitions of product `{product}` too often")]
    Overtaken {
        /// The product.
        product: String,
    },
}

impl ReleaseError {
    /// Whether a signal ended a workflow, and will end this program.
    pub(super) fn is_interruption(&self) -> bool {
        matches!(self, Self::Workflow(WorkflowError::Interrupted { .. }))
    }
}

impl From<RepositoryError> for ReleaseError {
    fn from(error: RepositoryError) -> Self {
        Self::Engine(error.into())
    }
}
