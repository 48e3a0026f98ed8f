//! The interface for programs: the JSON that the command line prints, over HTTP.

mod bodies;
mod document;
mod problem;
mod read;
mod write;

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::trouble::Trouble;
use crate::server::site::Site;

pub(super) use document::ROOT;

/// All addresses.
pub(super) fn router() -> Router<Arc<Site>> {
    let repository = Router::new()
        .route("/", get(read::repository))
        .route("/status", get(read::status))
        .route("/flows", get(read::flows))
        .route("/policy", get(read::policy))
        .route("/log", get(read::log))
        .route("/releases", get(read::releases).post(write::start))
        .route("/releases/{id}", get(read::release))
        .route("/releases/{id}/log", get(read::release_log))
        .route("/releases/{id}/approve", post(write::approve))
        .route("/releases/{id}/retry", post(write::retry))
        .route("/releases/{id}/terminate", post(write::terminate))
        .route("/plans", post(write::plan))
        .route("/plans/{id}", post(write::apply));
    let all = Router::new()
        .route("/openapi.json", get(document::openapi))
        .route("/events", get(super::events::events))
        .route("/repositories", get(read::repositories))
        .nest("/repositories/{repository}", repository)
        .fallback(problem::nothing_here)
        .method_not_allowed_fallback(problem::other_method);
    Router::new().nest(document::ROOT, all)
}

/// The answer to a request that is refused before anything looks at it.
pub(super) fn refused(trouble: Trouble) -> Response {
    problem::Refused::from(trouble).into_response()
}
