//! The commits of cleared plans.

use super::error::EngineError;
use super::ports::Ports;
use crate::domain::CommitId;
use crate::plan::{Cleared, FilePlan, Plan};
use crate::port::{Branch, CommitRequest, Event, TreeChange};

/// Writes the commits of plans with the same target, each on the one before, and returns them in this
/// order.
pub(super) async fn write(
    ports: &Ports<'_>,
    cleared: &[Cleared],
) -> Result<Vec<CommitId>, EngineError> {
    ports.observer.event(&Event::WritingCommit);
    let acted_by = ports.acted_by.map(ToString::to_string);
    let mut commits: Vec<CommitId> = Vec::new();
    for one in cleared {
        let parent = *commits.last().unwrap_or(&one.plan().target());
        let request = CommitRequest {
            parent,
            changes: changes(one.plan()),
            message: one.commit_message(acted_by.as_deref()),
        };
        commits.push(ports.repository.write_commit(request).await?);
    }
    Ok(commits)
}

/// The step after that: a push if `base` is on a remote.
pub(super) fn sending(base: &Branch) -> Event {
    match base.remote {
        Some(_) => Event::Pushing,
        None => Event::MovingBranch,
    }
}

/// The changes of a plan to the target's files.
pub(super) fn changes(plan: &Plan) -> Vec<TreeChange> {
    let change = |file: &FilePlan| TreeChange {
        path: file.path.clone(),
        content: file.after.as_ref().map(|c| (c.mode, c.bytes.clone())),
    };
    plan.changed_files().map(change).collect()
}
