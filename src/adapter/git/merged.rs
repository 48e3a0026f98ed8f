//! The commits that a merge brought.
//!
//! # Why
//!
//! `git log FIRST..OTHER` answers this too, but for one merge at a time. Most merges bring a few commits,
//! and reading these costs less than starting Git.

use std::collections::{BTreeMap, BTreeSet};

use super::local::Local;
use super::objects::database::Commit;
use crate::domain::{CommitId, ObjectId};
use crate::port::{FoundCommit, PastCommit, RepositoryError};

/// How many commits are read for one merge; most of them are of its first parent, if a branch was open
/// for long.
const LIMIT: usize = 20_000;

/// Time and id, by which commits are read, newest first.
type Key = (i64, ObjectId);

/// The commits that a merge's other parents have in their histories and its first parent has not, newest
/// first; none if there are too many.
pub fn merged(local: &Local, merge: &PastCommit) -> Result<Vec<FoundCommit>, RepositoryError> {
    let Some(parent) = merge.parent.filter(|_| !merge.merged.is_empty()) else {
        return Ok(Vec::new());
    };
    let mut queue = Queue::default();
    queue.add(local, parent.0, Reach::FirstParent)?;
    for other in &merge.merged {
        queue.add(local, other.0, Reach::OtherParents)?;
    }
    let mut found = Vec::new();
    let mut read = 0;
    while queue
        .open
        .values()
        .any(|(reach, _)| *reach == Reach::OtherParents)
    {
        let Some(((time, id), (reach, commit))) = queue.open.pop_last() else {
            break;
        };
        read += 1;
        if read > LIMIT {
            return Ok(Vec::new());
        }
        for parent in &commit.parents {
            queue.add(local, *parent, reach)?;
        }
        if reach == Reach::OtherParents {
            found.push(FoundCommit {
                id: CommitId(id),
                parents: commit.parents.into_iter().map(CommitId).collect(),
                time,
                author: commit.author,
                message: commit.message,
            });
        }
    }
    // A commit with a wrong time may be read before the one through which the first parent reaches it.
    found.retain(|commit| !queue.seen.contains(&(commit.id.0, true)));
    Ok(found)
}

/// From which parents of the merge a commit can be reached; the first parent's history has precedence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    FirstParent,
    OtherParents,
}

#[derive(Default)]
struct Queue {
    open: BTreeMap<Key, (Reach, Commit)>,
    /// The commits that were in the queue, with whether the first parent reaches them.
    seen: BTreeSet<(ObjectId, bool)>,
}

impl Queue {
    fn add(&mut self, local: &Local, id: ObjectId, reach: Reach) -> Result<(), RepositoryError> {
        let is_first = reach == Reach::FirstParent;
        if self.seen.contains(&(id, true)) || !self.seen.insert((id, is_first)) {
            return Ok(());
        }
        let commit = match local.objects.commit(id) {
            Ok(commit) => commit,
            // The end of a shallow clone.
            Err(RepositoryError::MissingObject { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        self.open.insert((commit.time, id), (reach, commit));
        Ok(())
    }
}
