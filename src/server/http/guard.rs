//! What every request must have, and every answer gets.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::api;
use super::session::Session;
use super::sign_in;
use super::trouble::Trouble;
use crate::server::caller::Caller;
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

/// Pages for programs, which are for everybody who can reach the server and tell nothing about files.
const OPEN: [&str; 3] = ["/healthz", "/metrics", "/readyz"];

/// Refuses requests to other hosts, from other sites and from strangers, and gives answers their headers.
pub(super) async fn guard(
    State(site): State<Arc<Site>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(address)| address.ip());
    let is_secure = sign_in::is_secure(&site.sign_in, peer, request.headers());
    let is_api = request.uri().path().starts_with(api::ROOT);
    let admitted = admit(&site, peer, &request);
    let session = admitted.map(|caller| {
        let cookies = request.headers().get_all(header::COOKIE).iter();
        let cookies = cookies.filter_map(|value| value.to_str().ok());
        Session::of(cookies, caller)
    });
    let (mut response, cookie) = match session {
        Err(trouble) if is_api => (api::refused(trouble), None),
        Err(trouble) => (trouble.page(), None),
        Ok(session) => {
            let cookie = (!session.is_known).then(|| session.cookie(is_secure));
            request.extensions_mut().insert(session);
            (next.run(request).await, cookie)
        }
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    let is_page = text(headers, &header::CONTENT_TYPE).is_some_and(|t| t.starts_with("text/html"));
    if let Some(cookie) = cookie.filter(|_| is_page)
        && let Ok(cookie) = HeaderValue::from_str(&cookie)
    {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// Who sends a request, or why it is refused.
fn admit(site: &Site, peer: Option<IpAddr>, request: &Request) -> Result<Caller, Trouble> {
    let headers = request.headers();
    let host = text(headers, &header::HOST).or_else(|| request.uri().host());
    let Some(host) = host.filter(|host| site.has_host(host)) else {
        return Err(Trouble::new(
            StatusCode::MISDIRECTED_REQUEST,
            "This is not the address of the dashboard.",
            "Names other than that of the machine are given with `--host NAME:PORT`.",
        ));
    };
    let path = request.uri().path();
    // A webhook proves by itself where it comes from.
    if OPEN.contains(&path) || path.starts_with("/webhooks/") {
        return Ok(Caller::Unknown);
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    if changes && !is_from_here(headers, host) {
        return Err(Trouble::new(
            StatusCode::FORBIDDEN,
            "The request comes from another site.",
            "Open the dashboard itself, and try again there.",
        ));
    }
    sign_in::caller(&site.sign_in, peer, headers)
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
