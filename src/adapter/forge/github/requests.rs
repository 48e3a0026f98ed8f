//! Finding, opening, rewriting, closing and reopening pull requests.

use std::cmp::Reverse;

use reqwest::{Method, Url};
use serde_json::json;

use super::pull::Pull;
use super::repository::GitHub;
use crate::adapter::forge::http::CallError;
use crate::port::{Proposal, PullRequest, PullRequestState};

impl GitHub {
    /// All from `head` into `base`, the open one first, then the newest.
    pub(super) async fn list_pulls(
        &self,
        head: &str,
        base: &str,
    ) -> Result<Vec<PullRequest>, CallError> {
        let mut found = self.pulls(head, base, "all").await?;
        found.sort_by_key(|one| (one.state != PullRequestState::Open, Reverse(one.number)));
        Ok(found)
    }

    async fn pulls(
        &self,
        head: &str,
        base: &str,
        state: &str,
    ) -> Result<Vec<PullRequest>, CallError> {
        let owned = format!("{}:{head}", self.address.owner);
        let query = [
            ("state", state),
            ("head", &owned),
            ("base", base),
            ("per_page", "100"),
        ];
        let url = Url::parse_with_params(&self.address.repository_url("pulls"), query)
            .map_err(|_| CallError::bad_address("the API's address is not a URL"))?;
        let pulls: Vec<Pull> = self.client().await?.list(url.as_str()).await?;
        // GitHub ignores a filter that it does not understand.
        let ours = pulls.into_iter().filter(|pull| pull.is_between(head, base));
        ours.map(Pull::into_pull_request).collect()
    }

    /// One pull request, as it is now.
    pub(super) async fn pull(&self, number: u64) -> Result<Pull, CallError> {
        let url = self.address.repository_url(&format!("pulls/{number}"));
        let answer = self.client().await?.call(Method::GET, &url, None).await?;
        answer.parse()
    }

    /// Finds the open pull request, or opens one.
    pub(super) async fn open_pull(&self, proposal: &Proposal) -> Result<PullRequest, CallError> {
        if let Some(open) = self.find_open(proposal).await? {
            return Ok(open);
        }
        let body = json!({
            "head": proposal.head,
            "base": proposal.base,
            "title": proposal.title,
            "body": proposal.body,
            "draft": proposal.is_draft,
        });
        let url = self.address.repository_url("pulls");
        let client = self.client().await?;
        match client.call(Method::POST, &url, Some(&body)).await {
            Ok(answer) => answer.parse::<Pull>()?.into_pull_request(),
            // It may exist by now: opened by another run, or by an earlier request that was slow.
            Err(error) if error.status() == Some(422) => match self.find_open(proposal).await? {
                Some(open) => Ok(open),
                // GitHub's lists may lag behind; its code does not distinguish this refusal.
                None if error.message_contains("already exists") => Err(error.into_transient()),
                None => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    async fn find_open(&self, proposal: &Proposal) -> Result<Option<PullRequest>, CallError> {
        let open = self.pulls(&proposal.head, &proposal.base, "open").await?;
        Ok(open.into_iter().next())
    }

    /// Sets title and body, unless they are set already.
    pub(super) async fn set_text(
        &self,
        number: u64,
        title: &str,
        body: &str,
    ) -> Result<(), CallError> {
        let pull = self.pull(number).await?;
        if pull.title == title && pull.body.as_deref().unwrap_or_default() == body {
            return Ok(());
        }
        let edit = json!({ "title": title, "body": body });
        self.edit(number, &edit).await
    }

    /// Sets the state, `open` or `closed`, unless it is set already.
    pub(super) async fn set_state(&self, number: u64, state: &str) -> Result<(), CallError> {
        if self.pull(number).await?.state == state {
            return Ok(());
        }
        self.edit(number, &json!({ "state": state })).await
    }

    async fn edit(&self, number: u64, edit: &serde_json::Value) -> Result<(), CallError> {
        let url = self.address.repository_url(&format!("pulls/{number}"));
        let client = self.client().await?;
        client.call(Method::PATCH, &url, Some(edit)).await?;
        Ok(())
    }
}
