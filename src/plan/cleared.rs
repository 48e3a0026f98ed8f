//! A plan that passed the guards, or that they hold.

use super::record::Record;
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

    /// What the commit records about the promotion, with the guards whose hold was lifted.
    pub fn record(&self) -> Record {
        let names: Vec<&str> = self.allowed.iter().map(|guard| guard.as_str()).collect();
        Record {
            allowed: (!names.is_empty()).then(|| names.join(", ")),
            ..self.plan.record().clone()
        }
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
