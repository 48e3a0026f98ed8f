//! Reports patterns of `--only` that select nothing but kept differences.
//!
//! # Why
//!
//! A pattern only narrows what the rules promote, so one that names a value which is kept changes
//! nothing. Without a word about it, a user cannot know that the exact selector would promote it.

use super::DecidedFile;
use super::selection::{Matches, Settled};
use super::{DecidedBody, Verdict};
use crate::domain::Reason;
use crate::plan::Notice;

/// A notice for each pattern that matches differences of which none is promoted, and of which the exact
/// selectors would promote some; `whole` are the matches of the files that move as a whole.
pub(super) fn notices(
    settled: &Settled,
    decided: &[DecidedFile],
    whole: &[Matches],
) -> Vec<Notice> {
    let notice = |(index, pattern): (usize, &str)| {
        let mut kept = Vec::new();
        for (file, whole) in decided.iter().zip(whole) {
            for (selector, verdict) in matched(file, whole, index) {
                if verdict.is_promote() {
                    return None;
                }
                if is_selectable(&verdict.reason) {
                    kept.push((selector, verdict.reason));
                }
            }
        }
        let pattern = pattern.to_owned();
        (!kept.is_empty()).then_some(Notice::SelectionKept { pattern, kept })
    };
    settled.only_patterns().filter_map(notice).collect()
}

/// The selectors and verdicts of a file's differences that the choice with this index matches.
fn matched(file: &DecidedFile, whole: &Matches, index: usize) -> Vec<(String, Verdict)> {
    match &file.body {
        DecidedBody::Fields { fields, .. } => fields
            .iter()
            .filter(|(field, _)| field.facts.is_matched_by_only(index))
            .map(|(field, verdict)| (field.selector.clone(), verdict.clone()))
            .collect(),
        DecidedBody::Whole(verdict) if whole.only.contains(&index) => {
            vec![(
                file.pair.path.to_string(),
                verdict.verdict(&file.pair, false),
            )]
        }
        DecidedBody::Whole(_) | DecidedBody::Fault(_) => Vec::new(),
    }
}

/// Whether the exact selector would promote what is kept for this reason.
fn is_selectable(reason: &Reason) -> bool {
    !matches!(
        reason,
        Reason::ExceptExact
            | Reason::ExceptPattern(_)
            | Reason::SharedAnchor { .. }
            | Reason::Submodule
            | Reason::ApplicationLeftOut
    )
}
