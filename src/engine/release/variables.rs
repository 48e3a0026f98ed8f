//! The variables of workflows and gates.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::error::ReleaseError;
use super::flow::settings;
use super::ports::ReleasePorts;
use super::records::ProductReleases;
use super::versions::version;
use crate::domain::{CommitId, ProductFlow};
use crate::release::{Release, Step};

/// The variables for a step, or for the release itself; the outputs of earlier workflows are among them.
pub(super) fn of_step(
    ports: &ReleasePorts<'_>,
    product: &ProductReleases,
    (release, flow): (&Release, &ProductFlow),
    step: Option<&Step>,
) -> Result<BTreeMap<String, String>, ReleaseError> {
    let landed = step.and_then(|step| step.landed.as_ref());
    let commit = landed.map_or(release.source, |landed| landed.commit);
    let (from, source) = source(release, flow, step);
    let number = step.and_then(|step| step.pull_request.as_ref()?.number);
    let failed: Vec<&Step> = release.failed_steps().collect();
    let own = step.and_then(|step| step.reason.as_ref());
    let first = failed.first().and_then(|step| step.reason.as_ref());
    let context: Value = release.context.clone().into_iter().collect();
    let failed: Value = failed.iter().map(|step| failure(step)).collect();
    let settings = settings(ports, &release.configuration)?;
    let applications = applications(release, flow);
    let page = product.tip.and_then(|tip| {
        let forge = ports.promotion.forges.pull_requests(None)?;
        Some(forge.history_page(tip, &release.path()))
    });
    let values = [
        ("PRODUCT", release.product.clone()),
        ("APPLICATION", applications.join(",")),
        (
            "ENVIRONMENT",
            step.map_or_else(String::new, |s| s.environment.clone()),
        ),
        ("FROM", from.to_owned()),
        (
            "VERSION",
            version(&ports.promotion, &settings, (source, from), applications)?,
        ),
        ("COMMIT_SHA", commit.to_string()),
        (
            "PULL_REQUEST",
            number.map_or_else(String::new, |n| n.to_string()),
        ),
        ("RELEASE", release.id.clone()),
        ("RELEASE_URL", page.unwrap_or_default()),
        ("FAILED_ENVIRONMENTS", failed.to_string()),
        ("ERROR_MESSAGE", own.or(first).cloned().unwrap_or_default()),
        ("PROMOTION_CONTEXT", context.to_string()),
    ];
    let mut all = release.context.clone();
    all.extend(values.map(|(name, value)| (name.to_owned(), value)));
    Ok(all)
}

/// The environment that a step promotes from, and its commit; without a step, those of the release.
pub(super) fn source<'f>(
    release: &Release,
    flow: &'f ProductFlow,
    step: Option<&Step>,
) -> (&'f str, CommitId) {
    let planned = step.and_then(|step| {
        let mut steps = flow.steps.iter();
        steps.find(|planned| planned.environment == step.environment)
    });
    let from = planned.map_or(&flow.trigger_environment, |planned| &planned.from);
    let commit = step.and_then(|step| step.source);
    (from, commit.unwrap_or(release.source))
}

/// The applications of a release.
pub(super) fn applications<'a>(release: &'a Release, flow: &'a ProductFlow) -> &'a [String] {
    if release.applications.is_empty() {
        &flow.applications
    } else {
        &release.applications
    }
}

/// The variables for a gate of the environment that a release promotes from.
pub(super) fn of_source(
    ports: &ReleasePorts<'_>,
    product: &ProductReleases,
    of: (&Release, &ProductFlow),
    environment: &str,
) -> Result<BTreeMap<String, String>, ReleaseError> {
    let mut all = of_step(ports, product, of, None)?;
    all.insert("ENVIRONMENT".to_owned(), environment.to_owned());
    all.insert("FROM".to_owned(), String::new());
    Ok(all)
}

fn failure(step: &Step) -> Value {
    json!({
        "name": step.environment,
        "error_message": step.reason.as_deref().unwrap_or_default(),
    })
}
