//! What a release stores about workflows and people.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::written;
use crate::port::AttemptResult;

/// An attempt to run a workflow.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// What tells it from all other attempts.
    pub key: String,
    /// The workflow.
    pub workflow: String,
    /// What it is run for.
    pub purpose: Purpose,
    /// The environment of its step; none if it is the release's own hook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The round of the release in which it was started.
    pub round: u32,
    /// When it was started.
    #[serde(with = "written::time")]
    #[schemars(with = "String")]
    pub started: i64,
    /// Until when whoever started it is waited for.
    #[serde(with = "written::time")]
    #[schemars(with = "String")]
    pub until: i64,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<AttemptEnd>,
}

/// What a workflow is run for.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A hook: the release or the step starts.
    OnStart,
    /// It must succeed before the action.
    PreAction,
    /// It must succeed after the gates.
    PostAction,
    /// A hook: the release or the step has succeeded.
    OnSuccess,
    /// A hook: the release or the step has failed or was terminated.
    OnFail,
}

impl Purpose {
    /// Its name, as the record has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::OnStart => "on-start",
            Self::PreAction => "pre-action",
            Self::PostAction => "post-action",
            Self::OnSuccess => "on-success",
            Self::OnFail => "on-fail",
        }
    }
}

/// How an attempt ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AttemptEnd {
    /// What is known about its end.
    pub state: AttemptState,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// The values that it gives to later workflows.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outputs: BTreeMap<String, String>,
    /// The end of its log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub log: String,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What is known about the end of an attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AttemptState {
    /// It succeeded.
    Succeeded,
    /// It failed.
    Failed,
    /// Whoever started it is gone, and left no result.
    Lost,
}

impl AttemptEnd {
    /// The end of an attempt that a signal ended, with whoever started it.
    pub fn interrupted() -> Self {
        Self {
            failure: Some("was interrupted".to_owned()),
            ..Self::lost()
        }
    }

    /// The end of an attempt that left no result.
    pub(super) fn lost() -> Self {
        Self {
            state: AttemptState::Lost,
            failure: None,
            outputs: BTreeMap::new(),
            log: String::new(),
            url: None,
        }
    }
}

impl From<AttemptResult> for AttemptEnd {
    fn from(result: AttemptResult) -> Self {
        Self {
            state: if result.is_success() {
                AttemptState::Succeeded
            } else {
                AttemptState::Failed
            },
            failure: result.failure,
            outputs: result.outputs,
            log: result.log,
            url: result.url,
        }
    }
}

/// An approval by a person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The environment of the step; none if it is for all steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Who approved.
    pub by: String,
    /// What shows that it was them.
    pub proof: Proof,
    /// When.
    #[serde(with = "written::time")]
    #[schemars(with = "String")]
    pub at: i64,
}

/// The holds of a guard that a person lifted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Allowed {
    /// The guard, or `all`.
    pub guard: String,
    /// Who lifted them, as far as Git's configuration shows.
    pub by: String,
    /// When.
    #[serde(with = "written::time")]
    #[schemars(with = "String")]
    pub at: i64,
}

/// What shows who did something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// The forge confirmed the user of the token.
    Forge,
    /// A listed key signed the transition.
    Signature,
    /// A listed key of a server that signed them in signed the transition.
    Server,
    /// Nothing: it is the name that Git is configured with.
    Name,
}

impl Approval {
    /// Whether it counts for a step.
    pub fn is_for(&self, environment: &str) -> bool {
        let own = self.environment.as_deref();
        own.is_none_or(|own| own == environment)
    }
}
