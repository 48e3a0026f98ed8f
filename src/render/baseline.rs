//! The words about what the source was when it was last promoted.

use std::collections::BTreeMap;

use super::counted::counted;
use super::date;
use crate::domain::CommitId;
use crate::plan::{Baseline, Hop, Plan, Provenance, SourceChange};

/// How many keys of places are named.
const NAMED: usize = 3;

/// Names a baseline in one sentence; `code` formats a text of the repository.
pub(super) fn sentence(baseline: &Baseline, hop: &Hop, code: impl Fn(&str) -> String) -> String {
    let (from, to) = (code(&hop.from.name), code(&hop.to.name));
    let state = format!("{from} as of {}", baseline.source.short());
    let Some(promotion) = &baseline.promotion else {
        return format!("{state}, chosen by --base");
    };
    let day = date::day(promotion.time);
    let recorded = match promotion.provenance {
        Provenance::Inferred => None,
        Provenance::Recorded => Some("promoted"),
        Provenance::Set => Some("set"),
    };
    if let Some(recorded) = recorded {
        let commit = promotion.commit.short();
        return format!("{state}, {recorded} in {commit} on {day}; recorded");
    }
    let took = match promotion.took.as_slice() {
        [] => format!("when {to} got the file"),
        keys => {
            let named: Vec<String> = keys.iter().take(NAMED).map(|key| code(key)).collect();
            let more = match keys.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("when {to} last took {}{more}", named.join(", "))
        }
    };
    format!("{state}, {day}, {took}; inferred")
}

/// How many differences of an application each of the source's commits changed.
pub(super) struct Changes {
    promoted: BTreeMap<CommitId, usize>,
    kept: BTreeMap<CommitId, usize>,
}

impl Changes {
    /// The changes since a baseline.
    pub(super) fn of(plan: &Plan, baseline: &Baseline) -> Self {
        let mut changes = Self {
            promoted: BTreeMap::new(),
            kept: BTreeMap::new(),
        };
        let applications = plan.applications().iter();
        let files = applications
            .filter(|application| application.name == baseline.application)
            .flat_map(|application| &application.files);
        for difference in files.flat_map(|file| &file.differences) {
            let counts = if difference.verdict.is_promote() {
                &mut changes.promoted
            } else {
                &mut changes.kept
            };
            for commit in &difference.changed_by {
                *counts.entry(*commit).or_default() += 1;
            }
        }
        changes
    }

    /// How many of a commit's differences are promoted.
    pub(super) fn promoted(&self, commit: CommitId) -> usize {
        self.promoted.get(&commit).copied().unwrap_or_default()
    }

    /// How many of a commit's differences are kept.
    pub(super) fn kept(&self, commit: CommitId) -> usize {
        self.kept.get(&commit).copied().unwrap_or_default()
    }
}

/// The source's commits since a baseline with differences that the plan keeps, with how many these are.
pub(super) fn kept_changes<'p>(
    plan: &Plan,
    baseline: &'p Baseline,
) -> impl Iterator<Item = (&'p SourceChange, String)> {
    let changes = Changes::of(plan, baseline);
    baseline.since.iter().filter_map(move |change| {
        let count = changes.kept(change.commit);
        (count > 0).then(|| (change, counted(count, "difference")))
    })
}

/// The baselines that decide what is promoted.
pub(super) fn decisive(plan: &Plan) -> impl Iterator<Item = &Baseline> {
    plan.baselines()
        .iter()
        .filter(|baseline| baseline.is_decisive)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Environment;
    use crate::plan::LastPromotion;
    use crate::render::sample;

    #[test]
    fn a_baseline_is_named_in_one_sentence() {
        let hop = Hop {
            from: Environment::named("staging"),
            to: Environment::named("production"),
        };
        let inferred = sample::baseline(Provenance::Inferred);
        let took = |count: usize| {
            let mut baseline = inferred.clone();
            if let Some(promotion) = &mut baseline.promotion {
                promotion.took = (0..count).map(|n| format!("k{n}")).collect();
            }
            baseline
        };
        let named = Baseline {
            promotion: None::<LastPromotion>,
            ..inferred.clone()
        };
        let all = [
            inferred.clone(),
            took(0),
            took(5),
            sample::baseline(Provenance::Recorded),
            sample::baseline(Provenance::Set),
            named,
        ];
        let sentences = all.map(|baseline| sentence(&baseline, &hop, |text| format!("`{text}`")));
        insta::assert_snapshot!(sentences.join("\n"), @"
        `staging` as of 3333333, 2026-01-02, when `production` last took `tag`, `level`; inferred
        `staging` as of 3333333, 2026-01-02, when `production` got the file; inferred
        `staging` as of 3333333, 2026-01-02, when `production` last took `k0`, `k1`, `k2` and 2 more; inferred
        `staging` as of 3333333, promoted in 4444444 on 2026-01-02; recorded
        `staging` as of 3333333, set in 4444444 on 2026-01-02; recorded
        `staging` as of 3333333, chosen by --base
        ");
    }
}
