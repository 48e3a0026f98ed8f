//! A line in the log for each change, and for each one that is refused.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::why_not::WhyNot;
use crate::server::audit::recorded;
use crate::server::site::Site;

/// Writes what a request has changed, or why it has not.
pub(super) async fn audit(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let (response, record) = recorded(next.run(request)).await;
    let status = response.status();
    let why = response.extensions().get::<WhyNot>();
    let why = why.map_or_else(String::new, |WhyNot(why)| format!(" {why:?}"));
    let caller = &record.caller;
    let is_done = !status.is_client_error() && !status.is_server_error();
    if let Some((repository, what)) = &record.change {
        let end = match &record.result {
            Some(Err(why)) => format!("not done, {why:?}"),
            Some(Ok(done)) if is_done => format!("done, {done}"),
            None if is_done => "done".to_owned(),
            _ => format!("not done, {}{why}", status.as_u16()),
        };
        site.log.changed(repository, caller, what, &end);
    } else if is_refusal(status) && !matches!(method, Method::GET | Method::HEAD) {
        site.log.refused(
            caller,
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
