//! What each address answers.

mod flows;
mod lines;
mod promotions;
mod releases;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::answer::{Answer, Shared};
use super::form::Query;
use super::place::Place;
use super::trouble::Trouble;
use crate::engine::{self, LogRequest};
use crate::port::NoObserver;
use crate::server::board::RowKind;
use crate::server::insights;
use crate::server::pages::{self, EnvironmentsPage, InsightsPage, PoliciesPage};
use crate::server::served::View;
use crate::server::state::looked_at;

pub(super) use flows::{flow, flows, trigger};
pub(super) use promotions::{chosen_lines, lines, planned_again, promote, promotion};
pub(super) use releases::{approve, release, releases, retry, step, terminate};

/// The repositories; of a single one, its start page.
pub(super) async fn repositories(State(site): Shared) -> Response {
    let names: Vec<&str> = site.repositories.iter().map(|r| r.name.as_str()).collect();
    match names.as_slice() {
        [_] => {
            let only = pages::repository_address(names[0]);
            Redirect::temporary(&only).into_response()
        }
        names => pages::repositories(names).into_response(),
    }
}

pub(super) async fn health() -> &'static str {
    "ok\n"
}

/// Whether every repository was read, or at least tried.
pub(super) async fn readiness(State(site): Shared) -> Response {
    // One that cannot be read does not take the others out of service.
    let is_unread = |view: &View| view.state.is_none() && view.fault.is_none();
    let unread = site.repositories.iter().filter(|r| is_unread(&r.view()));
    let unread: Vec<&str> = unread.map(|repository| repository.name.as_str()).collect();
    if unread.is_empty() {
        return "ready\n".into_response();
    }
    let text = format!("not read yet: {}\n", unread.join(", "));
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

pub(super) async fn nothing_here() -> Trouble {
    Trouble::new(
        StatusCode::NOT_FOUND,
        "There is no such page.",
        "The address may be mistyped, or the page has moved.",
    )
}

pub(super) async fn environments(place: Place, Query(fields): Query) -> Answer {
    let page = pages::environments(&EnvironmentsPage {
        frame: &place.frame,
        state: place.view.state.as_deref(),
        kind: fields.one_of("by", &RowKind::ALL)?,
        search: fields.get("search").unwrap_or_default(),
        page: fields.number("page")?.unwrap_or(1),
    });
    Ok(page.into_response())
}

pub(super) async fn products(place: Place, Query(fields): Query) -> Answer {
    let search = fields.get("search").unwrap_or_default();
    let page = pages::products(&place.frame, place.view.state.as_deref(), search);
    Ok(page.into_response())
}

pub(super) async fn product(place: Place, Path((_, name)): Path<(String, String)>) -> Answer {
    let state = place.state()?;
    let product = state.files.settings.product(&name);
    let product = product.ok_or_else(|| Trouble::missing("product", &name))?;
    Ok(pages::product(&place.frame, state, product).into_response())
}

pub(super) async fn policies(place: Place, Query(fields): Query) -> Answer {
    let state = place.view.state.as_deref();
    let (product, environment) = (fields.get("product"), fields.get("environment"));
    let flow = fields.get("flow");
    let evaluation = match (state, product, environment) {
        (Some(state), Some(product), Some(environment)) => {
            let evaluated = state
                .files
                .configuration()
                .evaluate(product, environment, flow);
            Some(evaluated.map_err(|error| error.to_string()))
        }
        _ => None,
    };
    let page = pages::policies(&PoliciesPage {
        frame: &place.frame,
        state,
        product,
        environment,
        flow,
        evaluation,
    });
    Ok(page.into_response())
}

pub(super) async fn configuration(place: Place) -> Answer {
    let page = pages::configuration(&place.frame, place.view.state.as_deref());
    Ok(page.into_response())
}

/// How many promotions insights are made from.
const PROMOTIONS: usize = 1_000;

pub(super) async fn insights(place: Place, Query(fields): Query) -> Answer {
    let state = place.state()?;
    let products = &state.files.settings.products;
    let product = place.product(fields.get("product"))?;
    let request = LogRequest {
        from: None,
        to: None,
        applications: Vec::new(),
        products: Vec::new(),
        limit: PROMOTIONS,
        branch: looked_at(),
        settings: None,
    };
    let log = place.work(async move |adapters| {
        engine::promotion_log(&adapters.ports(&NoObserver), &request).await
    });
    let log = log.await?;
    let environments = &state.files.status().environments;
    let found = insights::promotions(environments, &log.promotions, product, place.frame.now);
    let page = pages::insights(&InsightsPage {
        frame: &place.frame,
        products: products
            .iter()
            .map(|product| product.name.as_str())
            .collect(),
        product: product.map(|product| product.name.as_str()),
        environments: &found,
        releases: insights::releases(&state.releases(), product),
    });
    Ok(page.into_response())
}
