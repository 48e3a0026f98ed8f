//! A plan that passed the guards, or that they hold.

use super::{Finding, Plan};
use crate::domain::GuardName;

/// A plan that may be applied; only the engine's `clear` makes one.
#[derive(Clone, Debug)]
pub struct Cleared {
    plan: Plan,
    allowed: Vec<GuardName>,
}

impl Cleared {
    /// Makes a cleared plan; only the engine's `clear` calls this.
    pub(crate) fn new(plan: Plan, allowed: Vec<GuardName>) -> Self {
        Self { plan, allowed }
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The message of its commit.
    pub fn commit_message(&self) -> String {
        self.plan.commit_message(&self.allowed)
    }
}

/// A plan that guards hold, with their findings.
#[derive(Clone, Debug)]
pub struct Hold {
    /// The plan.
    pub plan: Plan,
    /// The findings that hold it; never empty.
    pub findings: Vec<Finding>,
}
