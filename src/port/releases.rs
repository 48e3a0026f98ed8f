//! Reads and writes the records of releases.
//!
//! # Why
//!
//! There is no database: a product's releases are a chain of commits at one reference, one commit for
//! each transition. A transition is appended to an expected tip, so of several workers only one gets to
//! make it; the others fetch and look again.

use async_trait::async_trait;
use thiserror::Error;

use super::RepositoryError;
use crate::domain::{CommitId, ObjectId};

/// The records of the releases of all products.
#[async_trait]
pub trait Releases: Send + Sync {
    /// Fetches the chains of all products at once; without a remote, reads the local ones.
    ///
    /// # Errors
    /// [`ReleasesError::Replaced`] when a chain does not contain what was seen of it before.
    async fn fetch(&self) -> Result<Vec<Chain>, ReleasesError>;

    /// The chains as they were last fetched, without the network.
    ///
    /// # Errors
    /// When the references cannot be read.
    fn last_seen(&self) -> Result<Vec<Chain>, ReleasesError>;

    /// Lists the files at the tip of a chain, in order.
    ///
    /// # Errors
    /// When an object is missing or damaged.
    fn files(&self, tip: CommitId) -> Result<Vec<RecordFile>, ReleasesError>;

    /// Reads a file that [`Releases::files`] listed.
    ///
    /// # Errors
    /// When the object is missing or damaged.
    fn read(&self, blob: ObjectId) -> Result<Vec<u8>, ReleasesError>;

    /// Lists the transitions of a chain, newest first, back to one that `is_last` accepts.
    ///
    /// # Errors
    /// When an object is missing or damaged.
    fn transitions(
        &self,
        tip: CommitId,
        is_last: &dyn Fn(&Transition) -> bool,
    ) -> Result<Vec<Transition>, ReleasesError>;

    /// The fingerprints of the key that signed a transition, and of its primary key; none without a valid
    /// signature.
    ///
    /// # Errors
    /// When Git cannot check it.
    fn signers(&self, transition: CommitId) -> Result<Vec<String>, ReleasesError>;

    /// Whether Git signs the transitions that are appended.
    fn are_signed(&self) -> bool;

    /// The fingerprint of the key that Git signs with; `None` if its settings do not have it.
    fn own_key(&self) -> Option<String>;

    /// Appends a transition to the expected tip of a chain, and publishes it. Returns the new tip, or
    /// `None` if another worker moved the chain first. No two workers get the same transition, even if
    /// they append the same files with the same message.
    ///
    /// # Errors
    /// [`ReleasesError::ReferenceRefused`] when the server does not take the reference,
    /// [`ReleasesError::Replaced`] when the chain was moved to something that lacks the expected tip.
    async fn append(&self, transition: NewTransition) -> Result<Option<CommitId>, ReleasesError>;
}

/// The chain of a product's transitions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chain {
    /// The product.
    pub product: String,
    /// The newest transition.
    pub tip: CommitId,
}

/// A file of the records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordFile {
    /// Its path, such as `2026/11/loans-42.json`.
    pub path: String,
    /// Its content; equal contents have equal ids.
    pub blob: ObjectId,
}

/// A transition of a chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transition {
    /// Its commit.
    pub commit: CommitId,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// The committer, as `Name <address>`: what Git was configured with, not a proven identity.
    pub committer: String,
    /// The message with its trailers.
    pub message: String,
}

/// A transition to append.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewTransition {
    /// The product.
    pub product: String,
    /// The expected tip; `None` starts the chain.
    pub parent: Option<CommitId>,
    /// New contents of files, by path.
    pub files: Vec<(String, Vec<u8>)>,
    /// The message. If it has trailers, they are its last paragraph.
    pub message: String,
}

/// Why records could not be read or written.
#[derive(Debug, Error)]
pub enum ReleasesError {
    /// The chain lacks transitions that it had before.
    #[error("`{reference}` was {}", .found.map_or_else(
        || format!("deleted; it was at `{known}`"),
        |found| format!("replaced: it is at `{found}`, which does not contain `{known}`"),
    ))]
    Replaced {
        /// The chain's reference.
        reference: String,
        /// The reference of its copy here.
        copy: String,
        /// The tip that was seen before.
        known: CommitId,
        /// The tip that is there now; `None` if the reference was deleted.
        found: Option<CommitId>,
    },
    /// The server does not take references outside of branches, or not this one.
    #[error("remote `{remote}` refused `{reference}`: {message}")]
    ReferenceRefused {
        /// The remote.
        remote: String,
        /// The chain's reference.
        reference: String,
        /// The server's message.
        message: String,
    },
    /// The prefix of the references cannot be used.
    #[error("`{prefix}` cannot be the prefix of references")]
    BadPrefix {
        /// The prefix.
        prefix: String,
    },
    /// The repository could not be read or moved.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl ReleasesError {
    /// The prefix of the references if nothing sets it.
    pub const DEFAULT_PREFIX: &str = "refs/promote/releases";

    /// The setting for servers that only take branches.
    pub const BRANCH_SETTING: &str = "releases: {prefix: refs/heads/promote/releases}";
}
