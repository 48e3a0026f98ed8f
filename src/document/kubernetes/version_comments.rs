//! Comments that name a version move with it.
//!
//! # Why
//!
//! `image: web@sha256:… # v1.4.2` and `# Flux Version: v2.1.2` are maintained with the version, also by
//! Renovate and by Flux. A comment that still names the old one misleads. Other comments belong to
//! their file and never move.

use std::collections::HashMap;
use std::ops::Range;

use super::difference::Difference;
use super::sides::Sides;
use crate::document::tokens::{self, VersionPairs};
use crate::domain::Op;
use crate::yaml::Stream;

/// The target with the comments changed that differ from the source's only in versions, and that are
/// beside a promoted version or change as promoted values do; `None` if there are none.
pub(super) fn with_moved_comments(sides: &Sides<'_>, promoted: &[&Difference]) -> Option<Stream> {
    let (source, target) = (sides.source, sides.target);
    if target.comment_spans().is_empty() || source.comment_spans().is_empty() {
        return None;
    }
    let mut changes: Vec<(Range<usize>, &str)> = Vec::new();
    let mut pairs = VersionPairs::default();
    for difference in promoted.iter().filter(|d| d.op == Op::Set) {
        if let Some((before, after)) = difference.scalars() {
            pairs.learn(before, after);
        }
        if difference.version.is_some()
            && let Some(old) = target.comment_beside(&difference.place)
            && let Some(new) = difference
                .source
                .as_ref()
                .and_then(|at| source.comment_beside(at))
        {
            let new = &source.text()[new];
            if differ_in_versions(&target.text()[old.clone()], new) {
                changes.push((old, new));
            }
        }
    }
    let mut by_words: HashMap<String, Vec<&str>> = HashMap::new();
    for span in source.comment_spans() {
        let comment = &source.text()[span.clone()];
        let same = by_words.entry(without_versions(comment)).or_default();
        if !same.contains(&comment) {
            same.push(comment);
        }
    }
    for span in target.comment_spans() {
        let old = &target.text()[span.clone()];
        if let Some([new]) = by_words.get(&without_versions(old)).map(Vec::as_slice)
            && pairs.explain(old, new)
        {
            changes.push((span.clone(), new));
        }
    }
    if changes.is_empty() {
        return None;
    }
    changes.sort_by_key(|(span, _)| span.start);
    changes.dedup_by_key(|(span, _)| span.start);
    let mut text = target.text().to_owned();
    for (span, new) in changes.into_iter().rev() {
        text.replace_range(span, new);
    }
    Stream::parse(&text).ok()
}

fn differ_in_versions(old: &str, new: &str) -> bool {
    old != new && without_versions(old) == without_versions(new)
}

/// A comment with a mark in place of each version.
fn without_versions(comment: &str) -> String {
    let mut text = comment.to_owned();
    for word in tokens::words(comment).into_iter().rev() {
        text.replace_range(word, "\0");
    }
    text
}
