//! What a preview in Markdown is for.

use crate::engine::Allow;
use crate::plan::Finding;

/// What a preview in Markdown is for.
#[derive(Clone, Copy, Debug)]
pub enum Purpose<'a> {
    /// To decide about the plan, where `Allow` lifts holds. The commit message is part of it.
    Preview(&'a Allow),
    /// To describe a pull request. Its commit has the message already, and all holds are lifted.
    PullRequest,
}

impl Purpose<'_> {
    /// Whether the hold of a finding is lifted.
    pub(super) fn lifts(self, finding: &Finding) -> bool {
        match self {
            Self::Preview(allow) => allow.lifts(finding),
            Self::PullRequest => true,
        }
    }
}
