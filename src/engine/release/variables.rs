//! The variables of workflows and gates.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::domain::ProductFlow;
use crate::release::{Release, Step};

/// The variables for a step, or for the release itself; the outputs of earlier workflows are among them.
pub(super) fn of_step(
    release: &Release,
    flow: &ProductFlow,
    step: Option<&Step>,
) -> BTreeMap<String, String> {
    let planned = step.and_then(|step| {
        let mut steps = flow.steps.iter();
        steps.find(|planned| planned.environment == step.environment)
    });
    let landed = step.and_then(|step| step.landed.as_ref());
    let commit = landed.map_or(release.source, |landed| landed.commit);
    let number = step.and_then(|step| step.pull_request.as_ref()?.number);
    let failed: Vec<&Step> = release.failed_steps().collect();
    let own = step.and_then(|step| step.reason.as_ref());
    let first = failed.first().and_then(|step| step.reason.as_ref());
    let context: Value = release.context.clone().into_iter().collect();
    let failed: Value = failed.iter().map(|step| failure(step)).collect();
    let from = planned.map_or(&flow.trigger_environment, |planned| &planned.from);
    let values = [
        ("PRODUCT", release.product.clone()),
        ("APPLICATION", release.applications.join(",")),
        (
            "ENVIRONMENT",
            step.map_or_else(String::new, |s| s.environment.clone()),
        ),
        ("FROM", from.clone()),
        ("VERSION", String::new()),
        ("COMMIT_SHA", commit.to_string()),
        (
            "PULL_REQUEST",
            number.map_or_else(String::new, |n| n.to_string()),
        ),
        ("RELEASE", release.id.clone()),
        ("RELEASE_URL", String::new()),
        ("FAILED_ENVIRONMENTS", failed.to_string()),
        ("ERROR_MESSAGE", own.or(first).cloned().unwrap_or_default()),
        ("PROMOTION_CONTEXT", context.to_string()),
    ];
    let mut all = release.context.clone();
    all.extend(values.map(|(name, value)| (name.to_owned(), value)));
    all
}

fn failure(step: &Step) -> Value {
    json!({
        "name": step.environment,
        "error_message": step.reason.as_deref().unwrap_or_default(),
    })
}
