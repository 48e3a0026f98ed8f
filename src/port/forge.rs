//! Pull requests of a forge, such as GitHub.
//!
//! # Why
//!
//! A call can be cut off after it took effect. So every method that creates something first checks
//! whether it exists, on every attempt. Each can be repeated after any crash, with the same result.

use async_trait::async_trait;
use thiserror::Error;

pub use crate::domain::MergeMethod;

use crate::domain::CommitId;

/// The pull requests of one repository on a forge.
#[async_trait]
pub trait Forge: Send + Sync {
    /// The repository's usual name, e.g. `github.com/acme/shop`.
    fn name(&self) -> String;

    /// The address of the page with the history of a file up to a commit.
    fn history_page(&self, commit: CommitId, path: &str) -> String;

    /// Lists all pull requests from the branch `head` of this repository into `base`: the open one
    /// first, then the newest.
    ///
    /// # Errors
    /// Any [`ForgeError`]; the same applies to all other methods.
    async fn pull_requests(&self, head: &str, base: &str) -> Result<Vec<PullRequest>, ForgeError>;

    /// Opens a pull request, or returns the open one from `head` into `base` unchanged.
    ///
    /// # Errors
    /// [`ForgeError::Refused`] when the forge does not accept it.
    async fn open(&self, proposal: &Proposal) -> Result<PullRequest, ForgeError>;

    /// Sets title and body.
    ///
    /// # Errors
    /// As above.
    async fn rewrite(&self, number: u64, title: &str, body: &str) -> Result<(), ForgeError>;

    /// Closes a pull request without merging it; does nothing if it is closed already.
    ///
    /// # Errors
    /// As above.
    async fn close(&self, number: u64) -> Result<(), ForgeError>;

    /// Reopens a closed pull request; its branch must exist.
    ///
    /// # Errors
    /// [`ForgeError::Refused`] when the forge cannot.
    async fn reopen(&self, number: u64) -> Result<(), ForgeError>;

    /// Adds a comment, unless there is one with the line `mark`; `text` must contain that line.
    ///
    /// # Errors
    /// As above.
    async fn comment(&self, number: u64, mark: &str, text: &str) -> Result<(), ForgeError>;

    /// Adds labels, and creates those that the repository does not have.
    ///
    /// # Errors
    /// As above.
    async fn label(&self, number: u64, labels: &[String]) -> Result<(), ForgeError>;

    /// Requests reviews from people and teams (by their short names).
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

    /// Enables auto-merge: the forge merges as soon as its own rules allow it. If they already do,
    /// this neither enables it nor merges: no check or person would have approved the promotion.
    ///
    /// # Errors
    /// [`ForgeError::Refused`] when the repository does not allow auto-merge, and the forge's rules
    /// block merging now.
    async fn merge_when_ready(
        &self,
        request: &PullRequest,
        method: MergeMethod,
    ) -> Result<AutoMerge, ForgeError>;
}

/// The result of enabling auto-merge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AutoMerge {
    /// The forge merges when its rules are met, or has merged already.
    On,
    /// No rule blocks merging now, so that is left to a person.
    NothingToWaitFor,
}

/// A pull request to be opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposal {
    /// The branch with the changes.
    pub head: String,
    /// The branch to merge them into.
    pub base: String,
    /// One line.
    pub title: String,
    /// Markdown.
    pub body: String,
    /// Whether it is a draft.
    pub is_draft: bool,
}

/// A pull request on the forge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PullRequest {
    /// Its number in the repository.
    pub number: u64,
    /// Its page.
    pub url: String,
    /// Open, closed or merged.
    pub state: PullRequestState,
    /// One line.
    pub title: String,
    /// Markdown; can be empty.
    pub body: String,
    /// The commit that it would merge, as far as the forge knows.
    pub head: CommitId,
    /// Its labels' names.
    pub labels: Vec<String>,
    /// People whose review is still requested.
    pub reviewers: Vec<String>,
    /// Teams whose review is still requested, by their short names.
    pub teams: Vec<String>,
    /// People that it is assigned to.
    pub assignees: Vec<String>,
    /// Whether auto-merge is enabled.
    pub merges_when_ready: bool,
    /// The forge's internal id, for calls that need it.
    pub id: String,
}

/// Whether a pull request is open, closed or merged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PullRequestState {
    /// Open.
    Open,
    /// Closed without merging.
    Closed,
    /// Merged.
    Merged,
}

/// Why a call to a forge failed.
#[derive(Debug, Error)]
pub enum ForgeError {
    /// There are no credentials, or the forge refused them.
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
    /// The token lacks a permission, or access to the repository.
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
    /// The forge refused the call; it would again.
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
    /// The address of its API is not usable; nothing was sent.
    #[error("the API address of {forge} cannot be used")]
    BadAddress {
        /// Which forge.
        forge: String,
        /// What is wrong with the address.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The forge gave no usable answer within the time limit.
    #[error("could not {doing}: {forge} did not answer")]
    Unreachable {
        /// Which forge.
        forge: String,
        /// What was being done.
        doing: String,
        /// The last failure.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// The longest body of a pull request that forges accept, in the units of [`body_size`].
pub const BODY_LIMIT: usize = 65_536;

/// The length of a text as the strictest forge counts it: in UTF-16 units, which are never fewer
/// than characters.
pub fn body_size(text: &str) -> usize {
    text.encode_utf16().count()
}
