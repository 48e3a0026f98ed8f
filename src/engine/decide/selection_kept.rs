//! Reports patterns of `--only` that select nothing but kept differences.
//!
//! # Why
//!
//! A pattern only narrows what the rules promote, so one that names a value which is kept changes
//! nothing. Without a word about it, a user cannot know that the exact selector would promote it.

use super::selection::Settled;
use crate::domain::{Reason, Verdict};
use crate::plan::Notice;

/// A notice for each pattern that matches differences of which none is promoted, and of which the exact
/// selectors would promote some; `matched` lists what the choice with an index matches.
pub(super) fn notices(
    settled: &Settled,
    matched: impl Fn(usize) -> Vec<(String, Verdict)>,
) -> Vec<Notice> {
    let notice = |(index, pattern): (usize, &str)| {
        let all = matched(index);
        if all.iter().any(|(_, verdict)| verdict.is_promote()) {
            return None;
        }
        let reasons = all
            .into_iter()
            .map(|(selector, verdict)| (selector, verdict.reason));
        let kept: Vec<_> = reasons
            .filter(|(_, reason)| is_selectable(reason))
            .collect();
        let pattern = pattern.to_owned();
        (!kept.is_empty()).then_some(Notice::SelectionKept { pattern, kept })
    };
    settled.only_patterns().filter_map(notice).collect()
}

/// Whether the exact selector would promote what is kept for this reason.
fn is_selectable(reason: &Reason) -> bool {
    !matches!(
        reason,
        Reason::ExceptExact
            | Reason::EnvironmentName
            | Reason::ExceptPattern(_)
            | Reason::SharedAnchor { .. }
            | Reason::TemplateExpression { .. }
            | Reason::Submodule
            | Reason::ApplicationLeftOut
    )
}
