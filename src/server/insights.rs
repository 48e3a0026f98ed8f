//! How often and how well promotions go, from the history of Git alone.

use std::collections::BTreeMap;

use crate::domain::{ApplicationName, CommitId, Product};
use crate::engine::PastPromotion;
use crate::release::{Release, ReleaseState};

/// How many weeks are counted.
pub(super) const WEEKS: usize = 12;
/// A week in seconds.
const WEEK: i64 = 7 * 86_400;

/// How promotions into one environment go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Insight {
    /// The environment.
    pub environment: String,
    /// How many promotions there were in each of the last weeks, oldest first.
    pub weeks: [usize; WEEKS],
    /// How long versions took from their first promotion to the one into this environment: the median in
    /// seconds.
    pub lead_time: Option<i64>,
    /// How many promotions there were in all of these weeks.
    pub promotions: usize,
    /// How many of them were taken back.
    pub reverted: usize,
    /// How long it took to take one back: the median in seconds.
    pub time_to_restore: Option<i64>,
}

/// How releases go.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct ReleaseInsight {
    /// How many have ended.
    pub ended: usize,
    /// How many of them failed.
    pub failed: usize,
    /// How long it took from one that failed to the next one that succeeded: the median in seconds.
    pub time_to_restore: Option<i64>,
}

/// Whether a promotion is one of a product.
fn is_of(promotion: &PastPromotion, product: Option<&Product>) -> bool {
    let has = |name: &ApplicationName| {
        let mut words = product.iter().flat_map(|product| &product.applications);
        words.any(|word| name.matches(word))
    };
    product.is_none() || promotion.applications.iter().any(|a| has(&a.name))
}

/// How promotions into each of the environments go.
pub(super) fn promotions(
    environments: &[String],
    promotions: &[PastPromotion],
    product: Option<&Product>,
    now: i64,
) -> Vec<Insight> {
    let own: Vec<&PastPromotion> = promotions.iter().filter(|p| is_of(p, product)).collect();
    let first = first_promotions(&own);
    let times: BTreeMap<CommitId, i64> = own.iter().map(|p| (p.commit, p.arrived())).collect();
    let insight = |environment: &String| {
        let recent = own
            .iter()
            .filter(|p| p.record.to == *environment && p.reverts.is_none());
        let recent = recent.filter(|p| week(p.arrived(), now).is_some());
        let recent: Vec<&PastPromotion> = recent.copied().collect();
        let mut weeks = [0; WEEKS];
        for at in recent.iter().filter_map(|p| week(p.arrived(), now)) {
            weeks[at] += 1;
        }
        let lead_times = recent.iter().flat_map(|promotion| {
            let versions = versions(promotion);
            let took = versions.filter_map(|key| Some(promotion.arrived() - first.get(&key)?));
            // The first promotion of a version has none before it.
            took.filter(|took| *took > 0).collect::<Vec<_>>()
        });
        let whole = |p: &PastPromotion| p.reverted_by.iter().find(|r| r.is_whole).map(|r| r.commit);
        let reverted: Vec<(i64, CommitId)> = recent
            .iter()
            .filter_map(|p| Some((p.arrived(), whole(p)?)))
            .collect();
        let restored = reverted
            .iter()
            .filter_map(|(at, by)| Some(times.get(by)? - at));
        Insight {
            environment: environment.clone(),
            weeks,
            lead_time: median(lead_times.collect()),
            promotions: recent.len(),
            reverted: reverted.len(),
            time_to_restore: median(restored.collect()),
        }
    };
    environments.iter().map(insight).collect()
}

/// How the releases of a product go, or of all products.
pub(super) fn releases(all: &[&Release], product: Option<&Product>) -> ReleaseInsight {
    let is_own = |r: &&&Release| product.is_none_or(|product| product.name == r.product);
    let ended = all
        .iter()
        .filter(is_own)
        .filter_map(|r| Some((r.ended?, *r)));
    let mut ended: Vec<(i64, &Release)> = ended.filter(|(_, r)| r.state.is_end()).collect();
    ended.sort_by_key(|(at, release)| (*at, release.number));
    let is_failed = |release: &Release| release.state == ReleaseState::Failed;
    let failed = ended.iter().filter(|(_, release)| is_failed(release));
    let restored = failed.clone().filter_map(|(at, release)| {
        let mut later = ended
            .iter()
            .filter(|(then, other)| then > at && other.product == release.product);
        let next = later.find(|(_, other)| other.state == ReleaseState::Succeeded);
        next.map(|(then, _)| then - at)
    });
    ReleaseInsight {
        ended: ended.len(),
        failed: failed.clone().count(),
        time_to_restore: median(restored.collect()),
    }
}

/// When each version of an application was first promoted to any environment.
fn first_promotions<'p>(promotions: &[&'p PastPromotion]) -> BTreeMap<(&'p str, &'p str), i64> {
    let mut first = BTreeMap::new();
    for promotion in promotions.iter().filter(|p| p.reverts.is_none()) {
        for key in versions(promotion) {
            let at: &mut i64 = first.entry(key).or_insert(i64::MAX);
            *at = promotion.arrived().min(*at);
        }
    }
    first
}

/// The applications of a promotion with the versions that they got.
fn versions(promotion: &PastPromotion) -> impl Iterator<Item = (&str, &str)> {
    promotion.applications.iter().filter_map(|application| {
        let version = application.version.as_ref()?.after.as_deref()?;
        Some((application.name.0.as_str(), version))
    })
}

/// The week of a time, the last one being the current one; `None` if it is too long ago.
fn week(time: i64, now: i64) -> Option<usize> {
    let ago = usize::try_from((now - time).max(0) / WEEK).ok()?;
    WEEKS.checked_sub(ago + 1)
}

fn median(mut all: Vec<i64>) -> Option<i64> {
    all.sort_unstable();
    all.get(all.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_current_week_is_the_last_one() {
        let now = 100 * WEEK;
        let weeks = [0, WEEK - 1, WEEK, 11 * WEEK, 12 * WEEK, -5].map(|ago| week(now - ago, now));
        assert_eq!(
            weeks,
            [Some(11), Some(11), Some(10), Some(0), None, Some(11)]
        );
    }

    #[test]
    fn the_median_is_one_of_the_values() {
        assert_eq!(median(Vec::new()), None);
        assert_eq!(median(vec![5]), Some(5));
        assert_eq!(median(vec![9, 1]), Some(1));
        assert_eq!(median(vec![9, 1, 4]), Some(4));
    }
}
