//! Finding, reading and moving a branch.

use std::sync::Arc;

use async_trait::async_trait;

use super::{RepositoryError, Snapshot};
use crate::domain::{CommitId, FileMode, ObjectId, RepoPath};
use crate::plan::Notice;

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
    /// Whether it is the one that is meant where nobody names one.
    pub is_default: bool,
    /// What the user should know, e.g. that another branch is checked out.
    pub notices: Vec<Notice>,
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
    /// The branch points at the commit now.
    Done {
        /// What the user should know, e.g. that the local branch could not follow.
        notices: Vec<Notice>,
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
    /// How much of the branch's history is known.
    pub depth: HistoryDepth,
}

/// How much of a branch's history is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HistoryDepth {
    /// All commits that the base lacks.
    Whole,
    /// Only its last commit, in a shallow clone: the base's history is not complete there.
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
    /// The files that differ from its first parent's.
    pub changes: Vec<ProposedFile>,
}

/// A file that a [`ProposedCommit`] changes: its mode and blob on either side.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProposedFile {
    /// Where; `None` for a path that the program could not have written.
    pub path: Option<RepoPath>,
    /// In its first parent; `None` where there is no such file.
    pub before: Option<(FileMode, ObjectId)>,
    /// In the commit; `None` where it deletes the file.
    pub after: Option<(FileMode, ObjectId)>,
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

    /// Lets the local branch follow the remote's where an earlier run was stopped between its push and
    /// that; returns what the user should know.
    ///
    /// # Errors
    /// Only when nothing could be looked at; a branch that could not follow is a notice.
    async fn catch_up(&self, branch: &Branch) -> Result<Vec<Notice>, RepositoryError>;

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

    /// The short names of the branches on the remote of `base` (in this repository, where `base` is
    /// local) that begin with `prefix`, as they are now, in order.
    ///
    /// # Errors
    /// Every [`RepositoryError`] may come from here.
    async fn branches_with_prefix(
        &self,
        base: &Branch,
        prefix: &str,
    ) -> Result<Vec<String>, RepositoryError>;

    /// The short names of all branches, local ones and those last seen on remotes, in order.
    ///
    /// # Errors
    /// When they cannot be listed.
    fn branches(&self) -> Result<Vec<String>, RepositoryError>;
}
