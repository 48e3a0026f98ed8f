//! Releases: their pages, and what people do with them.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::super::answer::{Answer, Shared};
use super::super::form::{Posted, Query};
use super::super::place::Place;
use super::super::session::Session;
use super::super::trouble::Trouble;
use crate::domain::Right;
use crate::engine::{self, FlowPlanRequest, ReleaseError, ReleasePorts};
use crate::release::Release;
use crate::server::pages::{self, ReleasePage, StepChanges};
use crate::server::site::Site;
use crate::server::state::{State as Read, looked_at};

pub(in crate::server::http) async fn releases(
    State(site): Shared,
    Path(repository): Path<String>,
    Extension(session): Extension<Session>,
    Query(fields): Query,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let page = pages::releases(&place.frame, place.view.state.as_deref(), &fields);
    Ok(page.into_response())
}

/// The release with an id.
fn found<'s>(state: &'s Read, id: &str) -> Result<&'s Release, Trouble> {
    let release = state.release(id);
    release.ok_or_else(|| Trouble::missing("release", id))
}

pub(in crate::server::http) async fn release(
    State(site): Shared,
    Path((repository, id)): Path<(String, String)>,
    Extension(session): Extension<Session>,
    Query(fields): Query,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let state = place.state()?;
    let release = found(state, &id)?;
    let history = place.served.history(state, release).await;
    let history = history.map_err(Trouble::from)?;
    let flow = state.files.settings.flow(&release.flow);
    let from = release.manual.as_ref().map(|manual| manual.from.as_str());
    let trigger = from.or(flow.map(|flow| flow.trigger_environment.as_str()));
    let page = pages::release(&ReleasePage {
        frame: &place.frame,
        release,
        waits: place.view.waits.get(&id).map_or(&[], Vec::as_slice),
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
    State(site): Shared,
    Path((repository, id, environment)): Path<(String, String, String)>,
    Extension(session): Extension<Session>,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let release = found(place.state()?, &id)?.clone();
    let asked = environment.clone();
    let changes = place.releases(async move |ports| changes(ports, &release, &asked).await);
    let changes = changes.await.map_err(Trouble::from)?;
    let changes = changes.ok_or_else(|| Trouble::missing("step", &environment))?;
    Ok(pages::step(&place.frame, (&id, &environment), &changes).into_response())
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
    if release.manual.is_some() {
        let plan = engine::manual_plan(ports, release).await?;
        return Ok(plan.map(|plan| StepChanges::Planned(Box::new(plan))));
    }
    let request = FlowPlanRequest {
        flow: release.flow.clone(),
        product: release.product.clone(),
        applications: release.applications.clone(),
        source: Some(release.source.to_string()),
        branch: looked_at(),
        settings: None,
    };
    let planned = engine::plan_flow(&ports.promotion, &request).await?;
    let mut steps = planned.steps.into_iter();
    let step = steps.find(|planned| planned.step.environment == environment);
    Ok(step.map(|step| StepChanges::Planned(Box::new(step.plan))))
}

/// Approves a step, or all steps.
pub(in crate::server::http) async fn approve(
    State(site): Shared,
    Path((repository, id)): Path<(String, String)>,
    Extension(session): Extension<Session>,
    Posted(fields): Posted,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let release = found(place.state()?, &id)?;
    let step = fields.text("step");
    place.allow_steps(Right::Approve, release, step.as_deref())?;
    place.changes(&site, &format!("approve {id}"));
    let asked = id.clone();
    let done = place
        .releases(async move |ports| engine::approve_release(ports, &asked, step.as_deref()).await);
    after(&site, &place, &id, done.await).await
}

/// Queues a failed release again, with the holds of some guards lifted.
pub(in crate::server::http) async fn retry(
    State(site): Shared,
    Path((repository, id)): Path<(String, String)>,
    Extension(session): Extension<Session>,
    Posted(fields): Posted,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let release = found(place.state()?, &id)?;
    place.allow_steps(Right::Retry, release, None)?;
    let guards = fields.all("allow");
    place.check_lifted(release, &guards)?;
    place.changes(&site, &format!("retry {id} allow={}", guards.join(",")));
    let asked = id.clone();
    let done = place.releases(async move |ports| {
        if guards.is_empty() {
            engine::retry_release(ports, &asked).await
        } else {
            engine::allow_in_release(ports, &asked, &guards).await
        }
    });
    after(&site, &place, &id, done.await).await
}

/// Ends a release.
pub(in crate::server::http) async fn terminate(
    State(site): Shared,
    Path((repository, id)): Path<(String, String)>,
    Extension(session): Extension<Session>,
    Posted(_): Posted,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let release = found(place.state()?, &id)?;
    place.allow(Right::Terminate, Some(&release.product), None)?;
    place.changes(&site, &format!("terminate {id}"));
    let asked = id.clone();
    let done = place.releases(async move |ports| engine::terminate_release(ports, &asked).await);
    after(&site, &place, &id, done.await).await
}

/// Back to the page of the release, which has changed.
async fn after<T>(
    site: &Site,
    place: &Place,
    id: &str,
    done: Result<T, ReleaseError>,
) -> Result<Response, Trouble> {
    done.map_err(Trouble::from)?;
    place.look_again(site).await;
    Ok(Redirect::to(&place.frame.address(&["releases", id])).into_response())
}
