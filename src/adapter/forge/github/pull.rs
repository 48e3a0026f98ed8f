//! A pull request in GitHub's JSON, with the fields that are used.

use serde::Deserialize;
use serde_json::Value;

use crate::adapter::forge::http::CallError;
use crate::domain::CommitId;
use crate::port::{PullRequest, PullRequestState};

/// A pull request.
#[derive(Deserialize)]
pub(super) struct Pull {
    pub(super) number: u64,
    html_url: String,
    pub(super) state: String,
    merged_at: Option<String>,
    pub(super) title: String,
    pub(super) body: Option<String>,
    head: PullSide,
    base: PullSide,
    #[serde(default)]
    labels: Vec<Label>,
    requested_reviewers: Option<Vec<Account>>,
    requested_teams: Option<Vec<Team>>,
    assignees: Option<Vec<Account>>,
    auto_merge: Option<Value>,
    /// Not in lists.
    pub(super) mergeable_state: Option<String>,
    node_id: String,
    /// `None` when the account was deleted.
    user: Option<Account>,
}

#[derive(Deserialize)]
struct PullSide {
    #[serde(rename = "ref")]
    branch: String,
    sha: String,
    /// `None` when a fork was deleted.
    repo: Option<Repo>,
}

#[derive(Deserialize)]
struct Repo {
    id: u64,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

#[derive(Deserialize)]
struct Team {
    slug: String,
}

/// A user.
#[derive(Deserialize)]
pub(super) struct Account {
    pub(super) login: String,
}

impl Pull {
    /// Whether it is from the branch `head` of the repository itself, not of a fork, into `base`.
    pub(super) fn is_between(&self, head: &str, base: &str) -> bool {
        let id = |side: &PullSide| side.repo.as_ref().map(|repo| repo.id);
        self.head.branch == head && self.base.branch == base && id(&self.head) == id(&self.base)
    }

    /// Who opened it.
    pub(super) fn author(&self) -> Option<&str> {
        self.user.as_ref().map(|user| user.login.as_str())
    }

    /// Open, closed or merged.
    pub(super) fn state(&self) -> PullRequestState {
        match (self.merged_at.is_some(), self.state.as_str()) {
            (true, _) => PullRequestState::Merged,
            (_, "open") => PullRequestState::Open,
            _ => PullRequestState::Closed,
        }
    }

    /// The pull request as the port defines it.
    pub(super) fn into_pull_request(self) -> Result<PullRequest, CallError> {
        let state = self.state();
        let no_commit = |_| CallError::unreachable("an answer without a commit's id");
        let head = CommitId(self.head.sha.parse().map_err(no_commit)?);
        let logins = |accounts: Option<Vec<Account>>| {
            let accounts = accounts.unwrap_or_default().into_iter();
            accounts.map(|account| account.login).collect()
        };
        let teams = self.requested_teams.unwrap_or_default().into_iter();
        Ok(PullRequest {
            number: self.number,
            url: self.html_url,
            state,
            title: self.title,
            body: self.body.unwrap_or_default(),
            head,
            labels: self.labels.into_iter().map(|label| label.name).collect(),
            reviewers: logins(self.requested_reviewers),
            teams: teams.map(|team| team.slug).collect(),
            assignees: logins(self.assignees),
            merges_when_ready: self.auto_merge.is_some(),
            id: self.node_id,
        })
    }
}

/// Those of `wanted` that are not `present`; GitHub's names ignore case.
pub(super) fn missing<'w>(wanted: &'w [String], present: &[String]) -> Vec<&'w str> {
    let is_present = |name: &str| {
        let name = name.to_lowercase();
        present.iter().any(|one| one.to_lowercase() == name)
    };
    let wanted = wanted.iter().map(String::as_str);
    wanted.filter(|name| !is_present(name)).collect()
}
