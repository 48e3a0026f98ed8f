//! Values of `promote.yaml` that are one of several words.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::{Action, Automation, Concurrency, EnvironmentKind, MergeMethod, Mode};

/// Whether an environment serves users.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum KindWord {
    /// An environment that serves users.
    Production,
    /// Any other environment.
    NonProduction,
}

/// What happens to versions that another program writes.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum AutomationWord {
    /// The target keeps them.
    Keep,
    /// They are promoted like other versions.
    Promote,
}

/// The keywords for what a rule promotes.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum PromoteWord {
    /// Version fields, and values that move with them.
    Versions,
    /// What changed in the source since the last promotion, removals too.
    Changes,
    /// Every difference.
    All,
}

/// How a pull request is merged.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum MergeWord {
    /// A merge commit.
    Merge,
    /// A single commit.
    Squash,
    /// The commits, rebased onto the base branch.
    Rebase,
}

/// How a promotion is delivered.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ActionWord {
    /// Commit to the target branch.
    Commit,
    /// Open a pull request.
    PullRequest,
    /// Change nothing and only report the plan.
    None,
}

/// What happens to a release while another one of the same product and flow runs.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ConcurrencyWord {
    /// It waits.
    #[default]
    Queue,
    /// The running one is terminated.
    Replace,
    /// It does not start.
    Reject,
}

/// The method of an HTTP request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum MethodWord {
    /// `GET`.
    Get,
    /// `HEAD`.
    Head,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `PATCH`.
    Patch,
    /// `DELETE`.
    Delete,
}

impl MethodWord {
    /// The method as a request has it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether a repeated request has the effect of one, as RFC 9110 (section 9.2.2) defines it.
    pub(super) fn is_idempotent(self) -> bool {
        !matches!(self, Self::Post | Self::Patch)
    }
}

impl From<KindWord> for EnvironmentKind {
    fn from(kind: KindWord) -> Self {
        match kind {
            KindWord::Production => Self::Production,
            KindWord::NonProduction => Self::NonProduction,
        }
    }
}

impl From<PromoteWord> for Mode {
    fn from(word: PromoteWord) -> Self {
        match word {
            PromoteWord::Versions => Self::Versions,
            PromoteWord::Changes => Self::Changes,
            PromoteWord::All => Self::All,
        }
    }
}

impl From<MergeWord> for MergeMethod {
    fn from(word: MergeWord) -> Self {
        match word {
            MergeWord::Merge => Self::Merge,
            MergeWord::Squash => Self::Squash,
            MergeWord::Rebase => Self::Rebase,
        }
    }
}

impl From<ActionWord> for Action {
    fn from(word: ActionWord) -> Self {
        match word {
            ActionWord::Commit => Self::Commit,
            ActionWord::PullRequest => Self::PullRequest,
            ActionWord::None => Self::None,
        }
    }
}

impl From<AutomationWord> for Automation {
    fn from(automation: AutomationWord) -> Self {
        match automation {
            AutomationWord::Keep => Self::Keep,
            AutomationWord::Promote => Self::Promote,
        }
    }
}

impl From<ConcurrencyWord> for Concurrency {
    fn from(word: ConcurrencyWord) -> Self {
        match word {
            ConcurrencyWord::Queue => Self::Queue,
            ConcurrencyWord::Replace => Self::Replace,
            ConcurrencyWord::Reject => Self::Reject,
        }
    }
}
