//! Clears a plan that no guard holds.

use super::request::Allow;
use crate::plan::{Cleared, Finding, Hold, Plan};

/// Clears the plan unless a finding holds it that was not allowed.
///
/// # Errors
/// [`Hold`] with all findings that were not allowed.
pub fn clear(plan: Plan, allow: &Allow) -> Result<Cleared, Box<Hold>> {
    let held: Vec<Finding> = plan
        .findings()
        .iter()
        .filter(|finding| finding.is_hold() && !allow.lifts(finding))
        .cloned()
        .collect();
    if !held.is_empty() {
        return Err(Box::new(Hold {
            plan,
            findings: held,
        }));
    }
    let lifted = allow.lifted(&plan);
    Ok(Cleared::new(plan, lifted))
}
