//! The record of a release: what is stored about it, and nothing else.
//!
//! # Why
//!
//! Whether a commit has landed, whether a pull request was merged and what a gate answers is checked
//! again each time, so it is not here. Stored are intentions (which attempt, until when) and what only
//! the moment knew: approvals, the results of workflows, when a promotion was first seen in place.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::attempt_record::{Allowed, Approval, Attempt, AttemptEnd};
use super::manual::Manual;
use super::state::{Phase, ReleaseState, StepState};
use super::written;
use crate::domain::CommitId;

/// The name of this format.
pub const RELEASE: &str = "git-promote/release/v1";

/// A release: one run of a flow for a product.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "git-promote release, version 1")]
pub struct Release {
    /// `git-promote/release/v1`.
    #[schemars(extend("const" = RELEASE))]
    pub schema: String,
    /// Product and number, such as `loans-42`.
    pub id: String,
    /// The product.
    pub product: String,
    /// Its number among the releases of the product, from 1.
    pub number: u64,
    /// The flow; `manual` if there is none.
    pub flow: String,
    /// What a person chose, if no flow describes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manual: Option<Box<Manual>>,
    /// The configuration that the flow, its gates and its workflows are read from.
    pub configuration: Configuration,
    /// The applications that are promoted; all of the product if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub applications: Vec<String>,
    /// The branch that is promoted on; the default branch if none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The commit whose files of the trigger environment are promoted.
    #[serde(with = "written::commit")]
    #[schemars(with = "String")]
    pub source: CommitId,
    /// The last commit of the push that started it; missing if a person did.
    #[serde(
        default,
        with = "written::optional_commit",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Option<String>")]
    pub trigger: Option<CommitId>,
    /// When it was created.
    #[serde(with = "written::time")]
    #[schemars(with = "String")]
    pub created: i64,
    /// Who created it, as far as Git's configuration shows.
    pub created_by: String,
    /// The same person, if they asked a server for it, which had them sign in: the commits of its promotions
    /// name them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acted_by: Option<String>,
    /// How far it is.
    pub state: ReleaseState,
    /// When it last left the queue; its time limit counts from here.
    #[serde(
        default,
        with = "written::optional_time",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Option<String>")]
    pub started: Option<i64>,
    /// When it ended.
    #[serde(
        default,
        with = "written::optional_time",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Option<String>")]
    pub ended: Option<i64>,
    /// How often it was started: 1, and one more for each retry.
    pub round: u32,
    /// Why it ends before it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub termination: Option<Termination>,
    /// The steps, in the order of the flow.
    pub steps: Vec<Step>,
    /// The attempts to run workflows, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// The approvals, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Approval>,
    /// The guards whose holds people lifted, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<Allowed>,
    /// The outputs of all workflows; later ones replace earlier ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<String, String>,
}

/// The configuration of a release.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Configuration {
    /// `promote.yaml` of this commit.
    Commit(
        #[serde(with = "written::commit")]
        #[schemars(with = "String")]
        CommitId,
    ),
    /// The text of a file that is not committed.
    Text(String),
}

/// Why a release ends before it is done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Termination {
    /// What ended it.
    pub cause: TerminationCause,
    /// Who did, or the release that replaced it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// What ended a release before it was done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TerminationCause {
    /// A person.
    Command,
    /// Its time limit.
    Timeout,
    /// A newer release of the same flow.
    Replaced,
}

/// The promotion to one environment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The target environment.
    pub environment: String,
    /// How far it is.
    pub state: StepState,
    /// What it does, or did last.
    pub phase: Phase,
    /// What it waits for, or why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why it failed, if people decide how it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<RefusedBy>,
    /// The commit whose source files are promoted.
    #[serde(
        default,
        with = "written::optional_commit",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Option<String>")]
    pub source: Option<CommitId>,
    /// Until when a worker may be promoting.
    #[serde(
        default,
        with = "written::optional_time",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Option<String>")]
    pub promoting_until: Option<i64>,
    /// The pull request that it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<PullRequest>,
    /// The commit that has the promotion, once it was seen in place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landed: Option<Landed>,
}

/// What refused a promotion.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RefusedBy {
    /// Guards hold it.
    Guards,
    /// People closed its pull request without merging.
    People,
}

/// The pull request of a step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PullRequest {
    /// Its branch.
    pub branch: String,
    /// Its number, if a forge is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A promotion that is in place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Landed {
    /// The commit on the target's branch.
    #[serde(with = "written::commit")]
    #[schemars(with = "String")]
    pub commit: CommitId,
    /// When it was first seen there.
    #[serde(with = "written::time")]
    #[schemars(with = "String")]
    pub since: i64,
    /// Whether the environment already had everything.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_unchanged: bool,
}

impl Release {
    /// What its queue is named after: the flow, or the branch of a promotion that no flow describes.
    pub fn queue(&self) -> &str {
        self.manual.as_ref().map_or(&self.flow, |m| &m.branch)
    }

    /// The step of an environment.
    pub fn step(&self, environment: &str) -> Option<&Step> {
        let mut steps = self.steps.iter();
        steps.find(|step| step.environment == environment)
    }

    /// The attempt with a key.
    pub fn attempt(&self, key: &str) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.key == key)
    }

    /// The attempts whose end is not recorded.
    pub fn open_attempts(&self) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter().filter(|attempt| attempt.end.is_none())
    }

    /// The steps that failed.
    pub fn failed_steps(&self) -> impl Iterator<Item = &Step> {
        let steps = self.steps.iter();
        steps.filter(|step| step.state == StepState::Failed)
    }

    /// Adds the outputs of an attempt to the context, and records its end.
    pub(super) fn end_attempt(&mut self, key: &str, end: AttemptEnd) {
        self.context.extend(end.outputs.clone());
        let mut attempts = self.attempts.iter_mut();
        if let Some(attempt) = attempts.find(|attempt| attempt.key == key) {
            attempt.end = Some(end);
        }
    }

    /// Changes the step of an environment.
    pub(super) fn set_step(&mut self, changed: Step) {
        let mut steps = self.steps.iter_mut();
        if let Some(step) = steps.find(|step| step.environment == changed.environment) {
            *step = changed;
        }
    }
}

impl Step {
    /// A step that has not started.
    pub(super) fn pending(environment: &str) -> Self {
        Self {
            environment: environment.to_owned(),
            state: StepState::Pending,
            phase: Phase::OnStart,
            reason: None,
            refused: None,
            source: None,
            promoting_until: None,
            pull_request: None,
            landed: None,
        }
    }
}
