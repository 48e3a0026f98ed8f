//! `git-promote/diffs/v1` and `git-promote/results/v1`: promotions to several targets.

use schemars::JsonSchema;
use serde::Serialize;

use super::diff::Diff;
use super::result::Promotion;
use crate::engine::Receipt;
use crate::plan::Plan;

/// The name of the format of previews.
pub const DIFFS: &str = "git-promote/diffs/v1";

/// The name of the format of outcomes.
pub const RESULTS: &str = "git-promote/results/v1";

/// What promotions to several targets would do.
#[derive(Serialize, JsonSchema, Debug)]
#[schemars(title = "git-promote diffs, version 1")]
pub struct Diffs<'a> {
    /// `git-promote/diffs/v1`.
    #[schemars(extend("const" = DIFFS))]
    pub schema: &'static str,
    /// One for each target, in the order of the command line.
    pub diffs: Vec<Diff<'a>>,
}

/// The outcomes of promotions to several targets.
#[derive(Serialize, JsonSchema, Debug)]
#[schemars(title = "git-promote results, version 1")]
pub struct Results<'a> {
    /// `git-promote/results/v1`.
    #[schemars(extend("const" = RESULTS))]
    pub schema: &'static str,
    /// The target because of which the others were not promoted: they are only `planned`. Null if there is
    /// no such target.
    pub stopped_by: Option<&'a str>,
    /// The targets that are promoted together or not at all, in the order in which the groups were tried: all of them,
    /// or a group for each repository, or with `--group each` for each target.
    pub groups: Vec<Vec<&'a str>>,
    /// One for each target, in the order of the command line.
    pub results: Vec<Promotion<'a>>,
}

impl<'a> From<&'a [Plan]> for Diffs<'a> {
    fn from(plans: &'a [Plan]) -> Self {
        Self {
            schema: DIFFS,
            diffs: plans.iter().map(Diff::from).collect(),
        }
    }
}

impl<'a> Results<'a> {
    /// The outcomes; `receipts` are those of groups that were to be promoted together.
    pub fn of(
        results: Vec<Promotion<'a>>,
        groups: Vec<Vec<&'a str>>,
        receipts: &'a [Receipt],
    ) -> Self {
        let by = |receipt: &'a Receipt| match receipt {
            Receipt::Stopped { by } => Some(by.as_str()),
            _ => None,
        };
        Self {
            schema: RESULTS,
            stopped_by: receipts.iter().find_map(by),
            groups,
            results,
        }
    }
}
