//! Finds, reads and moves branches.

use std::sync::Arc;

use async_trait::async_trait;

use super::{RepositoryError, Snapshot};
use crate::domain::{CommitId, FileMode, ObjectId, RepoPath, RepositoryUrl};
use crate::plan::Notice;

/// The user's choice of a branch.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BranchChoice {
    /// Another repository, whose default branch is meant if there is no `branch`.
    pub repository: Option<RepositoryUrl>,
    /// `--branch`; otherwise the remote's default branch, or the current one without a remote.
    pub branch: Option<String>,
    /// Whether to use the remote's branch or the local one.
    pub publish: Publish,
}

/// Whether commits are pushed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Publish {
    /// Fetch first and push afterwards, if there is a remote.
    #[default]
    Push,
    /// Commit on the local branch only.
    Local,
    /// Only read: fetch if possible, else use the remote's branch as it was last fetched.
    Look,
}

/// A branch, with the tip that a plan is bound to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Branch {
    /// Its short name, e.g. `main`.
    pub name: String,
    /// The repository, if it is another one than this.
    pub repository: Option<RepositoryUrl>,
    /// The remote whose branch this is, or the URL of another repository; `None` for a local branch.
    pub remote: Option<String>,
    /// The URL of its repository, without user and password; `None` without a remote.
    pub url: Option<String>,
    /// The commit it pointed at.
    pub tip: CommitId,
    /// Whether this is the default branch.
    pub is_default: bool,
    /// What the user should know, e.g. that another branch is checked out.
    pub notices: Vec<Notice>,
}

impl Branch {
    /// Its name, and the repository that it is in.
    pub fn place(&self) -> BranchPlace {
        BranchPlace {
            repository: self.repository.clone(),
            name: self.name.clone(),
        }
    }
}

/// The name of a branch, and the repository that it is in.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct BranchPlace {
    /// The repository, if it is another one than this.
    pub repository: Option<RepositoryUrl>,
    /// The short name.
    pub name: String,
}

/// A change of one file, for a commit to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TreeChange {
    /// The file.
    pub path: RepoPath,
    /// The new content and mode; `None` deletes the file.
    pub content: Option<(FileMode, Vec<u8>)>,
}

/// A commit to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommitRequest {
    /// The only parent.
    pub parent: CommitId,
    /// The changes to the parent's tree.
    pub changes: Vec<TreeChange>,
    /// The message with its trailers.
    pub message: String,
}

/// The result of moving a branch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Advance {
    /// The branch points at the commit now.
    Done {
        /// What the user should know, e.g. that the local branch could not follow.
        notices: Vec<Notice>,
    },
    /// Someone else moved the branch first: a new plan is needed.
    Overtaken,
}

/// A promotion's branch, with its commits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProposedBranch {
    /// The commit that it points at.
    pub tip: CommitId,
    /// The commits that are not in the base, newest first.
    pub commits: Vec<ProposedCommit>,
    /// How much of the branch's history is known.
    pub depth: HistoryDepth,
}

/// How much of a branch's history is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HistoryDepth {
    /// All commits that the base lacks.
    Whole,
    /// Only its last commits, in a shallow clone: from the tip to the first one that is no promotion, or
    /// that stands on the commit which its promotion was computed on. The base's history is not complete
    /// there.
    LastCommits,
}

/// A commit of a [`ProposedBranch`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProposedCommit {
    /// The commit.
    pub id: CommitId,
    /// Its parents.
    pub parents: Vec<CommitId>,
    /// Its message.
    pub message: String,
    /// The files that differ from its first parent's.
    pub changes: Vec<ChangedFile>,
}

/// A file that a commit changes, with its mode and blob before and after.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChangedFile {
    /// The file; `None` for a path that is not UTF-8, which git-promote never writes.
    pub path: Option<RepoPath>,
    /// In the first parent; `None` if the commit adds the file.
    pub before: Option<(FileMode, ObjectId)>,
    /// In the commit; `None` if it deletes the file.
    pub after: Option<(FileMode, ObjectId)>,
}

/// Where a branch must point before it is moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expected {
    /// There is no such branch.
    Absent,
    /// It points at this commit.
    At(CommitId),
}

/// A Git repository with its remote.
#[async_trait]
pub trait Repository: Send + Sync {
    /// Finds the chosen branch; fetches a remote's branch first, except with [`Publish::Local`].
    ///
    /// # Errors
    /// Any [`RepositoryError`].
    async fn branch(&self, choice: &BranchChoice) -> Result<Branch, RepositoryError>;

    /// Resolves a revision to its commit, e.g. `HEAD~2`, a tag or an id; in another repository only ids,
    /// and branches as last fetched.
    ///
    /// # Errors
    /// [`RepositoryError::UnknownRevision`] when it does not exist or is not a commit, and
    /// [`RepositoryError::RevisionOfAnother`] when the commit is only in other repositories.
    fn revision(
        &self,
        revision: &str,
        repository: Option<&RepositoryUrl>,
    ) -> Result<CommitId, RepositoryError>;

    /// Whether a repository that the configuration names is this one.
    ///
    /// # Errors
    /// When it cannot be found out which repository is named.
    fn is_this(&self, repository: &RepositoryUrl) -> Result<bool, RepositoryError>;

    /// Opens a commit for reading.
    ///
    /// # Errors
    /// When the commit or its tree is missing.
    fn snapshot(&self, commit: CommitId) -> Result<Arc<dyn Snapshot>, RepositoryError>;

    /// Writes a commit with its trees and blobs; moves no branch.
    ///
    /// # Errors
    /// When the identity is missing, the repository is read-only, or the disk is full.
    async fn write_commit(&self, request: CommitRequest) -> Result<CommitId, RepositoryError>;

    /// Moves the branch from its tip to `commit`: pushes if it has a remote, and moves the local branch
    /// and the checked-out files if they are clean.
    ///
    /// # Errors
    /// When the server or the working tree refuses; no branch has moved then.
    async fn advance(&self, branch: &Branch, commit: CommitId) -> Result<Advance, RepositoryError>;

    /// Lets the local branch follow the remote's where an earlier run was stopped between its push and
    /// that; returns what the user should know.
    ///
    /// # Errors
    /// Only when nothing could be looked at; a branch that could not follow is a notice.
    async fn catch_up(&self, branch: &Branch) -> Result<Vec<Notice>, RepositoryError>;

    /// Reads the branch `name` as it is now, on the remote of `base`, or in this repository if `base` is
    /// local; `None` if it does not exist.
    ///
    /// # Errors
    /// Any [`RepositoryError`].
    async fn proposed(
        &self,
        base: &Branch,
        name: &str,
    ) -> Result<Option<ProposedBranch>, RepositoryError>;

    /// Points the branch `name`, in the same place as `base`, at `commit`, or deletes it without one;
    /// only if the branch is where it is expected. This can drop commits, so it is only for branches
    /// that git-promote made.
    ///
    /// # Errors
    /// When the server refuses; no branch has moved then.
    async fn replace(
        &self,
        base: &Branch,
        name: &str,
        expected: Expected,
        commit: Option<CommitId>,
    ) -> Result<Advance, RepositoryError>;

    /// Lists the short names of the branches that begin with `prefix`, in order, as they are now, on the
    /// remote of `base`, or in this repository if `base` is local.
    ///
    /// # Errors
    /// Every [`RepositoryError`] may come from here.
    async fn branches_with_prefix(
        &self,
        base: &Branch,
        prefix: &str,
    ) -> Result<Vec<String>, RepositoryError>;

    /// Lists the files at or below `paths` that are new, changed or deleted since the checked-out commit;
    /// none in a bare repository.
    ///
    /// # Errors
    /// When the checked-out files cannot be read.
    fn uncommitted(&self, paths: &[String]) -> Result<Vec<String>, RepositoryError>;

    /// The name and address that Git writes commits with, as `Name <address>`.
    ///
    /// # Errors
    /// [`RepositoryError::MissingIdentity`] when there is none.
    fn identity(&self) -> Result<String, RepositoryError>;

    /// Lists the short names of all branches, in order: local ones, and remotes' as last fetched.
    ///
    /// # Errors
    /// When they cannot be listed.
    fn branches(&self) -> Result<Vec<String>, RepositoryError>;
}
