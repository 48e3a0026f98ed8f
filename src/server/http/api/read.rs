//! What programs read.

use axum::extract::{Path, State};
use serde::Serialize;

use super::super::answer::Shared;
use super::super::form::Query;
use super::super::place::Place;
use super::super::trouble::Trouble;
use super::problem::{Answer, Api, Refused, json, last_read};
use crate::engine::{self, LogRequest};
use crate::port::NoObserver;
use crate::release::Release;
use crate::render::date;
use crate::render::json_v1::{self, Problem, ReleaseEntry};
use crate::server::state::looked_at;

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

/// A repository, and how well it could be read.
#[derive(Serialize, schemars::JsonSchema, Debug)]
#[serde(rename_all = "camelCase")]
pub(super) struct Repository<'a> {
    /// Its name.
    pub name: &'a str,
    /// When it was last read, in universal time; `null` before that.
    pub read_at: Option<String>,
    /// Why it could not be read since; `null` if it could.
    pub fault: Option<Problem>,
}

pub(super) async fn repository(Api(place): Api<Place>) -> Answer {
    let fault = place.view.fault.clone();
    Ok(json(&Repository {
        name: &place.frame.repository,
        read_at: place.view.read.map(date::rfc_3339),
        fault: fault.map(|fault| Trouble::from(fault).problem()),
    }))
}

pub(super) async fn status(Api(place): Api<Place>) -> Answer {
    let status = json_v1::Status::from(place.state()?.files.status());
    Ok(last_read(&place, &status))
}

pub(super) async fn flows(Api(place): Api<Place>) -> Answer {
    let configuration = place.state()?.files.configuration();
    let flows = configuration.settings.flows.iter();
    let flows = json_v1::FlowList::new(&configuration, flows);
    Ok(last_read(&place, &flows))
}

pub(super) async fn policy(Api(place): Api<Place>, Query(fields): Query) -> Answer {
    let (Some(product), Some(environment)) = (fields.get("product"), fields.get("environment"))
    else {
        return Err(Refused::usage(
            "`product` and `environment` are missing".to_owned(),
            "give both in the query",
        ));
    };
    let configuration = place.state()?.files.configuration();
    let evaluated = configuration.evaluate(product, environment, fields.get("flow"))?;
    let policy = json_v1::Policy::new(&configuration, &evaluated);
    Ok(last_read(&place, &policy))
}

pub(super) async fn log(Api(place): Api<Place>, Query(fields): Query) -> Answer {
    let request = LogRequest {
        from: fields.text("from"),
        to: fields.text("to"),
        applications: fields.all("service"),
        products: fields.all("product"),
        limit: fields.number("limit")?.unwrap_or(LIMITS[0]).min(LIMITS[1]),
        branch: looked_at(),
        settings: None,
    };
    let log = place.work(async move |adapters| {
        engine::promotion_log(&adapters.ports(&NoObserver), &request).await
    });
    let log = log.await?;
    Ok(json(&json_v1::Log::from(&log)))
}

pub(super) async fn releases(Api(place): Api<Place>) -> Answer {
    let entry = |release| entry(&place, release);
    let all = place.state()?.releases();
    let releases = json_v1::Releases::of(all.into_iter().map(entry).collect());
    Ok(last_read(&place, &releases))
}

/// A release, with what it waits for as far as it was looked at.
pub(super) fn entry<'a>(place: &'a Place, release: &'a Release) -> ReleaseEntry<'a> {
    let waits = place.view.waits.get(&release.id);
    ReleaseEntry::of(release, waits.map_or(&[], Vec::as_slice))
}

pub(super) async fn release(
    Api(place): Api<Place>,
    Path((_, id)): Path<(String, String)>,
) -> Answer {
    Ok(last_read(&place, place.release(&id)?))
}

pub(super) async fn release_log(
    Api(place): Api<Place>,
    Path((_, id)): Path<(String, String)>,
) -> Answer {
    let history = place.history(place.release(&id)?).await?;
    Ok(last_read(&place, &json_v1::ReleaseLog::of(&id, &history)))
}
