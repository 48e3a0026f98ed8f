//! Searches the history of a branch for promotions.

use super::collector::Collector;
use super::{merges, reverts};
use crate::engine::claims;
use crate::engine::error::EngineError;
use crate::engine::ports::Ports;
use crate::plan::Record;
use crate::port::{Branch, MessageSearch};

/// The lines of the commits to look at: promotions, merges of their branches, and reverts as Git, GitLab
/// and GitHub write them. Every forge begins the message of a merge with this word.
const LINE_STARTS: &[&str] = &[
    Record::FIRST_LINE,
    "Merge",
    claims::COMMIT,
    claims::MERGE_REQUEST,
    claims::PULL_REQUEST,
];

/// Searches the history of a branch.
pub(super) fn collect(
    ports: &Ports<'_>,
    branch: &Branch,
    mut collector: Collector,
) -> Result<Collector, EngineError> {
    let search = MessageSearch {
        from: branch.tip,
        line_starts: LINE_STARTS,
    };
    ports
        .history
        .search(&search, &mut |commit| collector.visit(commit))?;
    merges::link(ports.history, branch.tip, &mut collector)?;
    reverts::resolve(ports, &mut collector);
    for promotion in &mut collector.promotions {
        promotion.repository.clone_from(&branch.repository);
    }
    Ok(collector)
}
