//! What programs change.

use axum::Extension;
use axum::extract::{Path, State};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::answer::Shared;
use super::super::place::Place;
use super::super::session::Session;
use super::bodies::{ApproveBody, EmptyBody, PromotionBody, RetryBody, Sent, StartBody};
use super::problem::{Answer, Refused, json};
use super::read::{entry, found};
use crate::domain::Right;
use crate::engine::{self, ReleaseError, StartRequest};
use crate::render::json_v1;
use crate::server::promotion::Done;
use crate::server::site::Site;

/// A plan, to be applied by its id.
#[derive(Serialize, JsonSchema, Debug)]
pub(super) struct PlanAnswer<'a> {
    /// Its id; plans that do the same in the same way have equal ids.
    pub id: String,
    /// What it does: `commit`, `pull-request`, or `none`.
    pub action: String,
    /// What it changes and keeps.
    pub diff: json_v1::Diff<'a>,
}

/// A promotion that has become a release.
#[derive(Serialize, JsonSchema, Debug)]
pub(super) struct StartedAnswer<'a> {
    /// The release.
    pub release: &'a str,
}

/// A plan that was applied since it was made: perhaps by the same request, whose answer was lost.
#[derive(Serialize, JsonSchema, Debug)]
pub(super) struct DoneBefore {
    /// The commit that has the promotion.
    pub commit: String,
}

pub(super) async fn plan(
    State(site): Shared,
    Path(repository): Path<String>,
    Extension(session): Extension<Session>,
    Sent(body): Sent<PromotionBody>,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let wanted = body.wanted(None)?;
    let planned = place
        .work(async move |adapters| wanted.plan(adapters).await)
        .await;
    let planned = planned.map_err(Refused::from)?;
    let plan = &planned.prepared.plan;
    Ok(json(&PlanAnswer {
        id: planned.id(),
        action: plan.action().to_string(),
        diff: json_v1::Diff::from(plan),
    }))
}

/// Applies the plan with that id, if it is still the same.
pub(super) async fn apply(
    State(site): Shared,
    Path((repository, id)): Path<(String, String)>,
    Extension(session): Extension<Session>,
    Sent(body): Sent<PromotionBody>,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let wanted = body.wanted(Some(id))?;
    place.allow(Right::Promote, wanted.only_product(), Some(&wanted.to))?;
    place.changes(&site, &wanted.in_words());
    let done = place
        .work(async move |adapters| Box::pin(wanted.carry_out(adapters)).await)
        .await;
    let done = done.map_err(Refused::from)?;
    place.served.look.notify_one();
    match done {
        Done::Started { id } => {
            // So that it can be asked for.
            place.look_again(&site).await;
            Ok(json(&StartedAnswer { release: &id }))
        }
        Done::Applied(applied) => Ok(json(&json_v1::Promotion::of(
            &applied.receipt,
            &applied.shown,
            &applied.branch,
            &applied.allow,
        ))),
        Done::Before { commit } => Ok(json(&DoneBefore {
            commit: commit.to_string(),
        })),
        Done::Changed => Err(Refused::moved()),
    }
}

/// Starts a release of a flow.
pub(super) async fn start(
    State(site): Shared,
    Path(repository): Path<String>,
    Extension(session): Extension<Session>,
    Sent(body): Sent<StartBody>,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    place.allow(Right::Trigger, Some(&body.product), None)?;
    place.check_applications(&body.product, &body.services)?;
    let what = format!("trigger flow={} product={}", body.flow, body.product);
    place.changes(&site, &what);
    let request = StartRequest {
        product: body.product,
        flow: body.flow,
        applications: body.services,
        source: None,
        branch: None,
        configuration: None,
    };
    let started = place
        .releases(async move |ports| engine::start_release(ports, &request).await)
        .await;
    let started = started.map_err(Refused::from)?;
    after(&site, &repository, &session, started.id()).await
}

pub(super) async fn approve(
    State(site): Shared,
    Path((repository, id)): Path<(String, String)>,
    Extension(session): Extension<Session>,
    Sent(body): Sent<ApproveBody>,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    place.allow_steps(
        Right::Approve,
        found(place.state()?, &id)?,
        body.step.as_deref(),
    )?;
    place.changes(&site, &format!("approve {id}"));
    let asked = id.clone();
    let done = place.releases(async move |ports| {
        engine::approve_release(ports, &asked, body.step.as_deref()).await
    });
    changed(&site, (&repository, &session), &id, done.await).await
}

pub(super) async fn retry(
    State(site): Shared,
    Path((repository, id)): Path<(String, String)>,
    Extension(session): Extension<Session>,
    Sent(body): Sent<RetryBody>,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let release = found(place.state()?, &id)?;
    place.allow_steps(Right::Retry, release, None)?;
    place.check_lifted(release, &body.allow)?;
    place.changes(&site, &format!("retry {id} allow={}", body.allow.join(",")));
    let asked = id.clone();
    let done = place.releases(async move |ports| {
        if body.allow.is_empty() {
            engine::retry_release(ports, &asked).await
        } else {
            engine::allow_in_release(ports, &asked, &body.allow).await
        }
    });
    changed(&site, (&repository, &session), &id, done.await).await
}

pub(super) async fn terminate(
    State(site): Shared,
    Path((repository, id)): Path<(String, String)>,
    Extension(session): Extension<Session>,
    Sent(EmptyBody {}): Sent<EmptyBody>,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let release = found(place.state()?, &id)?;
    place.allow(Right::Terminate, Some(&release.product), None)?;
    place.changes(&site, &format!("terminate {id}"));
    let asked = id.clone();
    let done = place.releases(async move |ports| engine::terminate_release(ports, &asked).await);
    changed(&site, (&repository, &session), &id, done.await).await
}

async fn changed<T>(
    site: &Site,
    (repository, session): (&str, &Session),
    id: &str,
    done: Result<T, ReleaseError>,
) -> Answer {
    done.map_err(Refused::from)?;
    after(site, repository, session, id).await
}

/// The release as it is now.
async fn after(site: &Site, repository: &str, session: &Session, id: &str) -> Answer {
    let place = Place::new(site, repository, session)?;
    place.look_again(site).await;
    let place = Place::new(site, repository, session)?;
    let release = found(place.state()?, id)?;
    Ok(json(&json_v1::Releases::of(vec![entry(&place, release)])))
}
