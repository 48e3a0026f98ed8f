//! Statuses, checks and reviews, for gates.

use std::collections::BTreeMap;

use async_trait::async_trait;
use reqwest::Method;
use serde::Deserialize;

use super::pull::Account;
use super::repository::{GitHub, url_below};
use crate::adapter::forge::http::{CallError, Operation};
use crate::domain::CommitId;
use crate::port::{CommitStatus, ForgeChecks, ForgeError, StatusState};

/// The account that the token of a workflow's job acts as.
const CI_ACCOUNT: &str = "github-actions[bot]";

const fn operation(name: &'static str, permission: &'static str) -> Operation {
    Operation { name, permission }
}

/// The user of a token.
#[derive(Deserialize)]
struct User {
    login: String,
    /// `User` or `Bot`.
    #[serde(rename = "type")]
    kind: String,
}

/// A commit status.
#[derive(Deserialize)]
struct Status {
    context: String,
    state: String,
}

/// A check run.
#[derive(Deserialize)]
struct CheckRun {
    name: String,
    status: String,
    conclusion: Option<String>,
}

/// Who made a commit, as far as GitHub knows their addresses.
#[derive(Deserialize)]
struct People {
    author: Option<Account>,
    committer: Option<Account>,
}

/// A review of a pull request.
#[derive(Deserialize)]
struct Review {
    user: Option<Account>,
    state: String,
    commit_id: Option<String>,
}

#[async_trait]
impl ForgeChecks for GitHub {
    async fn statuses(&self, commit: CommitId) -> Result<Vec<CommitStatus>, ForgeError> {
        let statuses = operation("read commit statuses", "statuses: read");
        let mut all = self
            .retried(&statuses, || self.commit_statuses(commit))
            .await?;
        let checks = operation("read checks", "checks: read");
        all.extend(self.retried(&checks, || self.check_runs(commit)).await?);
        Ok(all)
    }

    async fn is_made_by_ci(
        &self,
        commit: CommitId,
        pull_request: Option<u64>,
    ) -> Result<bool, ForgeError> {
        let operation = operation("read a commit and its pull request", "pull_requests: read");
        self.retried(&operation, || async {
            if let Some(number) = pull_request
                && self.pull(number).await?.author() == Some(CI_ACCOUNT)
            {
                return Ok(true);
            }
            let url = self.address.repository_url(&format!("commits/{commit}"));
            let answer = self.client().await?.call(Method::GET, &url, None).await?;
            let people: People = answer.parse()?;
            let mut people = [people.author, people.committer].into_iter().flatten();
            Ok(people.any(|account| account.login == CI_ACCOUNT))
        })
        .await
    }

    async fn head(&self, pull_request: u64) -> Result<CommitId, ForgeError> {
        let operation = operation("read a pull request", "pull_requests: read");
        self.retried(&operation, || async {
            Ok(self.pull(pull_request).await?.into_pull_request()?.head)
        })
        .await
    }

    async fn approvers(&self, pull_request: u64) -> Result<Vec<String>, ForgeError> {
        let operation = operation("read the reviews of a pull request", "pull_requests: read");
        self.retried(&operation, || self.review_approvers(pull_request))
            .await
    }

    async fn user(&self) -> Result<Option<String>, ForgeError> {
        let operation = operation("read the user of the token", "none");
        self.retried(&operation, || async {
            let url = format!("{}/user", self.address.api);
            match self.client().await?.call(Method::GET, &url, None).await {
                Ok(answer) => {
                    let user: User = answer.parse()?;
                    Ok((user.kind == "User").then_some(user.login))
                }
                // An app's token belongs to no user.
                Err(error) if error.status() == Some(403) => Ok(None),
                Err(error) => Err(error),
            }
        })
        .await
    }

    async fn may_write(&self, user: &str) -> Result<bool, ForgeError> {
        let operation = operation("read the permission of a user", "metadata: read");
        self.retried(&operation, || async {
            let url = self.address.repository_url("collaborators");
            let permission: Option<String> = self
                .user_field(&url, user, &["permission"], "permission")
                .await?;
            // `maintain` is shown as `write`.
            Ok(matches!(permission.as_deref(), Some("write" | "admin")))
        })
        .await
    }

    async fn is_member(
        &self,
        organization: &str,
        team: &str,
        user: &str,
    ) -> Result<bool, ForgeError> {
        let operation = operation("read the members of a team", "members: read");
        self.retried(&operation, || async {
            let url = format!(
                "{}/orgs/{organization}/teams/{team}/memberships",
                self.address.api
            );
            let state: Option<String> = self.user_field(&url, user, &[], "state").await?;
            Ok(state.as_deref() == Some("active"))
        })
        .await
    }
}

impl GitHub {
    async fn commit_statuses(&self, commit: CommitId) -> Result<Vec<CommitStatus>, CallError> {
        let url = format!("commits/{commit}/status?per_page=100");
        let url = self.address.repository_url(&url);
        let client = self.client().await?;
        let statuses: Vec<Status> = client.list_field(&url, "statuses").await?;
        let status = |status: Status| CommitStatus {
            name: status.context,
            state: match status.state.as_str() {
                "success" => StatusState::Succeeded,
                "pending" => StatusState::Pending,
                _ => StatusState::Failed,
            },
        };
        Ok(statuses.into_iter().map(status).collect())
    }

    async fn check_runs(&self, commit: CommitId) -> Result<Vec<CommitStatus>, CallError> {
        let url = format!("commits/{commit}/check-runs?filter=latest&per_page=100");
        let url = self.address.repository_url(&url);
        let client = self.client().await?;
        let runs: Vec<CheckRun> = client.list_field(&url, "check_runs").await?;
        let status = |run: CheckRun| CommitStatus {
            name: run.name,
            state: match (run.status.as_str(), run.conclusion.as_deref()) {
                ("completed", Some("success" | "neutral" | "skipped")) => StatusState::Succeeded,
                ("completed", Some(_)) => StatusState::Failed,
                _ => StatusState::Pending,
            },
        };
        Ok(runs.into_iter().map(status).collect())
    }

    /// Those whose last verdict on a pull request is an approval of its newest commit.
    async fn review_approvers(&self, number: u64) -> Result<Vec<String>, CallError> {
        let head = self
            .pull(number)
            .await?
            .into_pull_request()?
            .head
            .to_string();
        let url = format!("pulls/{number}/reviews?per_page=100");
        let url = self.address.repository_url(&url);
        // Oldest first.
        let reviews: Vec<Review> = self.client().await?.list(&url).await?;
        let mut verdicts = BTreeMap::new();
        for review in reviews {
            // A comment is no verdict.
            if let Some(user) = review.user
                && matches!(
                    review.state.as_str(),
                    "APPROVED" | "CHANGES_REQUESTED" | "DISMISSED"
                )
            {
                let is_approval =
                    review.state == "APPROVED" && review.commit_id.as_ref() == Some(&head);
                verdicts.insert(user.login, is_approval);
            }
        }
        let approvers = verdicts.into_iter().filter(|(_, is_approval)| *is_approval);
        Ok(approvers.map(|(login, _)| login).collect())
    }

    /// A field of what GitHub has about a user below `url`; `None` if it has nothing.
    async fn user_field(
        &self,
        url: &str,
        user: &str,
        rest: &[&str],
        field: &str,
    ) -> Result<Option<String>, CallError> {
        let url = url_below(url, &[&[user], rest].concat())?;
        let client = self.client().await?;
        match client.call(Method::GET, url.as_str(), None).await {
            Ok(answer) => answer.field(field).map(Some),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
