//! The port's methods, each handed to the file that does it.

use async_trait::async_trait;

use super::repository::GitHub;
use crate::adapter::forge::http::Operation;
use crate::domain::CommitId;
use crate::port::{AutoMerge, Forge, ForgeError, MergeMethod, Proposal, PullRequest};

const fn operation(name: &'static str, permission: &'static str) -> Operation {
    Operation { name, permission }
}

#[async_trait]
impl Forge for GitHub {
    fn name(&self) -> String {
        self.address.name()
    }

    fn history_page(&self, commit: CommitId, path: &str) -> String {
        self.address.history_page(&commit.to_string(), path)
    }

    async fn pull_requests(&self, head: &str, base: &str) -> Result<Vec<PullRequest>, ForgeError> {
        let operation = operation("list its pull requests", "pull_requests: read");
        self.retried(&operation, || self.list_pulls(head, base))
            .await
    }

    async fn open(&self, proposal: &Proposal) -> Result<PullRequest, ForgeError> {
        let operation = operation("open a pull request", "pull_requests: write");
        self.retried(&operation, || self.open_pull(proposal)).await
    }

    async fn rewrite(&self, number: u64, title: &str, body: &str) -> Result<(), ForgeError> {
        let operation = operation("rewrite a pull request", "pull_requests: write");
        self.retried(&operation, || self.set_text(number, title, body))
            .await
    }

    async fn close(&self, number: u64) -> Result<(), ForgeError> {
        let operation = operation("close a pull request", "pull_requests: write");
        self.retried(&operation, || self.set_state(number, "closed"))
            .await
    }

    async fn reopen(&self, number: u64) -> Result<(), ForgeError> {
        let operation = operation("reopen a pull request", "pull_requests: write");
        self.retried(&operation, || self.set_state(number, "open"))
            .await
    }

    async fn comment(&self, number: u64, mark: &str, text: &str) -> Result<(), ForgeError> {
        let operation = operation("comment on a pull request", "pull_requests: write");
        self.retried(&operation, || self.comment_once(number, mark, text))
            .await
    }

    async fn label(&self, number: u64, labels: &[String]) -> Result<(), ForgeError> {
        let operation = operation("label a pull request", "pull_requests: write");
        self.retried(&operation, || self.add_labels(number, labels))
            .await
    }

    async fn request_reviews(
        &self,
        number: u64,
        reviewers: &[String],
        teams: &[String],
    ) -> Result<(), ForgeError> {
        let operation = operation("request reviews", "pull_requests: write");
        self.retried(&operation, || self.add_reviewers(number, reviewers, teams))
            .await
    }

    async fn assign(&self, number: u64, assignees: &[String]) -> Result<(), ForgeError> {
        let operation = operation("assign a pull request", "pull_requests: write");
        self.retried(&operation, || self.add_assignees(number, assignees))
            .await
    }

    async fn merge_when_ready(
        &self,
        request: &PullRequest,
        method: MergeMethod,
    ) -> Result<AutoMerge, ForgeError> {
        let needed = "contents: write and pull_requests: write";
        let operation = operation("merge a pull request by itself", needed);
        self.retried(&operation, || self.enable_auto_merge(request, method))
            .await
    }
}
