//! Finds the merge that brought a promotion to the branch.
//!
//! # Why
//!
//! The branch of a promotion often gets more commits before it is merged, so the merge's parent is not
//! the promotion. The commits of the branch's own line are followed by first parents; whatever else a
//! merge of that line reaches was brought in by the oldest such merge.

use std::collections::{HashMap, HashSet};

use super::collector::{Collector, NumberedMerge};
use super::merge_message;
use super::promotion::Merge;
use crate::domain::CommitId;
use crate::port::{History, RepositoryError};

/// Adds the merge to each promotion that came by one, with the number of its pull request.
pub(super) fn link(
    history: &dyn History,
    tip: CommitId,
    collector: &mut Collector,
) -> Result<(), RepositoryError> {
    let Collector {
        merges, promotions, ..
    } = collector;
    // Without a merge, everything is on the branch's own line.
    if let Some(oldest) = promotions.last().filter(|_| !merges.is_empty()) {
        let commits = history.ancestry(tip, oldest.commit)?;
        let lines = Lines::new(tip, &commits);
        // A merge of the branch into another one brought nothing to it.
        let own: HashSet<&CommitId> = lines.own.iter().collect();
        merges.retain(|_, numbered| own.contains(&numbered.merge.commit));
        let merged_by = lines.merges();
        for id in promotions.iter().map(|promotion| promotion.commit) {
            let Some(merge) = merged_by.get(&id).filter(|_| !merges.contains_key(&id)) else {
                continue;
            };
            let found = merges.values().find(|m| m.merge.commit == *merge).cloned();
            let numbered = match found {
                Some(numbered) => numbered,
                None => read(history, *merge)?,
            };
            merges.insert(id, numbered);
        }
    }
    for promotion in promotions {
        if let Some(NumberedMerge { merge, number }) = merges.get(&promotion.commit) {
            promotion.merge = Some(merge.clone());
            promotion.pull_request = number.or(promotion.pull_request);
        }
    }
    Ok(())
}

/// The merge that brought a commit to the branch; `None` if it is on the branch's own line.
pub fn merge_of(
    history: &dyn History,
    tip: CommitId,
    commit: CommitId,
) -> Result<Option<CommitId>, RepositoryError> {
    let commits = history.ancestry(tip, commit)?;
    Ok(Lines::new(tip, &commits).merges().get(&commit).copied())
}

/// A merge whose message does not begin as forges' do.
fn read(history: &dyn History, id: CommitId) -> Result<NumberedMerge, RepositoryError> {
    let commit = history.commit(id)?;
    Ok(NumberedMerge {
        number: merge_message::pull_request(&commit.message),
        merge: Merge {
            commit: id,
            time: commit.time,
            author: commit.author,
        },
    })
}

/// Commits with their parents, children first, and the branch's own line among them.
struct Lines<'a> {
    commits: &'a [(CommitId, Vec<CommitId>)],
    /// The commits of the branch's own line, newest first.
    own: Vec<CommitId>,
}

impl<'a> Lines<'a> {
    fn new(tip: CommitId, commits: &'a [(CommitId, Vec<CommitId>)]) -> Self {
        let mut own = Vec::new();
        let mut next = Some(tip);
        for (id, parents) in commits {
            if next == Some(*id) {
                own.push(*id);
                next = parents.first().copied();
            }
        }
        Self { commits, own }
    }

    /// The oldest merge of the own line that reaches each of the other commits.
    fn merges(&self) -> HashMap<CommitId, CommitId> {
        let positions = self.own.iter().enumerate().map(|(at, id)| (*id, at));
        let positions: HashMap<CommitId, usize> = positions.collect();
        let mut oldest: HashMap<CommitId, usize> = HashMap::new();
        for (id, parents) in self.commits {
            let (at, brought) = match (positions.get(id), oldest.get(id)) {
                (Some(at), _) => (*at, parents.get(1..).unwrap_or_default()),
                (None, Some(at)) => (*at, parents.as_slice()),
                (None, None) => continue,
            };
            for parent in brought.iter().filter(|id| !positions.contains_key(id)) {
                let known = oldest.entry(*parent).or_insert(at);
                *known = at.max(*known);
            }
        }
        let merges = oldest.into_iter().map(|(id, at)| (id, self.own[at]));
        merges.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: u8) -> CommitId {
        CommitId(format!("{name:040x}").parse().unwrap())
    }

    #[test]
    fn the_oldest_merge_that_reaches_a_commit_brought_it() {
        // 9 merges 8, which is on 7; 6 merged 5, which is on 4; 7 and 8 are on top of 5.
        let history = [
            (9, vec![6, 8]),
            (8, vec![7]),
            (7, vec![5]),
            (6, vec![3, 5]),
            (5, vec![4]),
            (4, vec![2]),
            (3, vec![2]),
            (2, vec![1]),
        ];
        let commits: Vec<(CommitId, Vec<CommitId>)> = history
            .iter()
            .map(|(commit, parents)| (id(*commit), parents.iter().map(|p| id(*p)).collect()))
            .collect();
        let merges = Lines::new(id(9), &commits).merges();
        let of = |name: u8| merges.get(&id(name)).copied();
        for (commit, merge) in [(8, Some(9)), (7, Some(9)), (5, Some(6)), (4, Some(6))] {
            assert_eq!(of(commit), merge.map(id), "{commit}");
        }
        for commit in [9, 6, 3, 2, 1] {
            assert_eq!(of(commit), None, "{commit}");
        }
    }
}
