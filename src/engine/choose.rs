//! The choice of differences one by one, as selectors.
//!
//! # Why
//!
//! The choice becomes selectors of `--only` and `--except`, so that the plan is made as without it, and the
//! preview that follows is that of the whole promotion.

use super::request::Request;
use crate::plan::PlannedDifference;

/// The request that promotes those of the offered differences that are chosen, by their selectors.
pub fn choose_differences<'d>(
    mut request: Request,
    offered: impl Iterator<Item = &'d PlannedDifference>,
    is_chosen: &dyn Fn(&PlannedDifference) -> bool,
) -> Request {
    let (chosen, others): (Vec<_>, Vec<_>) = offered.partition(|d| is_chosen(d));
    if chosen
        .iter()
        .any(|difference| !difference.verdict.is_promote())
    {
        // What is kept only moves by its exact selector, and then everything else needs one too.
        request.only = chosen.iter().map(|d| d.selector.clone()).collect();
    }
    let promoted = others.into_iter().filter(|d| d.verdict.is_promote());
    request.except.extend(promoted.map(|d| d.selector.clone()));
    request
}
