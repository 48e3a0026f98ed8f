//! A plan that the guards let pass.

use super::record::Record;
use super::{Finding, Plan};
use crate::domain::GuardName;

/// A plan that may be applied; only clearing makes one.
#[derive(Clone, Debug)]
pub struct Cleared {
    plan: Plan,
    allowed: Vec<GuardName>,
}

impl Cleared {
    /// For the engine's `clear` alone.
    pub(crate) fn new(plan: Plan, allowed: Vec<GuardName>) -> Self {
        Self { plan, allowed }
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What the commit records about the promotion, with the guards whose hold was lifted.
    pub fn record(&self) -> Record {
        let names: Vec<&str> = self.allowed.iter().map(|guard| guard.as_str()).collect();
        Record {
            allowed: (!names.is_empty()).then(|| names.join(", ")),
            ..self.plan.record().clone()
        }
    }
}

/// A plan that a guard holds, with what was found.
#[derive(Clone, Debug)]
pub struct Hold {
    /// The plan.
    pub plan: Plan,
    /// What holds it; never empty.
    pub findings: Vec<Finding>,
}
