//! `git-promote/result/v1`: the outcome of a promotion.

use schemars::JsonSchema;
use serde::Serialize;

use super::lists::{self, Conflict, FileError, Hold, RevertedPromotion, Warning};
use super::problem::Problem;
use super::release::PromotionRelease;
use crate::domain::RepositoryUrl;
use crate::engine::{Advanced, Allow, OtherCommit, PullRequestOutcome, Receipt};
use crate::plan::{FileFault, Notice, Plan};

/// The name of this format.
pub const RESULT: &str = "git-promote/result/v1";

/// The outcome of a promotion.
#[derive(Serialize, JsonSchema, Debug)]
#[schemars(title = "git-promote result, version 1")]
pub struct Promotion<'a> {
    /// `git-promote/result/v1`.
    #[schemars(extend("const" = RESULT))]
    pub schema: &'static str,
    /// The `Promotion-Id`, equal for equal promotions; null if planning failed.
    pub promotion_id: Option<&'a str>,
    /// The target environment; as given on the command line if planning failed.
    pub environment: &'a str,
    /// The promotion that it reverts, if it is a revert.
    pub reverts: Option<RevertedPromotion>,
    /// The outcome.
    pub status: Status,
    /// The promotion's commit, if there is one.
    pub commit: Option<String>,
    /// The message that the commit would get, byte for byte; null if there is a commit, or nothing to
    /// promote.
    pub commit_message: Option<String>,
    /// The branch, if it is known.
    pub branch: Option<&'a str>,
    /// The target's repository, as configured; absent if it is that with the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<&'a str>,
    /// The pull request that is open, was closed or was rejected; null if there is none.
    pub pull_request: Option<PullRequest>,
    /// The applications that are (or would be) promoted.
    pub applications: Vec<&'a str>,
    /// Warnings, which do not prevent the promotion.
    pub warnings: Vec<Warning<'a>>,
    /// The findings of the guards.
    pub holds: Vec<Hold<'a>>,
    /// Commits on the promotion's branch that git-promote did not make; they are never overwritten.
    pub other_commits: Vec<OtherCommitEntry<'a>>,
    /// Places that both sides changed; always empty in this version.
    pub conflicts: Vec<Conflict>,
    /// Files that could not be read or edited.
    pub errors: Vec<FileError<'a>>,
    /// Why it failed; null unless `status` is `failed`, or the release is.
    pub error: Option<Problem>,
    /// The release, if it was the promotion of a product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<PromotionRelease<'a>>,
}

/// The outcome of a promotion.
#[derive(Serialize, JsonSchema, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The branch points at the promotion's commit.
    Committed,
    /// A pull request is open and up to date.
    PullRequestOpen,
    /// The promotion's branch exists; the pull request must be opened by hand.
    BranchPushed,
    /// The target already has everything that would be promoted.
    NothingToPromote,
    /// The action is `none`: nothing was written.
    Planned,
    /// Its release waits for something before the action; nothing was written yet.
    Waiting,
    /// A guard holds it, or its pull request was closed without merging; nothing was written.
    Held,
    /// The promotion's branch has commits that git-promote did not make; nothing was written.
    Conflict,
    /// The target branch moved and the promotion would now be different; nothing was written.
    Moved,
    /// It failed.
    Failed,
}

/// A pull request.
#[derive(Serialize, JsonSchema, Debug)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// The address of its page.
    pub url: String,
}

/// A commit that git-promote did not make.
#[derive(Serialize, JsonSchema, Debug)]
pub struct OtherCommitEntry<'a> {
    /// The commit.
    pub commit: String,
    /// The first line of its message.
    pub title: &'a str,
}

impl From<&PullRequestOutcome> for PullRequest {
    fn from(found: &PullRequestOutcome) -> Self {
        Self {
            number: found.number,
            url: found.url.clone(),
        }
    }
}

impl<'a> From<&'a OtherCommit> for OtherCommitEntry<'a> {
    fn from(commit: &'a OtherCommit) -> Self {
        Self {
            commit: commit.id.to_string(),
            title: &commit.title,
        }
    }
}

impl<'a> Promotion<'a> {
    /// The result of a receipt; `plan` is the plan that was shown, and `allow` lifts holds.
    pub fn of(receipt: &'a Receipt, plan: &'a Plan, branch: &'a str, allow: &Allow) -> Self {
        let message =
            |plan: &Plan| (!plan.is_empty()).then(|| plan.commit_message(&allow.lifted(plan)));
        let mut result = Self::planned(plan, branch);
        match receipt {
            Receipt::NothingToPromote { notices } => {
                result.status = Status::NothingToPromote;
                result.warn(notices);
                result.applications.clear();
            }
            Receipt::Planned | Receipt::PreviewOnly | Receipt::Stopped { .. } => {
                result.commit_message = message(plan);
            }
            Receipt::Waiting => {
                result.status = Status::Waiting;
                result.commit_message = message(plan);
            }
            Receipt::NotPromoted { .. } => {
                result.status = Status::Failed;
                result.commit_message = message(plan);
            }
            Receipt::SelectionConflict(_) => result.status = Status::Conflict,
            Receipt::Held(findings) => {
                result.status = Status::Held;
                result.commit_message = message(plan);
                result.holds = lists::holds(findings);
            }
            Receipt::Committed {
                commit,
                branch,
                applications,
                plan,
                notices,
                ..
            } => {
                result = Self::planned(plan, branch);
                result.status = Status::Committed;
                result.commit = Some(commit.to_string());
                result.applications = applications.iter().map(|a| a.0.as_str()).collect();
                result.warn(notices);
            }
            Receipt::Proposed { .. }
            | Receipt::Withdrawn { .. }
            | Receipt::Rejected { .. }
            | Receipt::Conflict { .. } => result.propose(receipt),
            Receipt::Moved { plan } => {
                result = Self::planned(plan, branch);
                result.status = Status::Moved;
                result.commit_message = message(plan);
            }
        }
        result
    }

    /// The result with its release, which was moved forward.
    #[must_use]
    pub fn with_release(mut self, advanced: Option<&'a Advanced>) -> Self {
        let Some(advanced) = advanced else {
            return self;
        };
        let release = PromotionRelease::of(advanced);
        if release.is_failed() {
            self.error = Some(PromotionRelease::problem(&advanced.release));
        }
        self.release = Some(release);
        self
    }

    fn warn(&mut self, notices: &'a [Notice]) {
        self.warnings.extend(notices.iter().map(Warning::from));
    }

    /// Adds what a receipt contains about a proposal.
    fn propose(&mut self, receipt: &'a Receipt) {
        match receipt {
            Receipt::Proposed {
                commit,
                branch,
                pull_request,
                notices,
                ..
            } => {
                self.warn(notices);
                self.status = match pull_request {
                    Some(_) => Status::PullRequestOpen,
                    None => Status::BranchPushed,
                };
                self.commit = Some(commit.to_string());
                self.branch = Some(branch);
                self.pull_request = pull_request.as_ref().map(PullRequest::from);
            }
            Receipt::Withdrawn {
                branch,
                pull_request,
                notices,
                ..
            } => {
                self.warn(notices);
                self.status = Status::NothingToPromote;
                self.branch = Some(branch);
                self.pull_request = pull_request.as_ref().map(PullRequest::from);
                self.applications.clear();
            }
            Receipt::Rejected {
                branch,
                pull_request,
            } => {
                self.status = Status::Held;
                self.branch = Some(branch);
                self.pull_request = Some(PullRequest::from(pull_request));
            }
            Receipt::Conflict { branch, commits } => {
                self.status = Status::Conflict;
                self.branch = Some(branch);
                self.other_commits = commits.iter().map(OtherCommitEntry::from).collect();
            }
            _ => {}
        }
    }

    /// The result of a failure, whether or not there is a plan.
    pub fn failed(environment: &'a str, problem: Problem, faults: &'a [FileFault]) -> Self {
        Self {
            schema: RESULT,
            promotion_id: None,
            environment,
            reverts: None,
            status: Status::Failed,
            commit: None,
            commit_message: None,
            branch: None,
            repository: None,
            pull_request: None,
            applications: Vec::new(),
            warnings: Vec::new(),
            holds: Vec::new(),
            other_commits: Vec::new(),
            conflicts: Vec::new(),
            errors: faults.iter().map(FileError::from).collect(),
            error: Some(problem),
            release: None,
        }
    }

    fn planned(plan: &'a Plan, branch: &'a str) -> Self {
        let repository = plan.hop().to.location.repository.as_ref();
        Self {
            schema: RESULT,
            promotion_id: Some(plan.id()),
            environment: &plan.hop().to.name,
            reverts: plan.reverts().map(RevertedPromotion::from),
            status: Status::Planned,
            commit: None,
            commit_message: None,
            branch: Some(branch),
            repository: repository.map(RepositoryUrl::as_str),
            pull_request: None,
            applications: plan.changed_applications().map(|a| a.0.as_str()).collect(),
            warnings: lists::warnings(plan),
            holds: lists::holds(plan.findings()),
            other_commits: Vec::new(),
            conflicts: Conflict::all(plan),
            errors: plan.faults().iter().map(FileError::from).collect(),
            error: None,
            release: None,
        }
    }
}
