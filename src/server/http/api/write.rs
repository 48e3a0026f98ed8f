//! What programs change.

use axum::extract::Path;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::super::operations::Start;
use super::super::place::Place;
use super::bodies::{ApproveBody, EmptyBody, PromotionBody, RetryBody, Sent, StartBody};
use super::problem::{Answer, Api, Refused, json, last_read};
use super::read::entry;
use crate::render::json_v1;
use crate::server::promotion::Done;

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

/// A release that was changed, but could not be read again.
#[derive(Serialize, JsonSchema, Debug)]
pub(super) struct ChangedAnswer<'a> {
    /// The release.
    pub release: &'a str,
}

/// A plan that was applied since it was made: perhaps by the same request, whose answer was lost.
#[derive(Serialize, JsonSchema, Debug)]
pub(super) struct DoneBefore {
    /// The commit that has the promotion.
    pub commit: String,
}

pub(super) async fn plan(Api(place): Api<Place>, Sent(body): Sent<PromotionBody>) -> Answer {
    let wanted = body.wanted(None)?;
    let planned = place
        .work(async move |adapters| wanted.plan(adapters).await)
        .await;
    let planned = planned?;
    let plan = &planned.prepared.plan;
    Ok(json(&PlanAnswer {
        id: planned.id(),
        action: plan.action().to_string(),
        diff: json_v1::Diff::from(plan),
    }))
}

/// Applies the plan with that id, if it is still the same.
pub(super) async fn apply(
    Api(mut place): Api<Place>,
    Path((_, id)): Path<(String, String)>,
    Sent(body): Sent<PromotionBody>,
) -> Answer {
    let wanted = body.wanted(Some(id))?;
    match place.promote(&wanted).await? {
        Done::Started { id } => Ok(json(&StartedAnswer { release: &id })),
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
pub(super) async fn start(Api(mut place): Api<Place>, Sent(body): Sent<StartBody>) -> Answer {
    let start = Start {
        flow: body.flow,
        product: body.product,
        applications: body.services,
    };
    let id = place.start(start).await?;
    Ok(release_now(&place, &id))
}

pub(super) async fn approve(
    Api(mut place): Api<Place>,
    Path((_, id)): Path<(String, String)>,
    Sent(body): Sent<ApproveBody>,
) -> Answer {
    place.approve(&id, body.step).await?;
    Ok(release_now(&place, &id))
}

pub(super) async fn retry(
    Api(mut place): Api<Place>,
    Path((_, id)): Path<(String, String)>,
    Sent(body): Sent<RetryBody>,
) -> Answer {
    place.retry(&id, body.guards()?).await?;
    Ok(release_now(&place, &id))
}

pub(super) async fn terminate(
    Api(mut place): Api<Place>,
    Path((_, id)): Path<(String, String)>,
    Sent(EmptyBody {}): Sent<EmptyBody>,
) -> Answer {
    place.terminate(&id).await?;
    Ok(release_now(&place, &id))
}

/// The release as it is now. If it cannot be read, it was changed nevertheless.
fn release_now(place: &Place, id: &str) -> Response {
    match place.release(id) {
        Ok(release) => {
            let releases = json_v1::Releases::of(vec![entry(place, release)]);
            last_read(place, &releases)
        }
        Err(_) => last_read(place, &ChangedAnswer { release: id }),
    }
}
