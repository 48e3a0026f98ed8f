//! Pull requests of a forge, such as GitHub.
//!
//! # Why
//!
//! A call may be cut after it had its effect. So every method that makes
//! something looks first whether it is there already, also when it tries
//! again, and may be called again after any crash: it ends in the same state.

use async_trait::async_trait;
use thiserror::Error;

pub use crate::domain::MergeMethod;

use crate::domain::CommitId;

/// The pull requests of one repository on a forge.
#[async_trait]
pub trait Forge: Send + Sync {
    /// The repository as people call it, e.g. `github.com/acme/shop`.
    fn name(&self) -> String;

    /// All pull requests from the branch `head` of this repository into `base`: the open one first,
    /// then the newest.
    ///
    /// # Errors
    /// Every [`ForgeError`] may come from here, and from all other methods.
    async fn pull_requests(&self, head: &str, base: &str) -> Result<Vec<PullRequest>, ForgeError>;

    /// Opens a pull request, or gives the open one from `head` into `base` as it is.
    ///
    /// # Errors
    /// [`ForgeError::Refused`] when the forge does not take it.
    async fn open(&self, proposal: &Proposal) -> Result<PullRequest, ForgeError>;

    /// Sets title and body.
    ///
    /// # Errors
    /// As above.
    async fn rewrite(&self, number: u64, title: &str, body: &str) -> Result<(), ForgeError>;

    /// Closes without merging; one that is closed already stays so.
    ///
    /// # Errors
    /// As above.
    async fn close(&self, number: u64) -> Result<(), ForgeError>;

    /// Opens a closed pull request again; its branch must be there.
    ///
    /// # Errors
    /// [`ForgeError::Refused`] when the forge cannot.
    async fn reopen(&self, number: u64) -> Result<(), ForgeError>;

    /// Writes a comment, unless one that holds the line `mark` is there. `text` holds it.
    ///
    /// # Errors
    /// As above.
    async fn comment(&self, number: u64, mark: &str, text: &str) -> Result<(), ForgeError>;

    /// Adds labels, and makes those that the repository does not have.
    ///
    /// # Errors
    /// As above.
    async fn label(&self, number: u64, labels: &[String]) -> Result<(), ForgeError>;

    /// Asks people and teams (by their short names) for a review.
    ///
    /// # Errors
    /// [`ForgeError::Refused`] when one of them cannot review here.
    async fn request_reviews(
        &self,
        number: u64,
        reviewers: &[String],
        teams: &[String],
    ) -> Result<(), ForgeError>;

    /// Assigns people.
    ///
    /// # Errors
    /// As above.
    async fn assign(&self, number: u64, assignees: &[String]) -> Result<(), ForgeError>;

    /// Lets the forge merge by itself as soon as its own rules allow it. What they allow already is
    /// not merged: then nothing would have stood between the run and the merge.
    ///
    /// # Errors
    /// [`ForgeError::Refused`] when the repository does not allow it, and something stands against
    /// merging it now.
    async fn merge_when_ready(
        &self,
        request: &PullRequest,
        method: MergeMethod,
    ) -> Result<AutoMerge, ForgeError>;
}

/// What the forge does with a pull request that it is asked to merge by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AutoMerge {
    /// It merges it when its rules are fulfilled, or has done so.
    On,
    /// No rule stands against merging it now, and people decide.
    NothingToWaitFor,
}

/// A pull request to be opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposal {
    /// The branch with the changes.
    pub head: String,
    /// The branch that they are for.
    pub base: String,
    /// One line.
    pub title: String,
    /// Markdown.
    pub body: String,
    /// Whether it is not ready for review yet.
    pub is_draft: bool,
}

/// A pull request as the forge has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PullRequest {
    /// Its number in the repository.
    pub number: u64,
    /// Where people see it.
    pub url: String,
    /// Open, closed or merged.
    pub state: PullRequestState,
    /// One line.
    pub title: String,
    /// Markdown; empty where there is none.
    pub body: String,
    /// The commit that it would merge, as the forge last saw it.
    pub head: CommitId,
    /// Its labels' names.
    pub labels: Vec<String>,
    /// People that are still asked for a review.
    pub reviewers: Vec<String>,
    /// Teams that are still asked for a review, by their short names.
    pub teams: Vec<String>,
    /// People that it is assigned to.
    pub assignees: Vec<String>,
    /// Whether the forge will merge it by itself.
    pub merges_when_ready: bool,
    /// The forge's own id of it, for calls that want one.
    pub id: String,
}

/// What became of a pull request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PullRequestState {
    /// Waiting.
    Open,
    /// Closed without merging.
    Closed,
    /// Merged.
    Merged,
}

/// Why a forge did not do what it was asked for.
#[derive(Debug, Error)]
pub enum ForgeError {
    /// Nothing to log in with, or what there was is refused.
    #[error("{forge} did not accept the credentials")]
    Credentials {
        /// Which forge.
        forge: String,
        /// What was tried, e.g. "the token in `GITHUB_TOKEN`"; never the secret.
        tried: Vec<String>,
        /// What the forge said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The token may not do this, or sees no such repository.
    #[error("{forge} does not allow the token to {doing}")]
    Forbidden {
        /// Which forge.
        forge: String,
        /// What was being done, e.g. "open a pull request".
        doing: String,
        /// The permission that is needed, as the forge calls it, e.g. `pull_requests: write`.
        permission: String,
        /// What the forge said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The forge refused for good.
    #[error("{forge} refused to {doing}")]
    Refused {
        /// Which forge.
        forge: String,
        /// What was being done.
        doing: String,
        /// What the forge said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The address of its API cannot be used; nothing was sent.
    #[error("the API address of {forge} cannot be used")]
    BadAddress {
        /// Which forge.
        forge: String,
        /// What is wrong with the address.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It did not answer, or not usefully, until the time was over.
    #[error("{forge} could not be reached to {doing}")]
    Unreachable {
        /// Which forge.
        forge: String,
        /// What was being done.
        doing: String,
        /// What went wrong last.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// The longest body of a pull request that forges take, in the units of [`body_size`].
pub const BODY_LIMIT: usize = 65_536;

/// The length of a text as the strictest forge counts it: in UTF-16 units, which are never fewer
/// than characters.
pub fn body_size(text: &str) -> usize {
    text.encode_utf16().count()
}
