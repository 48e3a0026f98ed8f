//! `git-promote/trigger/v1`: the flows that a push starts.

use schemars::JsonSchema;
use serde::Serialize;

use super::problem::Problem;
use super::release::ReleaseEntry;
use crate::engine::{FlowTrigger, ProductTrigger, Triggers};
use crate::release::NoMatch;
use crate::render::notice;
use crate::render::trigger::{TriggerResult, reason};

/// The name of this format.
const TRIGGER: &str = "git-promote/trigger/v1";

/// The flows that a push starts.
#[derive(Serialize, JsonSchema, Debug)]
#[schemars(title = "git-promote trigger, version 1")]
pub struct Trigger<'a> {
    /// `git-promote/trigger/v1`.
    #[schemars(extend("const" = TRIGGER))]
    schema: &'static str,
    /// The branch.
    branch: &'a str,
    /// The commit before the push; null if its first commit has no parent.
    before: Option<String>,
    /// The last commit of the push.
    commit: String,
    /// The products, in the order of the configuration.
    products: Vec<Entry<'a>>,
    /// The releases that the push started, as they are now; empty with `--dry-run`.
    releases: Vec<ReleaseEntry<'a>>,
    /// What else is worth knowing.
    notices: Vec<String>,
}

/// What the push means for a product.
#[derive(Serialize, JsonSchema, Debug)]
struct Entry<'a> {
    /// The product.
    product: &'a str,
    /// Its flows, in the order of the configuration; the first that matches is started.
    flows: Vec<Flow<'a>>,
    /// What came of it.
    result: TriggerOutcome,
    /// The release; null if there is none.
    release: Option<&'a str>,
    /// Why the flow could not be started.
    error: Option<Problem>,
}

/// What came of a push for a product.
#[derive(Serialize, JsonSchema, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum TriggerOutcome {
    /// No flow matches.
    NoMatch,
    /// A release would be started.
    WouldStart,
    /// A release was started.
    Started,
    /// The release with these commits was started before.
    StartedBefore,
    /// A flow matches, but could not be started.
    Failed,
}

/// A flow of a product.
#[derive(Serialize, JsonSchema, Debug)]
struct Flow<'a> {
    /// Its name.
    name: &'a str,
    /// Its trigger environment.
    environment: &'a str,
    /// The first commit that meets its conditions; null if none does.
    commit: Option<String>,
    /// Why no commit starts it, for programs: `elsewhere`, `unchanged`, `only-promotions`, `branch`, `message`,
    /// `path`, `author` or `after-match`; null if one does.
    code: Option<&'static str>,
    /// Why it is started or not.
    reason: String,
}

impl<'a> Trigger<'a> {
    /// The results of all products, each with its error.
    pub fn of(
        triggers: &'a Triggers,
        results: Vec<(TriggerResult<'a>, Option<Problem>)>,
        releases: Vec<ReleaseEntry<'a>>,
    ) -> Self {
        let products = triggers.products.iter().zip(results);
        Self {
            schema: TRIGGER,
            branch: &triggers.branch.name,
            before: triggers.before.map(|commit| commit.to_string()),
            commit: triggers.commit.to_string(),
            products: products
                .map(|(product, result)| entry(product, result, &triggers.branch.name))
                .collect(),
            releases,
            notices: triggers.notices.iter().map(notice::message).collect(),
        }
    }
}

fn entry<'a>(
    product: &'a ProductTrigger,
    (result, error): (TriggerResult<'a>, Option<Problem>),
    branch: &str,
) -> Entry<'a> {
    let (outcome, release) = match result {
        TriggerResult::None if error.is_some() => (TriggerOutcome::Failed, None),
        TriggerResult::None => (TriggerOutcome::NoMatch, None),
        TriggerResult::WouldStart => (TriggerOutcome::WouldStart, None),
        TriggerResult::Started(id) => (TriggerOutcome::Started, Some(id)),
        TriggerResult::StartedBefore(id) => (TriggerOutcome::StartedBefore, Some(id)),
    };
    let flow = |flow: &'a FlowTrigger| Flow {
        name: &flow.flow,
        environment: &flow.environment,
        commit: flow.result.ok().map(|commit| commit.to_string()),
        code: flow.result.err().map(NoMatch::name),
        reason: reason(flow, branch),
    };
    Entry {
        product: &product.product,
        flows: product.flows.iter().map(flow).collect(),
        result: outcome,
        release,
        error,
    }
}
