//! A repository whose calls that reach outside can fail, before or after their effect.

use std::sync::Arc;

use async_trait::async_trait;
use git_promote::adapter::git::GitRepository;
use git_promote::domain::{CommitId, RepositoryUrl};
use git_promote::plan::Notice;
use git_promote::port::{
    Advance, Branch, BranchChoice, CommitRequest, Expected, ProposedBranch, Repository,
    RepositoryError, Snapshot,
};

use crate::forge::Fate;

/// A real repository whose calls can be made to fail.
pub struct Flaky {
    /// The repository.
    pub git: GitRepository,
    /// What fails.
    pub fate: Arc<Fate>,
}

impl Flaky {
    async fn call<T>(
        &self,
        effect: impl Future<Output = Result<T, RepositoryError>> + Send,
    ) -> Result<T, RepositoryError> {
        let cut = || RepositoryError::Unreachable {
            remote: "origin".to_owned(),
            source: "the connection was cut".into(),
        };
        let (before, after) = self.fate.next();
        if before {
            return Err(cut());
        }
        let done = effect.await?;
        if after { Err(cut()) } else { Ok(done) }
    }
}

#[async_trait]
impl Repository for Flaky {
    async fn branch(&self, choice: &BranchChoice) -> Result<Branch, RepositoryError> {
        self.call(self.git.branch(choice)).await
    }

    fn revision(
        &self,
        revision: &str,
        repository: Option<&RepositoryUrl>,
    ) -> Result<CommitId, RepositoryError> {
        self.git.revision(revision, repository)
    }

    fn is_this(&self, repository: &RepositoryUrl) -> Result<bool, RepositoryError> {
        self.git.is_this(repository)
    }

    fn uncommitted(&self, paths: &[String]) -> Result<Vec<String>, RepositoryError> {
        self.git.uncommitted(paths)
    }

    fn snapshot(&self, commit: CommitId) -> Result<Arc<dyn Snapshot>, RepositoryError> {
        self.git.snapshot(commit)
    }

    async fn write_commit(&self, request: CommitRequest) -> Result<CommitId, RepositoryError> {
        self.call(self.git.write_commit(request)).await
    }

    async fn advance(&self, branch: &Branch, commit: CommitId) -> Result<Advance, RepositoryError> {
        self.call(self.git.advance(branch, commit)).await
    }

    async fn catch_up(&self, branch: &Branch) -> Result<Vec<Notice>, RepositoryError> {
        self.call(self.git.catch_up(branch)).await
    }

    async fn proposed(
        &self,
        base: &Branch,
        name: &str,
    ) -> Result<Option<ProposedBranch>, RepositoryError> {
        self.call(self.git.proposed(base, name)).await
    }

    async fn replace(
        &self,
        base: &Branch,
        name: &str,
        expected: Expected,
        commit: Option<CommitId>,
    ) -> Result<Advance, RepositoryError> {
        self.call(self.git.replace(base, name, expected, commit))
            .await
    }

    async fn branches_with_prefix(
        &self,
        base: &Branch,
        prefix: &str,
    ) -> Result<Vec<String>, RepositoryError> {
        self.call(self.git.branches_with_prefix(base, prefix)).await
    }

    fn identity(&self) -> Result<String, RepositoryError> {
        self.git.identity()
    }

    fn branches(&self) -> Result<Vec<String>, RepositoryError> {
        self.git.branches()
    }
}
