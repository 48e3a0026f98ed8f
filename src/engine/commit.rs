//! The commit of a cleared plan.

use super::error::EngineError;
use super::ports::Ports;
use crate::domain::CommitId;
use crate::plan::{Cleared, FilePlan, Plan};
use crate::port::{Branch, CommitRequest, Event, TreeChange};

/// Writes the commit of a plan.
pub(super) async fn write(ports: &Ports<'_>, cleared: &Cleared) -> Result<CommitId, EngineError> {
    ports.observer.event(&Event::WritingCommit);
    let request = commit_request(cleared);
    Ok(ports.repository.write_commit(request).await?)
}

/// The step after that: a push if `base` is on a remote.
pub(super) fn sending(base: &Branch) -> Event {
    match base.remote {
        Some(_) => Event::Pushing,
        None => Event::MovingBranch,
    }
}

/// The commit of a plan, on the commit that it was computed on.
fn commit_request(cleared: &Cleared) -> CommitRequest {
    let plan = cleared.plan();
    CommitRequest {
        parent: plan.target(),
        changes: changes(plan),
        message: cleared.commit_message(),
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
