//! Finding, reading and moving a branch.

use std::sync::Arc;

use async_trait::async_trait;
use thiserror::Error;

use super::Snapshot;
use crate::domain::{CommitId, FileMode, ObjectId, RepoPath};

/// Which branch the user means.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BranchChoice {
    /// `--branch`; otherwise the remote's default branch, or the current one without a remote.
    pub branch: Option<String>,
    /// Whether the truth is the remote's branch or the local one.
    pub publish: Publish,
}

/// Whether commits leave this repository.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Publish {
    /// Fetch first, push afterwards, when there is a remote.
    #[default]
    Push,
    /// Commit on the local branch only.
    Local,
    /// Only look: fetch where that is possible, else take the remote's branch as it was last seen.
    Look,
}

/// A branch as it was found, with the tip that a plan is bound to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Branch {
    /// Its short name, e.g. `main`.
    pub name: String,
    /// The remote whose branch this is; `None` for a local branch.
    pub remote: Option<String>,
    /// The commit it pointed at.
    pub tip: CommitId,
    /// What the user should know, e.g. that another branch is checked out.
    pub notes: Vec<String>,
}

/// One file of a commit to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TreeChange {
    /// Where.
    pub path: RepoPath,
    /// The new content and mode; `None` deletes the file.
    pub content: Option<(FileMode, Vec<u8>)>,
}

/// A commit to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommitRequest {
    /// The only parent.
    pub parent: CommitId,
    /// What differs from the parent's tree.
    pub changes: Vec<TreeChange>,
    /// The whole message with its trailers.
    pub message: String,
}

/// What became of moving a branch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Advance {
    /// The branch points at the commit now; notes tell what stayed behind (e.g. a dirty checkout).
    Done {
        /// What the user should know.
        notes: Vec<String>,
    },
    /// Somebody else moved the branch first: plan anew.
    Overtaken,
}

/// A branch on the same remote as another one, with what was committed on it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProposedBranch {
    /// Where it points.
    pub tip: CommitId,
    /// The commits that the base lacks, newest first.
    pub commits: Vec<ProposedCommit>,
    /// How much of the branch is known.
    pub sight: Sight,
}

/// How much of a branch's history is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sight {
    /// All of it.
    Whole,
    /// Its last commit, in a shallow clone: where the base's history begins is not known there.
    LastCommit,
}

/// A commit of a [`ProposedBranch`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProposedCommit {
    /// The commit.
    pub id: CommitId,
    /// Its parents.
    pub parents: Vec<CommitId>,
    /// Its whole message.
    pub message: String,
    /// The files that differ from its first parent's, with their blobs before and after.
    pub changes: Vec<(RepoPath, Option<ObjectId>, Option<ObjectId>)>,
}

/// Where a branch must be for it to be moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expected {
    /// There is no such branch.
    Absent,
    /// It points there.
    At(CommitId),
}

/// A Git repository with its remote.
#[async_trait]
pub trait Repository: Send + Sync {
    /// The repository's own name: its folder's, or the remote URL's last part, without `.git`.
    fn name(&self) -> String;

    /// Finds the branch that is meant; with a remote fetches it first, unless [`Publish::Local`].
    ///
    /// # Errors
    /// Every [`RepositoryError`] may come from here.
    async fn branch(&self, choice: &BranchChoice) -> Result<Branch, RepositoryError>;

    /// The commit that a revision names, e.g. `HEAD~2`, a tag or an id.
    ///
    /// # Errors
    /// [`RepositoryError::UnknownRevision`] when there is none or it is no commit.
    fn revision(&self, revision: &str) -> Result<CommitId, RepositoryError>;

    /// Opens a commit for reading.
    ///
    /// # Errors
    /// When the commit or its tree is missing.
    fn snapshot(&self, commit: CommitId) -> Result<Arc<dyn Snapshot>, RepositoryError>;

    /// Writes blobs, trees and a commit; no branch moves.
    ///
    /// # Errors
    /// A missing identity, a read-only repository, a full disk.
    async fn write_commit(&self, request: CommitRequest) -> Result<CommitId, RepositoryError>;

    /// Moves the branch from its tip to `commit`: pushes when it has a remote, and moves the local
    /// branch with the checked-out files when they are clean.
    ///
    /// # Errors
    /// When the server or the working tree refuses; nothing has moved then.
    async fn advance(&self, branch: &Branch, commit: CommitId) -> Result<Advance, RepositoryError>;

    /// The branch `name` on the remote of `base` (in this repository, where `base` is local), as it
    /// is now; `None` when there is none.
    ///
    /// # Errors
    /// Every [`RepositoryError`] may come from here.
    async fn proposed(
        &self,
        base: &Branch,
        name: &str,
    ) -> Result<Option<ProposedBranch>, RepositoryError>;

    /// Makes the branch `name` beside `base` point at `commit`, or deletes it, unless it is not where
    /// it is expected. What was there before need not be part of `commit`: only for branches that
    /// are the program's own.
    ///
    /// # Errors
    /// When the server refuses; nothing has moved then.
    async fn replace(
        &self,
        base: &Branch,
        name: &str,
        expected: Expected,
        commit: Option<CommitId>,
    ) -> Result<Advance, RepositoryError>;

    /// The short names of all branches, local ones and those last seen on remotes, in order.
    ///
    /// # Errors
    /// When they cannot be listed.
    fn branches(&self) -> Result<Vec<String>, RepositoryError>;
}

/// Why the repository could not be read or moved.
#[derive(Debug, Error)]
pub enum RepositoryError {
    /// No repository there.
    #[error("`{path}` is not in a Git repository")]
    NotARepository {
        /// Where it was looked for.
        path: String,
    },
    /// The repository needs what this program's Git library lacks.
    #[error("the repository `{path}` uses {feature}, which is not supported")]
    Unsupported {
        /// Which repository.
        path: String,
        /// `reftable`, `sha256 object ids`, `a partial clone`.
        feature: String,
    },
    /// The repository's folder belongs to another user, and nothing says that it is trusted.
    #[error("`{path}` belongs to another user, and `safe.directory` does not name it")]
    NotTrusted {
        /// The folder.
        path: String,
    },
    /// There are remotes, but nothing says which one is meant.
    #[error(
        "no remote is meant: the current branch has no upstream, and no remote is called `origin`"
    )]
    UnknownRemote {
        /// The remotes that are there.
        known: Vec<String>,
    },
    /// The branch has no commit.
    #[error("branch `{branch}` has no commits")]
    Unborn {
        /// The branch.
        branch: String,
    },
    /// No such branch.
    #[error("there is no branch `{branch}`{}", .remote.as_ref().map(|r| format!(" on remote `{r}`")).unwrap_or_default())]
    UnknownBranch {
        /// What was asked for.
        branch: String,
        /// Where.
        remote: Option<String>,
        /// The branches that are there.
        known: Vec<String>,
    },
    /// HEAD is detached and nothing says which branch is meant.
    #[error("HEAD is detached at `{commit}`, so no branch is meant")]
    DetachedHead {
        /// Where HEAD is.
        commit: String,
    },
    /// Another branch than the remote's default is checked out.
    #[error("`{current}` is checked out, but the default branch of `{remote}` is `{default}`")]
    OtherBranch {
        /// The checked-out branch.
        current: String,
        /// The remote.
        remote: String,
        /// The remote's default branch.
        default: String,
    },
    /// The local branch lacks commits of the remote's.
    #[error("local branch `{branch}` is behind `{remote}/{branch}`")]
    BehindRemote {
        /// The branch.
        branch: String,
        /// The remote.
        remote: String,
    },
    /// No commit by that name.
    #[error("`{revision}` names no commit")]
    UnknownRevision {
        /// What was asked for.
        revision: String,
    },
    /// An object is not in the repository.
    #[error("object `{id}` is missing{}", if *.shallow { " from this shallow clone" } else { "" })]
    MissingObject {
        /// Which.
        id: String,
        /// Whether the clone is shallow.
        shallow: bool,
    },
    /// A changed file's path runs through a file, or ends at a directory.
    #[error("`{path}` cannot be a file and a directory at once")]
    Collision {
        /// The path.
        path: String,
    },
    /// Files that the promotion changes have local changes.
    #[error("files of the checked-out branch `{branch}` have local changes: {}", .paths.join(", "))]
    Dirty {
        /// The branch.
        branch: String,
        /// The files.
        paths: Vec<String>,
    },
    /// Git has no name or address for the author.
    #[error("Git does not know who commits: `user.name` or `user.email` is not set")]
    MissingIdentity,
    /// Commits are to be signed, and this one could not be.
    #[error("`{program}` did not sign the commit: {message}")]
    NotSigned {
        /// The program that signs.
        program: String,
        /// What it said.
        message: String,
    },
    /// Writing was not allowed.
    #[error("cannot write to `{path}`")]
    ReadOnly {
        /// Where.
        path: String,
        /// What the system said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The disk is full.
    #[error("no space left while writing to `{path}`")]
    DiskFull {
        /// Where.
        path: String,
        /// What the system said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The remote's URL is of a kind that is not supported.
    #[error("remote `{remote}` has a `{scheme}` URL, which is not supported")]
    UnsupportedRemote {
        /// The remote.
        remote: String,
        /// The scheme.
        scheme: String,
    },
    /// The remote refused the push.
    #[error("remote `{remote}` refused `{branch}`: {message}")]
    Refused {
        /// The remote.
        remote: String,
        /// The branch.
        branch: String,
        /// The server's own words.
        message: String,
    },
    /// The remote did not accept any credentials.
    #[error("remote `{remote}` did not accept the credentials{}", list_of(.tried))]
    Credentials {
        /// The remote.
        remote: String,
        /// Where its credentials were looked for, in order; never the secret.
        tried: Vec<String>,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server is not the one that it should be.
    #[error("remote `{remote}` could not prove who it is")]
    UntrustedServer {
        /// The remote.
        remote: String,
        /// What was checked against what, and what to do about it.
        hint: String,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The remote answered, and does not serve this repository to whoever asked.
    #[error("remote `{remote}` has no such repository, or does not show it")]
    Denied {
        /// The remote.
        remote: String,
        /// What it said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The remote could not be reached.
    #[error("remote `{remote}` could not be reached")]
    Unreachable {
        /// The remote.
        remote: String,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Something else that Git reported.
    #[error("{doing}")]
    Git {
        /// What was being done, e.g. "could not read tree `1234`".
        doing: String,
        /// What Git said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// What was tried, for a message.
fn list_of(ways: &[String]) -> String {
    match ways {
        [] => " (there were none to try)".to_owned(),
        ways => format!("; tried {}", ways.join(", ")),
    }
}
