//! Requests: where they go, who may send them, their forms, and the headers of answers.

mod answer;
mod api;
mod assets;
mod audit;
mod connections;
mod cookies;
mod events;
mod form;
mod guard;
mod metrics;
mod oidc;
mod operations;
mod place;
mod reason;
mod routes;
mod session;
mod sign_in;
mod trouble;
mod webhooks;
mod why_not;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Router, middleware};

pub(super) use connections::{HEADERS, serve};

use super::site::Site;

/// The most bytes that a request may have.
const MOST_BYTES: usize = 1 << 20;

/// All pages.
pub(super) fn router(site: Arc<Site>) -> Router {
    Router::new()
        .route("/", get(routes::repositories))
        .route("/healthz", get(routes::health))
        .route("/metrics", get(metrics::metrics))
        .route("/readyz", get(routes::readiness))
        .route("/events", get(events::events))
        .route("/assets/{name}", get(assets::asset))
        .route("/r/{repository}", get(routes::environments))
        .route(
            "/r/{repository}/promote",
            get(routes::promotion).post(routes::planned_again),
        )
        .route(
            "/r/{repository}/promote/lines",
            get(routes::lines).post(routes::chosen_lines),
        )
        .route("/r/{repository}/promotions", post(routes::promote))
        .route("/r/{repository}/products", get(routes::products))
        .route("/r/{repository}/products/{name}", get(routes::product))
        .route("/r/{repository}/flows", get(routes::flows))
        .route("/r/{repository}/flows/{name}", get(routes::flow))
        .route(
            "/r/{repository}/flows/{name}/releases",
            post(routes::trigger),
        )
        .route("/r/{repository}/releases", get(routes::releases))
        .route("/r/{repository}/releases/{id}", get(routes::release))
        .route(
            "/r/{repository}/releases/{id}/changes/{environment}",
            get(routes::step),
        )
        .route(
            "/r/{repository}/releases/{id}/approve",
            post(routes::approve),
        )
        .route("/r/{repository}/releases/{id}/retry", post(routes::retry))
        .route(
            "/r/{repository}/releases/{id}/terminate",
            post(routes::terminate),
        )
        .route("/r/{repository}/policies", get(routes::policies))
        .route("/r/{repository}/insights", get(routes::insights))
        .route("/r/{repository}/configuration", get(routes::configuration))
        .route(
            "/webhooks/{sender}",
            post(webhooks::webhook).layer(DefaultBodyLimit::max(webhooks::MOST_BYTES)),
        )
        .merge(api::router())
        .merge(oidc::router())
        .fallback(routes::nothing_here)
        .layer(middleware::from_fn_with_state(
            Arc::clone(&site),
            guard::guard,
        ))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&site),
            audit::audit,
        ))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&site),
            metrics::count,
        ))
        .layer(middleware::map_response(guard::with_headers))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(site)
}
