//! Finding, opening, rewriting, closing and reopening pull requests.

use std::cmp::Reverse;

use reqwest::{Method, Url};
use serde_json::json;

use super::GitHub;
use super::fault::{Fault, Trouble};
use super::pull::Pull;
use crate::port::{Proposal, PullRequest, PullRequestState};

impl GitHub {
    /// All from `head` into `base`, the open one first, then the newest.
    pub(super) async fn listed(&self, head: &str, base: &str) -> Result<Vec<PullRequest>, Fault> {
        let mut found = self.found(head, base, "all").await?;
        found.sort_by_key(|one| (one.state != PullRequestState::Open, Reverse(one.number)));
        Ok(found)
    }

    async fn found(&self, head: &str, base: &str, state: &str) -> Result<Vec<PullRequest>, Fault> {
        let owned = format!("{}:{head}", self.address.owner);
        let query = [
            ("state", state),
            ("head", &owned),
            ("base", base),
            ("per_page", "100"),
        ];
        let url = Url::parse_with_params(&self.address.within("pulls"), query)
            .map_err(|_| Fault::lasting(Trouble::new("the API's address is no URL")))?;
        let pulls: Vec<Pull> = self.session().await?.all(url.as_str()).await?;
        // GitHub leaves out a filter that it does not understand.
        let ours = pulls.into_iter().filter(|pull| pull.goes(head, base));
        ours.map(Pull::read).collect()
    }

    /// One, as it is now.
    pub(super) async fn pull(&self, number: u64) -> Result<Pull, Fault> {
        let url = self.address.within(&format!("pulls/{number}"));
        let answer = self.session().await?.call(Method::GET, &url, None).await?;
        answer.read()
    }

    /// The open one, or a new one.
    pub(super) async fn opened(&self, proposal: &Proposal) -> Result<PullRequest, Fault> {
        if let Some(open) = self.open_one(proposal).await? {
            return Ok(open);
        }
        let body = json!({
            "head": proposal.head,
            "base": proposal.base,
            "title": proposal.title,
            "body": proposal.body,
            "draft": proposal.is_draft,
        });
        let url = self.address.within("pulls");
        let session = self.session().await?;
        match session.call(Method::POST, &url, Some(&body)).await {
            Ok(answer) => answer.read::<Pull>()?.read(),
            // It may be there meanwhile: by another run, or by a request of ours that took long.
            Err(fault) if fault.status == Some(422) => match self.open_one(proposal).await? {
                Some(open) => Ok(open),
                // GitHub's lists may lag behind what it knows; the code is too general to tell.
                None if fault.says("already exists") => Err(fault.into_passing()),
                None => Err(fault),
            },
            Err(fault) => Err(fault),
        }
    }

    async fn open_one(&self, proposal: &Proposal) -> Result<Option<PullRequest>, Fault> {
        let open = self.found(&proposal.head, &proposal.base, "open").await?;
        Ok(open.into_iter().next())
    }

    /// Title and body, unless they are so already.
    pub(super) async fn rewritten(
        &self,
        number: u64,
        title: &str,
        body: &str,
    ) -> Result<(), Fault> {
        let there = self.pull(number).await?;
        if there.title == title && there.body.as_deref().unwrap_or_default() == body {
            return Ok(());
        }
        let edit = json!({ "title": title, "body": body });
        self.edit(number, &edit).await
    }

    /// Open or closed, unless it is so already.
    pub(super) async fn turned(&self, number: u64, state: &str) -> Result<(), Fault> {
        if self.pull(number).await?.state == state {
            return Ok(());
        }
        self.edit(number, &json!({ "state": state })).await
    }

    async fn edit(&self, number: u64, edit: &serde_json::Value) -> Result<(), Fault> {
        let url = self.address.within(&format!("pulls/{number}"));
        let session = self.session().await?;
        session.call(Method::PATCH, &url, Some(edit)).await?;
        Ok(())
    }
}
