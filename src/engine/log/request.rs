//! Which promotions to list.

use crate::domain::Settings;
use crate::port::BranchChoice;

/// Which promotions to list.
#[derive(Clone, Debug)]
pub struct LogRequest {
    /// The source environment, by name or alias; any if `None`.
    pub from: Option<String>,
    /// The target environment, by name or alias; any if `None`.
    pub to: Option<String>,
    /// Applications by whole names or last parts; all if there are no products either.
    pub applications: Vec<String>,
    /// Products.
    pub products: Vec<String>,
    /// How many promotions to list at most.
    pub limit: usize,
    /// The branch.
    pub branch: BranchChoice,
    /// The settings of `--config FILE`; otherwise those of `promote.yaml` in the branch's commit.
    pub settings: Option<Settings>,
}
