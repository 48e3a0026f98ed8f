//! Past promotions, as plain data.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::domain::{ApplicationName, CommitId, RepositoryUrl};
use crate::plan::{Record, VersionChange};
use crate::port::Branch;

/// The promotions of the branches of all environments.
#[derive(Clone, Debug)]
pub struct PromotionLog {
    /// The branch with the configuration, and the commit that was read.
    pub branch: Branch,
    /// The promotions, newest first.
    pub promotions: Vec<PastPromotion>,
    /// Whether older promotions were left out because of the limit.
    pub has_more: bool,
}

/// A promotion in the history of a branch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PastPromotion {
    /// The commit that changed the files.
    pub commit: CommitId,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// The author's name.
    pub author: String,
    /// The repository that has it, if it is another one than that with the configuration.
    pub repository: Option<RepositoryUrl>,
    /// The first line of its message.
    pub title: String,
    /// What it records.
    pub record: Record,
    /// The promoted applications.
    pub applications: Vec<PromotedApplication>,
    /// The merge commit that brought it to the branch, if there is one.
    pub merge: Option<Merge>,
    /// The number of its pull request, if a message names it.
    pub pull_request: Option<u64>,
    /// The commit of the promotion that it reverts, if it is a revert and that is listed.
    pub reverts: Option<CommitId>,
    /// The commits that took it back, newest first; one that took back all of it is the last.
    pub reverted_by: Vec<RevertedBy>,
}

/// A commit that took back a promotion.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RevertedBy {
    /// The commit.
    pub commit: CommitId,
    /// Whether it took back all of it.
    pub is_whole: bool,
}

/// An application of a past promotion.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PromotedApplication {
    /// Its name.
    pub name: ApplicationName,
    /// Its version before and after, if the message has it.
    pub version: Option<VersionChange>,
}

/// A merge commit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Merge {
    /// The commit.
    pub commit: CommitId,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// The author's name.
    pub author: String,
}

impl PromotionLog {
    /// Adds the promotions of another branch; those that it shares with earlier ones are there already.
    pub(super) fn add(&mut self, promotions: Vec<PastPromotion>, has_more: bool) {
        self.has_more |= has_more;
        let known: HashSet<(CommitId, String)> = (self.promotions.iter())
            .map(|known| (known.commit, known.record.id.clone()))
            .collect();
        let is_first = self.promotions.is_empty();
        let is_new = |new: &PastPromotion| !known.contains(&(new.commit, new.record.id.clone()));
        self.promotions
            .extend(promotions.into_iter().filter(is_new));
        if !is_first {
            self.promotions
                .sort_by_key(|promotion| Reverse(promotion.arrived()));
        }
    }

    /// Drops the oldest promotions beyond a number.
    pub(super) fn limit(&mut self, limit: usize) {
        self.has_more |= self.promotions.len() > limit;
        self.promotions.truncate(limit);
    }
}

impl PastPromotion {
    /// When it reached the branch, in seconds since 1970.
    pub fn arrived(&self) -> i64 {
        self.merge.as_ref().map_or(self.time, |merge| merge.time)
    }
}
