//! Taking a proposal back when nothing is left to promote.

use crate::domain::CommitId;
use crate::engine::error::EngineError;
use crate::engine::ports::Ports;
use crate::plan::{Notice, withdrawal_comment, withdrawn_body};
use crate::port::{
    Advance, Branch, Event, Expected, Forge, ForgeError, PullRequest, RepositoryError,
};

/// What became of the branch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Withdrawal {
    /// It was deleted.
    Deleted,
    /// The server refused to delete it.
    Left(Notice),
    /// Somebody else moved it first.
    Overtaken,
}

/// Comments with the reason, closes, and deletes the branch, in this order.
///
/// # Why
///
/// The mark goes before the request is closed: a later promotion of the same must not take this
/// for a person's no. The branch goes last, for only it leads the next run here. A server may
/// refuse to delete branches; that is no failure, for nothing is left to promote all the same.
pub(super) async fn withdraw(
    ports: &Ports<'_>,
    base: &Branch,
    name: &str,
    tip: CommitId,
    open: Option<&PullRequest>,
    reason: &str,
) -> Result<Withdrawal, EngineError> {
    if let Some((forge, request)) = ports.forge_of(base).zip(open) {
        ports.observer.event(&Event::ClosingPullRequest);
        let closed = close(forge, request, reason).await;
        closed.map_err(EngineError::Forge)?;
    }
    ports.observer.event(&Event::DeletingBranch);
    let withdrawal = delete(ports, base, name, tip).await?;
    // Whoever was faster has something to promote; if the forge cannot open it again, their next
    // run opens another one, for this one bears no rejection.
    if let Some((forge, request)) = ports.forge_of(base).zip(open)
        && withdrawal == Withdrawal::Overtaken
    {
        match forge.reopen(request.number).await {
            Ok(()) | Err(ForgeError::Refused { .. }) => {}
            Err(error) => return Err(EngineError::Forge(error)),
        }
    }
    Ok(withdrawal)
}

/// Comments with the reason, and closes a pull request.
pub(super) async fn close(
    forge: &dyn Forge,
    request: &PullRequest,
    reason: &str,
) -> Result<(), ForgeError> {
    let mark = withdrawal_comment();
    let text = format!("{reason} Closed by git-promote.\n\n{mark}");
    let body = withdrawn_body(&request.body);
    forge.comment(request.number, &mark, &text).await?;
    if body != request.body {
        forge.rewrite(request.number, &request.title, &body).await?;
    }
    forge.close(request.number).await
}

/// Deletes the branch, unless the server forbids that.
async fn delete(
    ports: &Ports<'_>,
    base: &Branch,
    name: &str,
    tip: CommitId,
) -> Result<Withdrawal, EngineError> {
    let deleted = (ports.repository)
        .replace(base, name, Expected::At(tip), None)
        .await;
    match deleted {
        Ok(Advance::Done { .. }) => Ok(Withdrawal::Deleted),
        Ok(Advance::Overtaken) => Ok(Withdrawal::Overtaken),
        Err(RepositoryError::Refused {
            remote, message, ..
        }) => Ok(Withdrawal::Left(Notice::BranchNotDeleted {
            branch: name.to_owned(),
            remote,
            message,
        })),
        Err(error) => Err(error.into()),
    }
}
