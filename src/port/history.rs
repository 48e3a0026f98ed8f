//! Reads the history of files and promotions.

use std::ops::ControlFlow;

use super::{ChangedFile, RepositoryError};
use crate::domain::{CommitId, FileMode, ObjectId, RepoPath};

/// A commit of a history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PastCommit {
    /// The commit.
    pub id: CommitId,
    /// Its first parent; `None` for the first commit of a history.
    pub parent: Option<CommitId>,
    /// The other parents of a merge.
    pub merged: Vec<CommitId>,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// The author's name.
    pub author: String,
    /// The author's e-mail address.
    pub email: String,
    /// Its message.
    pub message: String,
    /// The files that differ from its first parent's; in a walk only the requested ones.
    pub changes: Vec<ChangedFile>,
}

/// A file that a commit renames.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rename {
    /// The path in the first parent.
    pub old: RepoPath,
    /// The path in the commit.
    pub new: RepoPath,
    /// The mode and blob in the first parent.
    pub before: (FileMode, ObjectId),
}

/// Where to walk.
#[derive(Clone, Copy, Debug)]
pub struct Walk<'a> {
    /// The newest commit.
    pub from: CommitId,
    /// The files; commits that change none of them are passed over.
    pub paths: &'a [RepoPath],
    /// How many commits to visit at most.
    pub limit: usize,
    /// Commits that this one has in its history are passed over.
    pub except: Option<CommitId>,
}

/// Which commits to find by their messages.
#[derive(Clone, Copy, Debug)]
pub struct MessageSearch<'a> {
    /// The newest commit.
    pub from: CommitId,
    /// A line of the message begins with one of these: letters, digits, dashes, colons and spaces.
    pub line_starts: &'a [&'a str],
}

/// A commit that was found by its message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoundCommit {
    /// The commit.
    pub id: CommitId,
    /// Its parents.
    pub parents: Vec<CommitId>,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// The author's name.
    pub author: String,
    /// Its message.
    pub message: String,
}

/// The history of a repository.
pub trait History: Send + Sync {
    /// Visits the commits of a walk along first parents, newest first, until `visit` breaks.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn walk(
        &self,
        walk: &Walk<'_>,
        visit: &mut dyn FnMut(PastCommit) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError>;

    /// Lists the commits that `from` reaches and `except` does not: those of its own line, newest first,
    /// then what was merged into it, without merges. Each has all files that it changes. Of very many
    /// commits, the newest are listed.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn since(
        &self,
        from: CommitId,
        except: Option<CommitId>,
    ) -> Result<Vec<PastCommit>, RepositoryError>;

    /// Reads a commit with all files that it changes, compared with its first parent.
    ///
    /// # Errors
    /// When the commit or its parent cannot be read.
    fn commit(&self, id: CommitId) -> Result<PastCommit, RepositoryError>;

    /// Whether `older` is `newer` or in its history.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn is_ancestor(&self, older: CommitId, newer: CommitId) -> Result<bool, RepositoryError>;

    /// Whether older commits are missing, so that the oldest ones seem to create all files.
    fn is_shallow(&self) -> bool;

    /// The files that a commit renames, compared with its first parent.
    ///
    /// # Errors
    /// When the commit cannot be read.
    fn renames(&self, commit: &PastCommit) -> Result<Vec<Rename>, RepositoryError>;

    /// The commits that a merge brought, newest first: those that its other parents have in their
    /// histories and its first parent has not. Empty if there are too many.
    ///
    /// # Errors
    /// When a commit cannot be read.
    fn merged(&self, merge: &PastCommit) -> Result<Vec<FoundCommit>, RepositoryError>;

    /// Lists the commits that `from` reaches, each with its parents and after all of its children, back
    /// to `oldest`; commits before that are missing.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn ancestry(
        &self,
        from: CommitId,
        oldest: CommitId,
    ) -> Result<Vec<(CommitId, Vec<CommitId>)>, RepositoryError>;

    /// Visits the commits that a search finds, along all parents, until `visit` breaks. A commit is
    /// visited after at least one of its children, and otherwise newest first.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn search(
        &self,
        search: &MessageSearch<'_>,
        visit: &mut dyn FnMut(FoundCommit) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError>;
}
