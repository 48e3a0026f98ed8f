//! The states of releases and steps.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far a release is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseState {
    /// It waits for others of the same product and flow.
    Queued,
    /// At least one step goes on.
    Running,
    /// Every step that could go on waits for people, a merge or a gate.
    Suspended,
    /// It is being ended before it is done.
    Terminating,
    /// It was ended before it was done.
    Terminated,
    /// A step failed, and no other can go on.
    Failed,
    /// All steps have succeeded.
    Succeeded,
    /// A newer release contains it.
    Superseded,
}

impl ReleaseState {
    /// Whether nothing more happens unless it is retried.
    pub fn is_end(self) -> bool {
        match self {
            Self::Terminated | Self::Failed | Self::Succeeded | Self::Superseded => true,
            Self::Queued | Self::Running | Self::Suspended | Self::Terminating => false,
        }
    }

    /// Whether it has left the queue and has not ended.
    pub fn is_active(self) -> bool {
        !self.is_end() && self != Self::Queued
    }

    /// Its name, as the record has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Suspended => "suspended",
            Self::Terminating => "terminating",
            Self::Terminated => "terminated",
            Self::Failed => "failed",
            Self::Succeeded => "succeeded",
            Self::Superseded => "superseded",
        }
    }
}

/// How far a step is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// It has not started.
    Pending,
    /// It goes on.
    Running,
    /// It waits for people, a merge or a gate.
    Suspended,
    /// It is done.
    Succeeded,
    /// It ended with an error.
    Failed,
    /// It was ended with its release.
    Terminated,
    /// It is done: the environment already had everything.
    Skipped,
}

impl StepState {
    /// Whether the steps that depend on it may start.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Succeeded | Self::Skipped)
    }

    /// Whether it has started and not ended.
    pub fn is_active(self) -> bool {
        matches!(self, Self::Running | Self::Suspended)
    }

    /// Its name, as the record has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Suspended => "suspended",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Terminated => "terminated",
            Self::Skipped => "skipped",
        }
    }
}

/// What a step does, in this order.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Its hook runs.
    OnStart,
    /// It waits for the gates before the action.
    GatesBefore,
    /// The pre-action runs.
    PreAction,
    /// The promotion is committed, or proposed and merged.
    Action,
    /// It waits for the gates after the action.
    GatesAfter,
    /// The post-action runs.
    PostAction,
    /// Its hook runs, and it is done.
    OnSuccess,
}

impl Phase {
    /// Its name, as the record has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::OnStart => "on-start",
            Self::GatesBefore => "gates-before",
            Self::PreAction => "pre-action",
            Self::Action => "action",
            Self::GatesAfter => "gates-after",
            Self::PostAction => "post-action",
            Self::OnSuccess => "on-success",
        }
    }
}
