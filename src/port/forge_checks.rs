//! What a forge has about commits and people, for gates.

use async_trait::async_trait;

use super::ForgeError;
use crate::domain::CommitId;

/// The statuses and reviews of one repository on a forge.
#[async_trait]
pub trait ForgeChecks: Send + Sync {
    /// Lists the newest status of each name on a commit: statuses as well as checks.
    ///
    /// # Errors
    /// Any [`ForgeError`]; the same applies to all other methods.
    async fn statuses(&self, commit: CommitId) -> Result<Vec<CommitStatus>, ForgeError>;

    /// Whether the token of a CI job made a commit, or opened its pull request. Some forges start no CI
    /// for what such a token does.
    ///
    /// # Errors
    /// As above.
    async fn is_made_by_ci(
        &self,
        commit: CommitId,
        pull_request: Option<u64>,
    ) -> Result<bool, ForgeError>;

    /// The newest commit of a pull request.
    ///
    /// # Errors
    /// As above.
    async fn head(&self, pull_request: u64) -> Result<CommitId, ForgeError>;

    /// The users whose last review of a pull request approves its newest commit.
    ///
    /// # Errors
    /// As above.
    async fn approvers(&self, pull_request: u64) -> Result<Vec<String>, ForgeError>;

    /// The user that the token belongs to; `None` if it is the token of an app or of a CI job.
    ///
    /// # Errors
    /// As above.
    async fn user(&self) -> Result<Option<String>, ForgeError>;

    /// Whether a user may write to the repository.
    ///
    /// # Errors
    /// As above.
    async fn may_write(&self, user: &str) -> Result<bool, ForgeError>;

    /// Whether a user is in a team.
    ///
    /// # Errors
    /// As above.
    async fn is_member(
        &self,
        organization: &str,
        team: &str,
        user: &str,
    ) -> Result<bool, ForgeError>;
}

/// A status or check of a commit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommitStatus {
    /// Its name, such as `ci/test`.
    pub name: String,
    /// Its state.
    pub state: StatusState,
}

/// The state of a status or check.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StatusState {
    /// It has succeeded, or was skipped on purpose.
    Succeeded,
    /// It has not ended.
    Pending,
    /// It has ended in any other way.
    Failed,
}
