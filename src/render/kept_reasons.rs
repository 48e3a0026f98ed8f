//! How many differences are kept for each reason.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::plan::Plan;

/// The number of kept differences for each reason, the most frequent first.
pub(super) fn kept_reasons(plan: &Plan) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for difference in plan.differences().filter(|d| !d.verdict.is_promote()) {
        *counts
            .entry(difference.verdict.reason.to_string())
            .or_default() += 1;
    }
    let mut reasons = Vec::from_iter(counts);
    reasons.sort_by_key(|(_, count)| Reverse(*count));
    reasons
}
