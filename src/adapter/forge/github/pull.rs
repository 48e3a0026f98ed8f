//! A pull request as GitHub writes it, of which only what is needed is read.

use serde::Deserialize;
use serde_json::Value;

use super::fault::{Fault, Trouble};
use crate::domain::CommitId;
use crate::port::{PullRequest, PullRequestState};

/// GitHub's own fields.
#[derive(Deserialize)]
pub(super) struct Pull {
    pub(super) number: u64,
    html_url: String,
    pub(super) state: String,
    merged_at: Option<String>,
    pub(super) title: String,
    pub(super) body: Option<String>,
    head: Side,
    base: Side,
    #[serde(default)]
    labels: Vec<Label>,
    requested_reviewers: Option<Vec<Account>>,
    requested_teams: Option<Vec<Team>>,
    assignees: Option<Vec<Account>>,
    auto_merge: Option<Value>,
    /// Only where it was asked for alone.
    pub(super) mergeable_state: Option<String>,
    node_id: String,
}

#[derive(Deserialize)]
struct Side {
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

/// Somebody.
#[derive(Deserialize)]
pub(super) struct Account {
    pub(super) login: String,
}

impl Pull {
    /// Whether it goes from this branch of the repository itself, and of no fork, into that one.
    pub(super) fn goes(&self, head: &str, base: &str) -> bool {
        let id = |side: &Side| side.repo.as_ref().map(|repo| repo.id);
        self.head.branch == head && self.base.branch == base && id(&self.head) == id(&self.base)
    }

    /// Open, closed or merged.
    pub(super) fn state(&self) -> PullRequestState {
        match (self.merged_at.is_some(), self.state.as_str()) {
            (true, _) => PullRequestState::Merged,
            (_, "open") => PullRequestState::Open,
            _ => PullRequestState::Closed,
        }
    }

    /// As the port has it.
    pub(super) fn read(self) -> Result<PullRequest, Fault> {
        let state = self.state();
        let no_commit = |_| Fault::lasting(Trouble::new("an answer without a commit's id"));
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

/// Those of `wanted` that are not among `there`; GitHub's names are the same in any case of letters.
pub(super) fn missing<'w>(wanted: &'w [String], there: &[String]) -> Vec<&'w str> {
    let is_there = |name: &str| {
        let name = name.to_lowercase();
        there.iter().any(|one| one.to_lowercase() == name)
    };
    let wanted = wanted.iter().map(String::as_str);
    wanted.filter(|name| !is_there(name)).collect()
}
