//! What programs read.

use axum::Extension;
use axum::extract::{Path, State};
use serde::Serialize;

use super::super::answer::Shared;
use super::super::form::Query;
use super::super::place::Place;
use super::super::session::Session;
use super::super::trouble::Trouble;
use super::problem::{Answer, Refused, json};
use crate::engine::{self, LogRequest};
use crate::port::NoObserver;
use crate::release::Release;
use crate::render::json_v1::{self, ReleaseEntry};
use crate::server::state::{State as Read, looked_at};

/// How many promotions are listed if nothing says so, and at most.
const LIMITS: [usize; 2] = [50, 1_000];

/// The repositories that are served.
#[derive(Serialize, schemars::JsonSchema, Debug)]
pub(super) struct Repositories<'a> {
    /// Their names, in order.
    pub repositories: Vec<&'a str>,
}

pub(super) async fn repositories(State(site): Shared) -> Answer {
    let repositories = site.repositories.iter().map(|r| r.name.as_str());
    Ok(json(&Repositories {
        repositories: repositories.collect(),
    }))
}

pub(super) async fn status(
    State(site): Shared,
    Path(repository): Path<String>,
    Extension(session): Extension<Session>,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    Ok(json(&json_v1::Status::from(place.state()?.files.status())))
}

pub(super) async fn flows(
    State(site): Shared,
    Path(repository): Path<String>,
    Extension(session): Extension<Session>,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let configuration = place.state()?.files.configuration();
    let flows = configuration.settings.flows.iter();
    Ok(json(&json_v1::FlowList::new(&configuration, flows)))
}

pub(super) async fn policy(
    State(site): Shared,
    Path(repository): Path<String>,
    Extension(session): Extension<Session>,
    Query(fields): Query,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let (Some(product), Some(environment)) = (fields.get("product"), fields.get("environment"))
    else {
        return Err(Refused::usage(
            "`product` and `environment` are missing".to_owned(),
            "give both in the query",
        ));
    };
    let configuration = place.state()?.files.configuration();
    let evaluated = configuration.evaluate(product, environment, fields.get("flow"));
    let evaluated = evaluated.map_err(Refused::from)?;
    Ok(json(&json_v1::Policy::new(&configuration, &evaluated)))
}

pub(super) async fn log(
    State(site): Shared,
    Path(repository): Path<String>,
    Extension(session): Extension<Session>,
    Query(fields): Query,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let request = LogRequest {
        from: fields.text("from"),
        to: fields.text("to"),
        applications: fields.all("service"),
        products: fields.all("product"),
        limit: fields.number("limit").unwrap_or(LIMITS[0]).min(LIMITS[1]),
        branch: looked_at(),
        settings: None,
    };
    let log = place.work(async move |adapters| {
        engine::promotion_log(&adapters.ports(&NoObserver), &request).await
    });
    let log = log.await.map_err(Refused::from)?;
    Ok(json(&json_v1::Log::from(&log)))
}

pub(super) async fn releases(
    State(site): Shared,
    Path(repository): Path<String>,
    Extension(session): Extension<Session>,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let entry = |release| entry(&place, release);
    let all = place.state()?.releases();
    Ok(json(&json_v1::Releases::of(
        all.into_iter().map(entry).collect(),
    )))
}

/// A release, with what it waits for as far as it was looked at.
pub(super) fn entry<'a>(place: &'a Place, release: &'a Release) -> ReleaseEntry<'a> {
    let waits = place.view.waits.get(&release.id);
    ReleaseEntry::of(release, waits.map_or(&[], Vec::as_slice))
}

/// The release with an id.
pub(super) fn found<'s>(state: &'s Read, id: &str) -> Result<&'s Release, Trouble> {
    let release = state.release(id);
    release.ok_or_else(|| Trouble::missing("release", id))
}

pub(super) async fn release(
    State(site): Shared,
    Path((repository, id)): Path<(String, String)>,
    Extension(session): Extension<Session>,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    Ok(json(found(place.state()?, &id)?))
}

pub(super) async fn release_log(
    State(site): Shared,
    Path((repository, id)): Path<(String, String)>,
    Extension(session): Extension<Session>,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let state = place.state()?;
    let release = found(state, &id)?;
    let history = place.served.history(state, release).await;
    let history = history.map_err(Refused::from)?;
    Ok(json(&json_v1::ReleaseLog::of(&id, &history)))
}
