//! What the stand-in knows, and what follows from what happens in Git.

use std::collections::BTreeSet;
use std::path::Path;

use super::app::App;
use super::checks::{Run, Workflow};
use super::fault::{Failing, How, Moment};
use super::git::Bare;
use super::{Account, Recorded, TOKEN};

pub struct State {
    /// `http://HOST:PORT`.
    pub url: String,
    pub git: Bare,
    pub accounts: Vec<Account>,
    /// Those who can be asked for a review and assigned, beside the accounts with access.
    pub collaborators: BTreeSet<String>,
    pub teams: BTreeSet<String>,
    pub pulls: Vec<Pull>,
    /// The repository's labels.
    pub labels: BTreeSet<String>,
    pub allows_auto_merge: bool,
    /// Whether something is required before a merge.
    pub has_rules: bool,
    pub allows_merge: bool,
    /// The largest page, whatever is asked for.
    pub page_size: usize,
    /// So many lists are still from before the last pull request.
    pub hidden_lists: usize,
    /// The repository's former name; requests for it are sent on.
    pub former_name: Option<String>,
    pub app: Option<App>,
    /// Commit, name and state of statuses.
    pub statuses: Vec<(String, String, String)>,
    /// Commit, name and conclusion of checks.
    pub checks: Vec<(String, String, Option<String>)>,
    /// Teams and their members.
    pub members: Vec<(String, String)>,
    /// The workflows that can be started.
    pub workflows: Vec<Workflow>,
    pub runs: Vec<Run>,
    /// So many lists of runs are still from before.
    pub hidden_runs: usize,
    pub failing: Vec<Failing>,
    pub recorded: Vec<Recorded>,
}

/// A pull request.
#[derive(Clone, Debug)]
pub struct Pull {
    pub number: u64,
    pub author: String,
    pub head: String,
    pub base: String,
    /// The head's commit; of a closed one, when it was closed.
    pub head_sha: String,
    pub base_sha: String,
    pub commits: u64,
    pub title: String,
    pub body: Option<String>,
    pub is_open: bool,
    pub is_merged: bool,
    pub merge_commit: Option<String>,
    pub is_draft: bool,
    pub labels: Vec<String>,
    pub reviewers: Vec<String>,
    pub teams: Vec<String>,
    /// Who reviewed, and how.
    pub reviews: Vec<(String, String)>,
    /// The commit that was reviewed, if it is not the head.
    pub reviewed: Option<String>,
    pub assignees: Vec<String>,
    /// The method, when it is on.
    pub auto_merge: Option<String>,
    /// Who wrote, and what.
    pub comments: Vec<(String, String)>,
}

impl State {
    pub fn of(bare: &Path, url: &str) -> Self {
        Self {
            url: url.to_owned(),
            git: Bare(bare.to_owned()),
            accounts: vec![Account::of("robot", TOKEN)],
            collaborators: BTreeSet::from(["ada", "bob"].map(str::to_owned)),
            teams: BTreeSet::from(["releases".to_owned()]),
            pulls: Vec::new(),
            labels: BTreeSet::from(["bug".to_owned()]),
            allows_auto_merge: true,
            has_rules: true,
            allows_merge: true,
            page_size: 100,
            hidden_lists: 0,
            former_name: None,
            app: None,
            statuses: Vec::new(),
            checks: Vec::new(),
            members: Vec::new(),
            workflows: Vec::new(),
            runs: Vec::new(),
            hidden_runs: 0,
            failing: Vec::new(),
            recorded: Vec::new(),
        }
    }

    /// Whether this call fails, and how.
    pub fn failing_for(&mut self, method: &str, path: &str) -> Option<(Moment, How)> {
        let mut failing = self.failing.iter_mut();
        failing.find_map(|one| one.meets(method, path))
    }

    /// In whatever case of letters the login is given.
    pub fn is_collaborator(&self, login: &str) -> bool {
        let login = login.to_lowercase();
        let mut accounts = self.accounts.iter();
        self.collaborators.contains(&login) || accounts.any(|a| a.login == login && a.has_access)
    }

    pub fn pull(&mut self, number: u64) -> Option<&mut Pull> {
        self.pulls.iter_mut().find(|pull| pull.number == number)
    }

    pub fn open_pull(&self, head: &str, base: &str) -> Option<&Pull> {
        let mut pulls = self.pulls.iter();
        pulls.find(|pull| pull.is_open && pull.head == head && pull.base == base)
    }

    /// What GitHub does by itself after a push: a head that the base holds is merged, a head that
    /// is gone or adds nothing is closed, and any other is followed.
    pub fn observe(&mut self) {
        let git = self.git.clone();
        for pull in self.pulls.iter_mut().filter(|pull| pull.is_open) {
            let Some(base) = git.tip(&pull.base) else {
                pull.is_open = false;
                continue;
            };
            let head = git.tip(&pull.head);
            if base != pull.base_sha && git.holds(&base, &pull.head_sha) {
                (pull.is_open, pull.is_merged) = (false, true);
                pull.merge_commit = Some(base.clone());
                pull.auto_merge = None;
            } else if let Some(head) = head {
                if head != pull.head_sha && git.holds(&base, &head) {
                    pull.is_open = false;
                }
                if (&head, &base) != (&pull.head_sha, &pull.base_sha) {
                    pull.commits = git.commits_between(&base, &head);
                }
                pull.head_sha = head;
            } else {
                pull.is_open = false;
            }
            pull.base_sha = base;
        }
    }
}
