//! A line in the log for each change that is refused, and an answer where no worker is free.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::api;
use super::trouble::Trouble;
use super::why_not::WhyNot;
use crate::server::audit::with_sender;
use crate::server::overload::unless_given_up;
use crate::server::site::Site;

/// When to try again what there was no room for, in seconds.
pub(super) const LATER: HeaderValue = HeaderValue::from_static("10");

/// Writes which changes are refused; answers requests for which there is no worker.
pub(super) async fn audit(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let (response, sender) = with_sender(unless_given_up(next.run(request))).await;
    let response = response.unwrap_or_else(|| overloaded(path.starts_with(api::ROOT)));
    let status = response.status();
    let is_reading = matches!(method, Method::GET | Method::HEAD);
    if is_refusal(status) && !is_reading && !sender.has_begun {
        let why = response.extensions().get::<WhyNot>();
        let why = why.map_or_else(String::new, |WhyNot(why)| format!(" {why:?}"));
        site.log.refused(
            &sender.caller,
            &format!("{method} {path:?}: {}{why}", status.as_u16()),
        );
    }
    response
}

fn is_refusal(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::MISDIRECTED_REQUEST
    )
}

fn overloaded(is_api: bool) -> Response {
    let trouble = Trouble::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "Too many requests wait for the repository.",
        "Nothing was done. Try again in a moment.",
    );
    let answer = if is_api {
        api::refused(trouble)
    } else {
        trouble.page()
    };
    ([(header::RETRY_AFTER, LATER)], answer).into_response()
}
