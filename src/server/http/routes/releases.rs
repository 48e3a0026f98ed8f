//! Releases: their pages, and what people do with them.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::answer::Answer;
use super::super::form::{Posted, Query};
use super::super::place::{Place, large_page};
use super::super::trouble::Trouble;
use super::lines::lines_page;
use crate::domain::GuardName;
use crate::engine::{self, FlowPlanRequest, ReleaseError, ReleasePorts};
use crate::plan::Plan;
use crate::release::Release;
use crate::render::Advice;
use crate::server::pages::{self, Filter, ReleasePage, StepChanges};
use crate::server::state::looked_at;

pub(in crate::server::http) async fn releases(place: Place, Query(fields): Query) -> Answer {
    let filter = Filter::of(&fields)?;
    let page = pages::releases(&place.frame, place.view.state.as_deref(), &filter);
    Ok(page.into_response())
}

pub(in crate::server::http) async fn release(
    place: Place,
    Path((_, id)): Path<(String, String)>,
    Query(fields): Query,
) -> Answer {
    let state = place.state()?;
    let release = place.release(&id)?;
    let history = place.history(release).await?;
    let awaited = place.awaited_approvals(release).await;
    let awaited = awaited.map_err(|error| Advice::on_release(&error));
    let flow = state.files.settings.flow(&release.flow);
    let from = release.manual.as_ref().map(|manual| manual.from.as_str());
    let trigger = from.or(flow.map(|flow| flow.trigger_environment.as_str()));
    let page = pages::release(&ReleasePage {
        frame: &place.frame,
        release,
        waits: place.view.waits.get(&id).map_or(&[], Vec::as_slice),
        awaited: &awaited,
        history: &history,
        steps: flow
            .filter(|_| from.is_none())
            .map(|flow| flow.steps.as_slice()),
        trigger: trigger.unwrap_or("source"),
        is_new: fields.get("new").is_some(),
    });
    Ok(page.into_response())
}

/// What a step changed, or would change.
pub(in crate::server::http) async fn step(
    place: Place,
    Path((_, id, environment)): Path<(String, String, String)>,
    Query(fields): Query,
) -> Answer {
    let release = place.release(&id)?.clone();
    let asked = environment.clone();
    let changes = place.releases(async move |ports| changes(ports, &release, &asked).await);
    let changes = changes.await?;
    let changes = changes.ok_or_else(|| Trouble::missing("step", &environment))?;
    if let (StepChanges::Planned { plan, .. }, Some(_)) = (&changes, fields.get(pages::FILE)) {
        return Ok(lines_page(&place, "releases", plan, &fields)?.into_response());
    }
    let page = large_page(|| pages::step(&place.frame, (&id, &environment), &changes));
    Ok(page.into_response())
}

async fn changes(
    ports: &ReleasePorts<'_>,
    release: &Release,
    environment: &str,
) -> Result<Option<StepChanges>, ReleaseError> {
    let Some(step) = release.step(environment) else {
        return Ok(None);
    };
    if let Some(landed) = &step.landed {
        if landed.is_unchanged {
            return Ok(Some(StepChanges::Nothing));
        }
        let ports = &ports.promotion;
        let branches = engine::fetch_all(ports, &looked_at(), None, &[]).await?;
        let found = engine::find_promotion(ports, &branches, &landed.commit.to_string())?;
        return Ok(Some(StepChanges::Landed(Box::new(found))));
    }
    let planned = |plan: Plan| StepChanges::Planned {
        plan: Box::new(plan),
        allow: engine::lifted_guards(release),
    };
    if release.manual.is_some() {
        return Ok(engine::manual_plan(ports, release).await?.map(planned));
    }
    let request = FlowPlanRequest {
        flow: release.flow.clone(),
        product: release.product.clone(),
        applications: release.applications.clone(),
        source: Some(release.source.to_string()),
        branch: looked_at(),
        settings: None,
    };
    let flow = engine::plan_flow(&ports.promotion, &request).await?;
    let mut steps = flow.steps.into_iter();
    let step = steps.find(|step| step.step.environment == environment);
    Ok(step.map(|step| planned(step.plan)))
}

/// Approves a step, or all steps.
pub(in crate::server::http) async fn approve(
    mut place: Place,
    Path((_, id)): Path<(String, String)>,
    Posted(fields): Posted,
) -> Answer {
    place.approve(&id, fields.text("step")).await?;
    Ok(back(&place, &id))
}

/// Queues a failed release again, with the holds of some guards lifted.
pub(in crate::server::http) async fn retry(
    mut place: Place,
    Path((_, id)): Path<(String, String)>,
    Posted(fields): Posted,
) -> Answer {
    let guards = fields.some_of("allow", GuardName::ALL)?;
    place.retry(&id, guards).await?;
    Ok(back(&place, &id))
}

/// Ends a release.
pub(in crate::server::http) async fn terminate(
    mut place: Place,
    Path((_, id)): Path<(String, String)>,
    Posted(_): Posted,
) -> Answer {
    place.terminate(&id).await?;
    Ok(back(&place, &id))
}

/// Back to the page of a release, which has changed.
fn back(place: &Place, id: &str) -> Response {
    Redirect::to(&place.frame.address(&["releases", id])).into_response()
}
