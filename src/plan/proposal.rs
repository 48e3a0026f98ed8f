//! The pull request's part of a plan.

use crate::domain::PullRequestSettings;

/// How the promotion is proposed; title and body are only rendered when they are needed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ProposalPlan {
    /// The promotion's own branch.
    pub branch: String,
    /// The first requested product, for the templates.
    pub product: Option<String>,
    /// The settings of the policies and the command line together.
    pub settings: PullRequestSettings,
    /// The configuration's template of the title.
    pub title: Option<String>,
    /// The configuration's template of the body.
    pub body: Option<String>,
}
