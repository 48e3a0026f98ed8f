//! Compares the sources of a step that depends on several.
//!
//! # Why
//!
//! Such a step stands for a change that has proved itself in all environments before it. If they do not have the same
//! versions, what would be promoted has only proved itself in one of them.

use std::collections::BTreeMap;

use crate::domain::{CommitId, ProductFlow};
use crate::engine::branches::Branches;
use crate::engine::error::EngineError;
use crate::engine::ports::Ports;
use crate::engine::prepare::{Prepared, plan_on};
use crate::engine::request::Request;
use crate::plan::{Plan, PlannedDifference};
use crate::release::Release;

/// How many places are named.
const NAMED: usize = 5;

/// The places where the other environments that a step depends on have other versions than those that
/// move; `None` if all agree.
pub(super) fn disagreement(
    ports: &Ports<'_>,
    (release, flow): (&Release, &ProductFlow),
    request: &Request,
    (prepared, branches): (&Prepared, &Branches),
) -> Result<Option<String>, EngineError> {
    let mut steps = flow.steps.iter();
    let Some(step) = steps.find(|step| step.environment == request.to) else {
        return Ok(None);
    };
    let mut places = Vec::new();
    for other in step.depends_on.iter().filter(|name| **name != step.from) {
        let Some(source) = source(release, flow, other) else {
            continue;
        };
        let request = Request {
            from: other.clone(),
            source: Some(source.to_string()),
            ..request.clone()
        };
        let plan = plan_on(ports, &request, branches)?.plan;
        let names = [step.from.as_str(), other.as_str()];
        places.extend(differences([&prepared.plan, &plan], names));
    }
    if places.is_empty() {
        return Ok(None);
    }
    let more = places.len().saturating_sub(NAMED);
    places.truncate(NAMED);
    let more = match more {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    Ok(Some(format!(
        "the environments before do not agree: {}{more}",
        places.join("; ")
    )))
}

/// The commit at which an environment has passed its step.
fn source(release: &Release, flow: &ProductFlow, environment: &str) -> Option<CommitId> {
    if environment == flow.trigger_environment {
        return Some(release.source);
    }
    let landed = release.step(environment)?.landed.as_ref()?;
    Some(landed.commit)
}

/// The places of the target that would get another version from one source than from the other.
fn differences(plans: [&Plan; 2], names: [&str; 2]) -> Vec<String> {
    let [first, second] = plans.map(versions);
    let all = first.keys().chain(second.keys());
    let places: std::collections::BTreeSet<&&str> = all.collect();
    let place = |selector: &str| {
        let (one, other) = (first.get(selector), second.get(selector));
        // What one of them keeps does not move.
        let moves = |side: Option<&&PlannedDifference>| {
            side.is_none_or(|difference| difference.verdict.is_promote())
        };
        if !moves(one) || !moves(other) {
            return None;
        }
        let known = one.or(other)?;
        let before = known.version_change()?.0;
        let version = |side: Option<&&PlannedDifference>| match side {
            Some(difference) => difference
                .version_change()
                .map_or("", |(_, after)| after)
                .to_owned(),
            None => before.to_owned(),
        };
        let versions = [version(one), version(other)];
        (versions[0] != versions[1]).then(|| {
            format!(
                "{} is {} in {}, {} in {}",
                known.shown, versions[0], names[0], versions[1], names[1]
            )
        })
    };
    places
        .into_iter()
        .filter_map(|selector| place(selector))
        .collect()
}

/// The differences of versions, by selector.
fn versions(plan: &Plan) -> BTreeMap<&str, &PlannedDifference> {
    let files = plan
        .applications()
        .iter()
        .flat_map(|application| &application.files);
    let differences = files.flat_map(|file| &file.differences);
    differences
        .filter(|difference| difference.version_change().is_some())
        .map(|difference| (difference.selector.as_str(), difference))
        .collect()
}
