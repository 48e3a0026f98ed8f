//! What every request must have, and every answer gets.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::session::Session;
use super::trouble::Trouble;
use crate::server::site::Site;

/// Nothing is loaded from elsewhere, and nothing in a page is a script or a style.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The headers of all answers.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Refuses requests to other hosts and from other sites, and gives answers their headers.
pub(super) async fn guard(
    State(site): State<Arc<Site>>,
    mut request: Request,
    next: Next,
) -> Response {
    let session = Session::of(text(request.headers(), &header::COOKIE));
    let mut response = match refusal(&site, &request) {
        Some(trouble) => trouble.page(),
        None => {
            request.extensions_mut().insert(session.clone());
            next.run(request).await
        }
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    let is_page = text(headers, &header::CONTENT_TYPE).is_some_and(|t| t.starts_with("text/html"));
    if is_page
        && !session.is_known
        && let Ok(cookie) = HeaderValue::from_str(&session.cookie())
    {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// Why a request is refused, if it is.
fn refusal(site: &Site, request: &Request) -> Option<Trouble> {
    let headers = request.headers();
    let host = text(headers, &header::HOST).or_else(|| request.uri().host());
    if !host.is_some_and(|host| site.has_host(host)) {
        return Some(Trouble::new(
            StatusCode::MISDIRECTED_REQUEST,
            "This is not the address of the dashboard.",
            "Names other than that of the machine are given with `--host NAME:PORT`.",
        ));
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    if changes && !is_from_here(headers, host.unwrap_or_default()) {
        return Some(Trouble::new(
            StatusCode::FORBIDDEN,
            "The request comes from another site.",
            "Open the dashboard itself, and try again there.",
        ));
    }
    None
}

/// Whether a request was sent by a page of the dashboard, or by no browser.
fn is_from_here(headers: &HeaderMap, host: &str) -> bool {
    let is_own_site = text(headers, &HeaderName::from_static("sec-fetch-site"))
        .is_none_or(|site| site == "same-origin" || site == "none");
    let is_own_origin = text(headers, &header::ORIGIN).is_none_or(|origin| {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
    });
    is_own_site && is_own_origin
}

/// The text of a header.
fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
