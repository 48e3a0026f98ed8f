//! The commit of a cleared plan.

use super::error::EngineError;
use super::ports::Ports;
use crate::domain::CommitId;
use crate::plan::Cleared;
use crate::port::{Branch, CommitRequest, TreeChange};

/// Writes the commit of a plan.
pub(super) async fn write(ports: &Ports<'_>, cleared: &Cleared) -> Result<CommitId, EngineError> {
    ports.progress.step("writing the commit");
    let request = commit_request(cleared);
    Ok(ports.repository.write_commit(request).await?)
}

/// What comes after that, for a branch where this one is.
pub(super) fn sending(base: &Branch) -> &'static str {
    match base.remote {
        Some(_) => "pushing",
        None => "moving the branch",
    }
}

/// The commit of a plan, on the commit that it was computed on.
fn commit_request(cleared: &Cleared) -> CommitRequest {
    let plan = cleared.plan();
    let mut message = plan.message().clone();
    if !cleared.allowed().is_empty() {
        let names: Vec<&str> = cleared.allowed().iter().map(|g| g.as_str()).collect();
        message
            .trailers
            .push(("Promotion-Allowed".to_owned(), names.join(", ")));
    }
    CommitRequest {
        parent: plan.target(),
        changes: plan
            .changed_files()
            .map(|file| TreeChange {
                path: file.path.clone(),
                content: file.after.as_ref().map(|c| (c.mode, c.bytes.clone())),
            })
            .collect(),
        message: message.text(),
    }
}
