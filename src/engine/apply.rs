//! The only function that changes the world.

use crate::domain::{ApplicationName, CommitId};
use crate::plan::{Finding, Plan};

use super::EngineError;
use super::compute::{Ports, Prepared};
use super::request::Request;

/// What became of a promotion.
#[derive(Clone, Debug)]
pub enum Receipt {
    /// The target was equal already in everything that is promoted.
    NothingToPromote,
    /// `--action none`: the plan is the result.
    Planned,
    /// A guard holds it; nothing was written.
    Held(Vec<Finding>),
    /// The branch points at the promotion's commit.
    Committed {
        /// The commit.
        commit: CommitId,
        /// The branch.
        branch: String,
        /// The remote that accepted it; `None` for a local branch.
        remote: Option<String>,
        /// The applications that were promoted.
        applications: Vec<ApplicationName>,
        /// The plan that was applied (a later one than was shown, if the branch had moved).
        plan: Box<Plan>,
        /// What the user should know.
        notes: Vec<String>,
    },
    /// The branch moved and the new plan would change something else; nothing was written.
    Moved {
        /// What would be changed now.
        plan: Box<Plan>,
    },
}

/// Applies a prepared plan.
///
/// # Errors
/// [`EngineError`]; nothing was moved then.
pub async fn apply(
    ports: &Ports<'_>,
    request: &Request,
    prepared: Prepared,
) -> Result<Receipt, EngineError> {
    let _ = (ports, request, prepared);
    todo!()
}
