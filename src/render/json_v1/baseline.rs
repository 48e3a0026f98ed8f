//! What the source was when it was last promoted.

use schemars::JsonSchema;
use serde::Serialize;

use crate::plan::{self, Plan, Provenance};
use crate::render::baseline::Changes;
use crate::render::date::rfc_3339;

/// The name of this format.
const BASELINE: &str = "git-promote/baseline/v1";

/// What the source was when each application was last promoted.
#[derive(Serialize, JsonSchema, Debug)]
#[schemars(title = "git-promote baseline, version 1")]
pub struct BaselineReport<'a> {
    /// `git-promote/baseline/v1`.
    #[schemars(extend("const" = BASELINE))]
    schema: &'static str,
    /// The source environment.
    from: &'a str,
    /// The target environment.
    to: &'a str,
    /// The applications that differ and of which a promotion is known, by name.
    baselines: Vec<Baseline<'a>>,
}

impl<'a> From<&'a Plan> for BaselineReport<'a> {
    fn from(plan: &'a Plan) -> Self {
        Self {
            schema: BASELINE,
            from: &plan.hop().from.name,
            to: &plan.hop().to.name,
            baselines: Baseline::all(plan),
        }
    }
}

/// What the source was when an application was last promoted; known where the history was read.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Baseline<'a> {
    /// The application.
    pub application: &'a str,
    /// The commit that had the source's files.
    pub source: String,
    /// How it is known.
    pub origin: BaselineOrigin,
    /// The newest commit that took something from the source; null if the baseline is named.
    pub promotion: Option<LastPromotion<'a>>,
    /// The commits that changed the source's files since, newest first.
    pub since: Vec<SourceChange<'a>>,
}

/// How a baseline is known.
#[derive(Serialize, JsonSchema, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum BaselineOrigin {
    /// By `--base`.
    Named,
    /// A commit records the promotion, or sets the baseline.
    Recorded,
    /// From what a commit changed.
    Inferred,
}

/// The newest commit that took something from the source.
#[derive(Serialize, JsonSchema, Debug)]
pub struct LastPromotion<'a> {
    /// The commit.
    pub commit: String,
    /// When it was committed: RFC 3339, in universal time.
    pub time: String,
    /// The keys of the places that it took; empty if it created the file, or only sets the baseline.
    pub took: &'a [String],
}

/// A commit that changed the source's files.
#[derive(Serialize, JsonSchema, Debug)]
pub struct SourceChange<'a> {
    /// The commit.
    pub commit: String,
    /// When it was committed: RFC 3339, in universal time.
    pub time: String,
    /// The first line of its message.
    pub subject: &'a str,
    /// How many of the differences that it changed are promoted.
    pub promoted: usize,
    /// How many of them are kept.
    pub kept: usize,
}

impl<'a> Baseline<'a> {
    /// The baselines of a plan.
    pub(super) fn all(plan: &'a Plan) -> Vec<Self> {
        plan.baselines()
            .iter()
            .map(|baseline| Self::of(plan, baseline))
            .collect()
    }

    fn of(plan: &'a Plan, baseline: &'a plan::Baseline) -> Self {
        let origin = match &baseline.promotion {
            None => BaselineOrigin::Named,
            Some(promotion) => match promotion.provenance {
                Provenance::Recorded | Provenance::Set => BaselineOrigin::Recorded,
                Provenance::Inferred => BaselineOrigin::Inferred,
            },
        };
        let changes = Changes::of(plan, baseline);
        Self {
            application: &baseline.application.0,
            source: baseline.source.to_string(),
            origin,
            promotion: baseline.promotion.as_ref().map(|promotion| LastPromotion {
                commit: promotion.commit.to_string(),
                time: rfc_3339(promotion.time),
                took: &promotion.took,
            }),
            since: (baseline.since.iter())
                .map(|change| SourceChange {
                    commit: change.commit.to_string(),
                    time: rfc_3339(change.time),
                    subject: &change.subject,
                    promoted: changes.promoted(change.commit),
                    kept: changes.kept(change.commit),
                })
                .collect(),
        }
    }
}
