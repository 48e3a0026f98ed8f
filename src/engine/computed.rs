//! A plan, and what the selectors of its request match.

use super::error::{EngineError, UnmatchedSelector};
use crate::plan::Plan;

/// A plan, and what the selectors of its request match.
pub(super) struct Computed {
    pub plan: Plan,
    /// The selectors of the differences that the first text of `--only` matches, promoted or kept.
    pub matched: Vec<String>,
    /// The selectors that match nothing.
    pub unmatched: Vec<UnmatchedSelector>,
}

impl Computed {
    /// The plan, if each selector matches something.
    pub fn complete(mut self) -> Result<Plan, EngineError> {
        if self.unmatched.is_empty() {
            Ok(self.plan)
        } else {
            Err(EngineError::NothingSelected(self.unmatched.swap_remove(0)))
        }
    }
}
