//! What every request must have, and every answer gets.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::api;
use super::oidc;
use super::reason;
use super::session::Session;
use super::sign_in;
use super::trouble::Trouble;
use crate::server::audit;
use crate::server::caller::Caller;
use crate::server::oidc::Oidc;
use crate::server::site::{Callers, Site};

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

/// How programs show who they act for, and that they have not (RFC 6750).
const BEARER: &str = "Bearer realm=\"git-promote\"";
const INVALID_TOKEN: &str = "Bearer realm=\"git-promote\", error=\"invalid_token\"";

/// Pages for programs, which are for everybody who can reach the server and tell nothing about files.
const OPEN: [&str; 3] = ["/healthz", "/metrics", "/readyz"];

/// Refuses requests to other hosts, from other sites and from strangers.
pub(super) async fn guard(
    State(site): State<Arc<Site>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(address)| address.ip());
    let is_secure = sign_in::is_secure(&site.callers, peer, request.headers());
    let is_api = request.uri().path().starts_with(api::ROOT);
    let asked = Asked {
        peer,
        method: request.method(),
        uri: request.uri(),
        headers: request.headers(),
    };
    let (mut response, cookie) = match asked.session(&site).await {
        Err(refusal) => (refusal.answer(&site.callers, is_api), None),
        Ok(session) => {
            audit::by(&session.caller);
            let cookie = session.cookie(is_secure);
            request.extensions_mut().insert(session);
            (next.run(request).await, cookie)
        }
    };
    let headers = response.headers_mut();
    let is_page = text(headers, &header::CONTENT_TYPE).is_some_and(|t| t.starts_with("text/html"));
    if let Some(cookie) = cookie.filter(|_| is_page)
        && let Ok(cookie) = HeaderValue::from_str(&cookie)
    {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// Gives an answer the headers of all answers, whoever made it.
pub(super) async fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Why a request is not answered.
enum Refusal {
    Trouble(Trouble),
    /// The token of a program does not count.
    Token(Trouble),
    /// Somebody must sign in first, at this address.
    SignIn(String),
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl Refusal {
    /// The answer; where tokens count, an answer of the API with 401 has a challenge.
    fn answer(self, callers: &Callers, is_api: bool) -> Response {
        let (trouble, challenge) = match self {
            Self::SignIn(address) => return Redirect::to(&address).into_response(),
            Self::Trouble(trouble) => (trouble, BEARER),
            Self::Token(trouble) => (trouble, INVALID_TOKEN),
        };
        if !is_api {
            return trouble.page();
        }
        let has_challenge =
            trouble.status() == StatusCode::UNAUTHORIZED && matches!(callers, Callers::Oidc(_));
        let mut response = api::refused(trouble);
        if has_challenge {
            let challenge = HeaderValue::from_static(challenge);
            let headers = response.headers_mut();
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// A request without its body.
struct Asked<'r> {
    /// The machine that it comes from.
    peer: Option<IpAddr>,
    method: &'r Method,
    uri: &'r Uri,
    headers: &'r HeaderMap,
}

impl Asked<'_> {
    /// Who sends the request, or why it is refused.
    async fn session(&self, site: &Site) -> Result<Session, Refusal> {
        let host = text(self.headers, &header::HOST).or_else(|| self.uri.host());
        let Some(host) = host.filter(|host| site.has_host(host)) else {
            return Err(Refusal::Trouble(Trouble::new(
                StatusCode::MISDIRECTED_REQUEST,
                "This is not the address of the dashboard.",
                "Names other than that of the machine are given with `--host NAME:PORT`.",
            )));
        };
        if self.is_for_everybody() {
            return Ok(Session::of(self.headers, Caller::Unknown));
        }
        let changes = !matches!(*self.method, Method::GET | Method::HEAD);
        if changes && !is_from_here(self.headers, &site.callers, host) {
            return Err(Refusal::Trouble(Trouble::new(
                StatusCode::FORBIDDEN,
                "The request comes from another site.",
                "Open the dashboard itself, and try again there.",
            )));
        }
        let caller = match &site.callers {
            Callers::Local => sign_in::local(self.headers)?,
            Callers::Proxy(proxy) => sign_in::named_by(proxy, self.peer, self.headers)?,
            Callers::Oidc(oidc) => return self.signed_in(site, oidc).await,
        };
        Ok(Session::of(self.headers, caller))
    }

    /// Whether it needs no sign-in: the page is open, or a webhook, which proves by itself where it comes from.
    fn is_for_everybody(&self) -> bool {
        let path = self.uri.path();
        let is_below = |folder| path.starts_with(folder);
        let is_open = OPEN.contains(&path) || oidc::OPEN.contains(&path);
        is_open || is_below("/webhooks/") || is_below("/assets/")
    }

    async fn signed_in(&self, site: &Site, oidc: &Oidc) -> Result<Session, Refusal> {
        let is_for_programs = self.uri.path().starts_with(api::ROOT);
        let authorization = text(self.headers, &header::AUTHORIZATION);
        let token = authorization.and_then(|text| text.strip_prefix("Bearer "));
        if let Some(token) = token.filter(|_| is_for_programs) {
            let known = oidc.bearer(token.trim()).await;
            let (person, until) = known.map_err(|error| {
                site.log.token_refused(&error);
                Refusal::Token(reason::refused(&error))
            })?;
            return Ok(Session {
                until: Some(until),
                ..Session::of(self.headers, Caller::Person(person))
            });
        }
        if let Some(session) = oidc::session(oidc, self.headers) {
            return Ok(session);
        }
        if !is_for_programs && self.is_navigation() {
            let page = self.uri.path_and_query().map_or("/", PathAndQuery::as_str);
            return Err(Refusal::SignIn(oidc::address(oidc, page).into()));
        }
        let message = "Nobody is signed in.";
        let advice = "The session may have ended. Open the start page to sign in.";
        Err(Refusal::Trouble(sign_in::refused(message, advice)))
    }

    /// Whether a browser opens a page, and no script asks for something.
    fn is_navigation(&self) -> bool {
        let mode = text(self.headers, &HeaderName::from_static("sec-fetch-mode"));
        let is_page = !matches!(self.uri.path(), "/events" | "/favicon.ico");
        let is_reading = matches!(*self.method, Method::GET | Method::HEAD);
        is_reading && is_page && mode.is_none_or(|mode| mode == "navigate")
    }
}

/// Whether a request was sent by a page of the dashboard, or by no browser.
fn is_from_here(headers: &HeaderMap, callers: &Callers, host: &str) -> bool {
    let is_own_site = text(headers, &HeaderName::from_static("sec-fetch-site"))
        .is_none_or(|site| site == "same-origin" || site == "none");
    let is_own_origin = text(headers, &header::ORIGIN).is_none_or(|origin| {
        if let Callers::Oidc(oidc) = callers {
            return oidc.site.has_origin(origin);
        }
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
    });
    is_own_site && is_own_origin
}

/// The text of a header.
fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
