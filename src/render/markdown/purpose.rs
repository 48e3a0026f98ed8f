//! What a preview in Markdown is for.

use crate::domain::GuardName;
use crate::engine::Allow;

/// What a preview in Markdown is for.
#[derive(Clone, Copy, Debug)]
pub enum Purpose<'a> {
    /// To decide about the plan, where `Allow` lifts holds. The commit message is part of it.
    Preview(&'a Allow),
    /// To describe a pull request. Its commit has the message already, and all holds are lifted.
    PullRequest,
}

impl Purpose<'_> {
    /// Whether the holds of a guard are lifted.
    pub(super) fn lifts(self, guard: GuardName) -> bool {
        match self {
            Self::Preview(allow) => allow.lifts(guard),
            Self::PullRequest => true,
        }
    }
}
