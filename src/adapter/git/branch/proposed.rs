//! Branches that git-promote itself creates, next to the branch that a promotion is for.
//!
//! # Why
//!
//! git-promote always writes its branch as one or more commits on the base's tip,
//! and each records that tip. So in a shallow clone, which does not show where the
//! base's history begins, the last commits alone show whether anybody else changed
//! the branch.

use super::elsewhere::remote_of;
use super::publish;
use super::refs::branch_ref;
use crate::adapter::git::local::Local;
use crate::adapter::git::objects::difference::{FileDifference, changed_files};
use crate::adapter::git::remote::connection::Remote;
use crate::adapter::git::remote::push::Update;
use crate::adapter::git::remote::urls::Purpose;
use crate::adapter::git::worktree::checkouts::checked_out;
use crate::domain::{CommitId, ObjectId, RepoPath};
use crate::plan::Record;
use crate::port::{
    Advance, Branch, ChangedFile, Expected, HistoryDepth, ProposedBranch, ProposedCommit,
    RepositoryError,
};

/// How many commits of a branch are read at most; a pull request rarely has more.
const MAX_COMMITS: usize = 500;

/// The branch `name` on the remote of `base`, with the commits that the base lacks.
pub fn find(
    local: &Local,
    base: &Branch,
    name: &str,
) -> Result<Option<ProposedBranch>, RepositoryError> {
    let tip = match remote_of(local, base)? {
        Some(remote) => Remote::open(local, &remote, Purpose::Push)?.fetch(name)?,
        None => local.target(&branch_ref(name))?,
    };
    let Some(tip) = tip else { return Ok(None) };
    let (depth, commits) = if local.context.shallow {
        (HistoryDepth::LastCommits, last_commits(local, tip)?)
    } else {
        (HistoryDepth::Whole, commits_since(local, base, tip)?)
    };
    Ok(Some(ProposedBranch {
        tip: CommitId(tip),
        commits,
        depth,
    }))
}

/// The commits up to `tip` that the base lacks, newest first.
fn commits_since(
    local: &Local,
    base: &Branch,
    tip: ObjectId,
) -> Result<Vec<ProposedCommit>, RepositoryError> {
    let (most, range) = (
        format!("--max-count={MAX_COMMITS}"),
        format!("{}..{tip}", base.tip),
    );
    let words = ["rev-list", "--topo-order", &most, &range];
    let doing = format!("could not read the history of `{tip}`");
    let list = local.git.output_text(&doing, &words)?;
    let ids = list.lines().filter_map(|line| line.parse().ok());
    ids.map(|id| read_commit(local, id)).collect()
}

/// The commits from `tip` to the first one that is no promotion, or that stands on the commit which it
/// records as its base, newest first.
fn last_commits(local: &Local, tip: ObjectId) -> Result<Vec<ProposedCommit>, RepositoryError> {
    let mut commits = vec![read_commit(local, tip)?];
    while let Some(ProposedCommit {
        message, parents, ..
    }) = commits.last()
        && let [parent] = parents[..]
    {
        let base = parent.to_string();
        let records = Record::all_in(message);
        let is_lowest = records.is_empty()
            || (records.iter()).any(|record| record.target.as_ref() == Some(&base));
        if is_lowest || commits.len() == MAX_COMMITS || !local.objects.has(parent.0) {
            break;
        }
        commits.push(read_commit(local, parent.0)?);
    }
    Ok(commits)
}

/// Reads a commit and what it changed.
fn read_commit(local: &Local, id: ObjectId) -> Result<ProposedCommit, RepositoryError> {
    let commit = local.objects.commit(id)?;
    let before = match commit.parents.first() {
        // At the end of a shallow clone, the parent is missing.
        Some(parent) if local.objects.has(*parent) => Some(local.objects.commit(*parent)?.tree),
        _ => None,
    };
    let file = |changed: FileDifference| ChangedFile {
        path: (std::str::from_utf8(&changed.path.0).ok())
            .and_then(|path| RepoPath::parse(path).ok()),
        before: changed.before,
        after: changed.after,
    };
    let changes = changed_files(local, before, Some(commit.tree))?;
    Ok(ProposedCommit {
        id: CommitId(id),
        parents: commit.parents.into_iter().map(CommitId).collect(),
        message: commit.message,
        changes: changes.into_iter().map(file).collect(),
    })
}

/// The branches on the remote of `base` whose names start with `prefix`.
pub fn branches_with_prefix(
    local: &Local,
    base: &Branch,
    prefix: &str,
) -> Result<Vec<String>, RepositoryError> {
    let mut names = match remote_of(local, base)? {
        Some(remote) => Remote::open(local, &remote, Purpose::Push)?.branches()?,
        None => local.branches()?,
    };
    names.retain(|name| name.starts_with(prefix));
    Ok(names)
}

/// The error for the case that Git cannot create `name` because of another branch: it does not allow
/// both `a` and `a/b`.
fn in_the_way(
    name: &str,
    branches: Result<Vec<String>, RepositoryError>,
) -> Option<RepositoryError> {
    let is_below = |a: &str, b: &str| a.strip_prefix(b).is_some_and(|rest| rest.starts_with('/'));
    let other = branches
        .ok()?
        .into_iter()
        .find(|other| is_below(name, other) || is_below(other, name))?;
    Some(RepositoryError::InTheWay {
        branch: name.to_owned(),
        other,
    })
}

/// Makes the branch point at `commit`, or deletes it.
pub fn replace(
    local: &Local,
    base: &Branch,
    name: &str,
    expected: Expected,
    commit: Option<CommitId>,
) -> Result<Advance, RepositoryError> {
    let old = match expected {
        Expected::Absent => None,
        Expected::At(old) => Some(old.0),
    };
    let new = commit.map(|commit| commit.0);
    let Some(choice) = remote_of(local, base)? else {
        return replace_local(local, name, old, new);
    };
    let mut remote = Remote::open(local, &choice, Purpose::Push)?;
    let update = Update {
        reference: &branch_ref(name),
        old,
        new,
    };
    let pushed = remote.push(&update).map_err(|error| match error {
        RepositoryError::Refused { .. } if old.is_none() => {
            in_the_way(name, remote.branches()).unwrap_or(error)
        }
        error => error,
    })?;
    let notices = publish::notices(local, pushed, &choice, name, new);
    Ok(notices.map_or(Advance::Overtaken, |notices| Advance::Done { notices }))
}

fn replace_local(
    local: &Local,
    name: &str,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
) -> Result<Advance, RepositoryError> {
    // The files of a checked-out branch would not follow.
    if let Some(folder) = checked_out(local, name)?.first() {
        return Err(RepositoryError::CheckedOut {
            branch: name.to_owned(),
            folder: folder.display().to_string(),
        });
    }
    let swap = local.swap(&branch_ref(name), old, new, "promote: propose");
    swap.map_err(|error| in_the_way(name, local.branches()).unwrap_or(error))
}
