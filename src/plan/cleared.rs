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

    /// The message of its commit; `acted_by` is the person who asked a server for it.
    pub fn commit_message(&self, acted_by: Option<&str>) -> String {
        self.plan.message_of(&self.allowed, acted_by)
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
