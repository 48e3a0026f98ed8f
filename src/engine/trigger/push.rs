//! Finds the commits of a push.
//!
//! # Why
//!
//! CI systems name the commit before a push, but it is all zeros for a new branch, and missing from the
//! clone after a forced push. The commits that the default branch lacks are examined then, or
//! only the newest one if it is the default branch itself.

use std::collections::HashMap;

use crate::domain::{CommitId, ObjectId};
use crate::engine::configured::default_branch;
use crate::engine::error::EngineError;
use crate::engine::ports::Ports;
use crate::plan::Notice;
use crate::port::{Branch, PastCommit, RepositoryError};

/// The commits for which flows are to be started.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TriggerRequest {
    /// The products; all if empty.
    pub products: Vec<String>,
    /// The branch; the default branch if omitted.
    pub branch: Option<String>,
    /// The commit that the branch pointed at before the push, as a forge names it; the parent of
    /// `commit` if omitted.
    pub before: Option<String>,
    /// The last commit of the push; the branch's tip if omitted.
    pub commit: Option<String>,
}

/// The commits of a push.
pub(super) struct Push {
    /// The last one.
    pub(super) commit: CommitId,
    /// The commit before all of them; `None` if the first one has no parent.
    pub(super) base: Option<CommitId>,
    /// The commits of the branch's own line, newest first, then those that were merged into it.
    pub(super) commits: Vec<PastCommit>,
}

impl Push {
    /// Finds the commits of a push to a branch.
    pub(super) async fn find(
        ports: &Ports<'_>,
        request: &TriggerRequest,
        branch: &Branch,
    ) -> Result<(Self, Option<Notice>), EngineError> {
        let commit = match &request.commit {
            Some(revision) => ports.repository.revision(revision, None)?,
            None => branch.tip,
        };
        if !ports.history.is_ancestor(commit, branch.tip)? {
            return Err(EngineError::NotOnBranch {
                commit,
                branch: branch.name.clone(),
            });
        }
        let before = match &request.before {
            Some(revision) => known(ports, revision)?,
            None => parent(ports, commit)?,
        };
        if before.is_some() || request.before.is_none() {
            let commits = ports.history.since(commit, before)?;
            let base = before;
            return Ok((
                Self {
                    commit,
                    base,
                    commits,
                },
                None,
            ));
        }
        let fork = if branch.is_default {
            parent(ports, commit)?
        } else {
            Some(default_branch(ports).await?.tip)
        };
        let commits = ports.history.since(commit, fork)?;
        let base = below(commit, &commits);
        let missing = request.before.as_ref().filter(|before| !is_zero(before));
        let notice = missing
            .zip(base)
            .map(|(before, base)| Notice::StartOfPushMissing {
                commit: before.clone(),
                instead: base,
            });
        Ok((
            Self {
                commit,
                base,
                commits,
            },
            notice,
        ))
    }
}

/// The commit of a revision; `None` if it stands for no commit, or its commit is not in this clone.
fn known(ports: &Ports<'_>, revision: &str) -> Result<Option<CommitId>, RepositoryError> {
    if is_zero(revision) {
        return Ok(None);
    }
    match ports.repository.revision(revision, None) {
        Ok(commit) => Ok(Some(commit)),
        Err(RepositoryError::UnknownRevision { .. }) if revision.parse::<ObjectId>().is_ok() => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Whether it is the id that stands for no commit.
fn is_zero(revision: &str) -> bool {
    let zeros = revision.bytes().all(|byte| byte == b'0');
    zeros && revision.parse::<ObjectId>().is_ok()
}

/// The first parent of a commit.
fn parent(ports: &Ports<'_>, commit: CommitId) -> Result<Option<CommitId>, EngineError> {
    let parent = ports.history.commit(commit)?.parent;
    if parent.is_none() && ports.history.is_shallow() {
        return Err(EngineError::NothingBefore {
            commit,
            is_shallow: true,
        });
    }
    Ok(parent)
}

/// The commit before the oldest of a branch's own line.
fn below(tip: CommitId, commits: &[PastCommit]) -> Option<CommitId> {
    let parents: HashMap<CommitId, Option<CommitId>> =
        commits.iter().map(|c| (c.id, c.parent)).collect();
    let mut at = tip;
    while let Some(parent) = parents.get(&at) {
        at = (*parent)?;
    }
    Some(at)
}
