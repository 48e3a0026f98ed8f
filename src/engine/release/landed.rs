//! Finds the commit that brought a step's promotion to the branch.

use std::ops::ControlFlow;

use crate::domain::CommitId;
use crate::engine::log::merge_of;
use crate::engine::ports::Ports;
use crate::plan::Record;
use crate::port::{Branch, MessageSearch, RepositoryError};
use crate::release::Release;

/// How far the clocks of two committers may differ.
const CLOCK_DIFFERENCE: i64 = 86_400;

/// Finds the commit on the branch's own line that brought the promotion of a release to an environment:
/// the promotion itself, or the merge of its branch.
pub(super) fn find(
    ports: &Ports<'_>,
    branch: &Branch,
    release: &Release,
    environment: &str,
) -> Result<Option<CommitId>, RepositoryError> {
    let mut found = None;
    let search = MessageSearch {
        from: branch.tip,
        line_starts: &[Record::RELEASE_LINE],
    };
    ports.history.search(&search, &mut |commit| {
        let is_own = |record: &Record| {
            record.release.as_deref() == Some(release.id.as_str()) && record.to == environment
        };
        if Record::all_in(&commit.message).iter().any(is_own) {
            found = Some(commit.id);
            return ControlFlow::Break(());
        }
        if commit.time + CLOCK_DIFFERENCE < release.created {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    let Some(commit) = found else {
        return Ok(None);
    };
    let merge = merge_of(ports.history, branch.tip, commit)?;
    Ok(Some(merge.unwrap_or(commit)))
}
