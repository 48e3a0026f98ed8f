//! Finds out which promotions were reverted, and by which commits.

use std::collections::{HashMap, HashSet};

use super::collector::Collector;
use super::promotion::RevertedBy;
use super::undone::{Extent, extent};
use crate::domain::CommitId;
use crate::engine::claims::Claim;
use crate::engine::ports::Ports;
use crate::port::{PastCommit, RepositoryError};

/// Adds to each promotion the commit that reverted it, and what it reverts itself.
pub(super) fn resolve(ports: &Ports<'_>, collector: &mut Collector) {
    let mut checked = Checked {
        ports,
        commits: HashMap::new(),
    };
    // Commits without effect, because newer ones reverted them or the merges that brought them.
    let mut undone: HashSet<CommitId> = HashSet::new();
    for (by, claim) in &collector.claims {
        let promotions = &mut collector.promotions;
        // A promotion that was made again has the same id; only an older one can be meant.
        let own = promotions.iter().position(|p| p.commit == *by);
        let is_meant = |index: usize| {
            let promotion = &promotions[index];
            let merge = promotion.merge.as_ref().map(|merge| merge.commit);
            own.is_none_or(|own| index > own)
                && match claim {
                    Claim::Commit(id) => promotion.commit == *id || merge == Some(*id),
                    Claim::Promotion(id) => promotion.record.id == *id,
                    Claim::PullRequest(number) => promotion.pull_request == Some(*number),
                }
        };
        let meant: Vec<usize> = (0..promotions.len()).filter(|i| is_meant(*i)).collect();
        let meant = match claim {
            Claim::Promotion(_) => meant.get(..1).unwrap_or_default(),
            Claim::Commit(_) | Claim::PullRequest(_) => &meant,
        };
        if let (Some(own), Some(index), Claim::Promotion(_)) = (own, meant.first(), claim) {
            promotions[own].reverts = Some(promotions[*index].commit);
        }
        let merge = collector.merges.get(by).map(|m| m.merge.commit);
        if undone.contains(by) || merge.is_some_and(|merge| undone.contains(&merge)) {
            continue;
        }
        for index in meant {
            let promotion = &mut promotions[*index];
            let extent = checked.extent(*by, promotion.commit);
            if extent == Extent::Nothing {
                continue;
            }
            let is_whole = extent == Extent::All;
            if is_whole {
                undone.insert(promotion.commit);
            }
            let known = &mut promotion.reverted_by;
            if !known.iter().any(|r| r.is_whole || r.commit == *by) {
                let commit = *by;
                known.push(RevertedBy { commit, is_whole });
            }
        }
        if let Claim::Commit(id) = claim
            && meant.is_empty()
            && checked.extent(*by, *id) == Extent::All
        {
            undone.insert(*id);
        }
    }
}

/// Commits that were read to check claims; `None` for those that are missing.
struct Checked<'a> {
    ports: &'a Ports<'a>,
    commits: HashMap<CommitId, Option<PastCommit>>,
}

impl Checked<'_> {
    /// How much of the older commit the newer one takes back; nothing if they cannot be compared.
    fn extent(&mut self, newer: CommitId, older: CommitId) -> Extent {
        for id in [newer, older] {
            let read = || -> Result<PastCommit, RepositoryError> { self.ports.history.commit(id) };
            self.commits.entry(id).or_insert_with(|| read().ok());
        }
        let (Some(Some(new)), Some(Some(old))) =
            (self.commits.get(&newer), self.commits.get(&older))
        else {
            return Extent::Nothing;
        };
        let blobs = self.ports.repository.snapshot(newer);
        blobs.map_or(Extent::Nothing, |blobs| extent(new, old, blobs.as_ref()))
    }
}
