//! What a plan says about its pull request, should it become one.

use crate::domain::PullRequestSettings;

/// How the promotion is proposed; the words are rendered only when they are needed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ProposalPlan {
    /// The promotion's own branch.
    pub branch: String,
    /// The product that was asked for, for the words.
    pub product: Option<String>,
    /// What policies and the command line ask for.
    pub settings: PullRequestSettings,
    /// The configuration's template of the title.
    pub title: Option<String>,
    /// The configuration's template of the body.
    pub body: Option<String>,
}
