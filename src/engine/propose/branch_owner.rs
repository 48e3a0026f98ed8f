//! Whose the commits of a promotion's branch are.
//!
//! # Why
//!
//! The program rewrites its own branch as promotions change, and never what a
//! person has put there. An author's name proves nothing: people commit under
//! the program's name, and the program under theirs. So a commit has to prove
//! itself: the id in its [`Record`] must be that of what it names and changes.
//! Amending its files or their modes, or adding a commit, breaks that proof.
//! Words alone may be amended; they are the plan's, and are written anew.

use crate::domain::CommitId;
use crate::engine::error::EngineError;
use crate::engine::group::MAX_TARGETS;
use crate::engine::receipt::OtherCommit;
use crate::engine::recorded_changes::recorded_changes;
use crate::plan::Record;
use crate::port::{ChangedFile, HistoryDepth, ProposedBranch, ProposedCommit, Repository};

/// What is on a promotion's branch, beyond the base.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum BranchOwner {
    /// There is no such branch.
    Nobody,
    /// Nothing but the program's own work.
    Program {
        /// Where the branch is.
        tip: CommitId,
        /// The promotions that it carries, the oldest first; none when there is anything else.
        carries: Vec<Carried>,
    },
    /// Commits that did not prove themselves.
    Person(Vec<OtherCommit>),
}

/// A promotion on its branch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Carried {
    /// Its id.
    pub id: String,
    /// Its commit.
    pub commit: CommitId,
}

/// Looks at every commit of a branch that the base lacks.
pub(super) fn branch_owner(
    repository: &dyn Repository,
    branch: Option<&ProposedBranch>,
) -> Result<BranchOwner, EngineError> {
    let Some(branch) = branch else {
        return Ok(BranchOwner::Nobody);
    };
    let mut others = Vec::new();
    let mut own: Vec<(&ProposedCommit, String)> = Vec::new();
    let mut merges = Vec::new();
    for (i, commit) in branch.commits.iter().enumerate() {
        let below = branch.commits.get(i + 1).map(|commit| commit.id);
        match proven(repository, commit, below, branch.depth)? {
            Some(id) if i < MAX_TARGETS => own.push((commit, id)),
            _ if commit.parents.len() == 2 => merges.push(commit),
            _ => others.push(other(commit)),
        }
    }
    let has_merges = !merges.is_empty();
    for merge in merges {
        // What it was merged into cannot be seen, and may be a person's.
        let is_seen = branch.depth == HistoryDepth::Whole;
        if !is_seen || !is_update(repository, merge, &branch.commits, &own)? {
            others.push(other(merge));
        }
    }
    if !others.is_empty() {
        return Ok(BranchOwner::Person(others));
    }
    let promotions = own.into_iter().rev().map(|(commit, id)| Carried {
        id,
        commit: commit.id,
    });
    let carries = if has_merges {
        Vec::new()
    } else {
        promotions.collect()
    };
    Ok(BranchOwner::Program {
        tip: branch.tip,
        carries,
    })
}

fn other(commit: &ProposedCommit) -> OtherCommit {
    OtherCommit {
        id: commit.id,
        title: commit.message.lines().next().unwrap_or_default().to_owned(),
    }
}

/// The id that a commit records, when that is the id of what it names and changes; `below` is the next
/// older commit of the branch.
fn proven(
    repository: &dyn Repository,
    commit: &ProposedCommit,
    below: Option<CommitId>,
    depth: HistoryDepth,
) -> Result<Option<String>, EngineError> {
    let [parent] = commit.parents[..] else {
        return Ok(None);
    };
    let mut records = Record::all_in(&commit.message);
    // Where nothing below them can be seen, they must stand where they were written: on the base.
    if depth == HistoryDepth::LastCommits && below != Some(parent) {
        let parent = parent.to_string();
        records.retain(|record| record.target.as_ref() == Some(&parent));
    }
    if records.is_empty() {
        return Ok(None);
    }
    let snapshot = repository.snapshot(commit.id)?;
    let Some(changes) = recorded_changes(snapshot.as_ref(), &commit.changes) else {
        return Ok(None);
    };
    let proven = records.into_iter().find(|r| r.is_proven_by(&changes));
    Ok(proven.map(|record| record.id))
}

/// Whether a merge only brings the base into the branch, as a forge's "Update branch" does.
///
/// Its second parent must be the base's, and every file that it changes must be as that has it and
/// none of the program's own: then nothing in it is a person's.
fn is_update(
    repository: &dyn Repository,
    merge: &ProposedCommit,
    commits: &[ProposedCommit],
    own: &[(&ProposedCommit, String)],
) -> Result<bool, EngineError> {
    let [_, base] = merge.parents[..] else {
        return Ok(false);
    };
    if commits.iter().any(|c| c.id == base) {
        return Ok(false);
    }
    let snapshot = repository.snapshot(base)?;
    for ChangedFile { path, after, .. } in &merge.changes {
        let Some(path) = path else {
            return Ok(false);
        };
        let is_own = own.iter().any(|(c, _)| {
            c.changes
                .iter()
                .any(|file| file.path.as_ref() == Some(path))
        });
        if is_own || snapshot.entry_at(path.as_str())? != *after {
            return Ok(false);
        }
    }
    Ok(true)
}
