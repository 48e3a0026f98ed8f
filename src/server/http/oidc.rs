//! Sign-in with a provider: its pages and cookies.
//!
//! # Why
//!
//! The provider sends browsers back to an address with a code in it, which nobody may see. So that address
//! never shows a page: whatever the result is, it leads to another one.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use url::{Position, Url};

use super::answer::Shared;
use super::audit::LATER;
use super::cookies::Jar;
use super::form::{Posted, Query};
use super::place::now;
use super::reason::{ENDED, REASONS, Reason};
use super::session::Session;
use super::trouble::Trouble;
use crate::server::caller::Caller;
use crate::server::fields::query;
use crate::server::oidc::{CALLBACK, Oidc, PATIENCE, Returned, SignInError, SignedIn};
use crate::server::site::{Callers, Site};

/// The page that leads to the provider.
pub(super) const SIGN_IN: &str = "/sign-in";

/// The page that tells why nobody is signed in.
const FAILED: &str = "/sign-in/failed";

/// The field of a browser that was sent to the host of the dashboard already.
const REDIRECTED: &str = "redirected";

/// The pages that everybody may open.
pub(super) const OPEN: [&str; 3] = [SIGN_IN, CALLBACK, FAILED];

/// The cookie of a session, and the beginning of the names of its further parts.
const SESSION: &str = "git-promote-session";

/// The beginning of the names of cookies of sign-ins that are under way: a number follows.
const STARTED: &str = "git-promote-sign-in";

/// The longest value of a cookie: browsers take 4,096 bytes with name and attributes.
const PART: usize = 3_800;

/// How many parts a session may have: some 290 groups with names as long as those of Entra ID.
const MOST_PARTS: usize = 4;

/// The longest address of a page that a sign-in leads to, in bytes: it is in a cookie meanwhile.
const LONGEST_TO: usize = 1_500;

/// How many sign-ins may be under way in one browser: their cookies come along with every request, and proxies
/// take 8,192 bytes for a header.
const MOST_STARTED: usize = 3;

/// The addresses.
pub(super) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route(SIGN_IN, get(sign_in))
        .route(CALLBACK, get(callback))
        .route(FAILED, get(failed))
        .route("/sign-out", post(sign_out))
}

/// The session of a browser that has signed in.
pub(super) fn session(oidc: &Oidc, headers: &HeaderMap) -> Option<Session> {
    let jar = jar(oidc);
    let (count, first) = jar.get(headers, SESSION)?.split_once('.')?;
    let count: usize = count.parse().ok().filter(|count| *count <= MOST_PARTS)?;
    let mut cookie = first.to_owned();
    for number in 1..count {
        cookie += jar.get(headers, &part(number))?;
    }
    let SignedIn {
        person,
        token,
        until,
    } = oidc.session(&cookie, now())?;
    Some(Session {
        token,
        is_known: true,
        caller: Caller::SignedIn(person),
        until: Some(until),
    })
}

/// The name of a further part of a session's cookie.
fn part(number: usize) -> String {
    format!("{SESSION}-{number}")
}

fn jar(oidc: &Oidc) -> Jar {
    Jar {
        is_secure: oidc.site.is_secure(),
    }
}

fn oidc(site: &Site) -> Result<&Oidc, Trouble> {
    match &site.callers {
        Callers::Oidc(oidc) => Ok(oidc),
        Callers::Local | Callers::Proxy(_) => Err(Trouble::missing("page", SIGN_IN)),
    }
}

/// Leads to the provider, and then to the page of the field `to`.
async fn sign_in(
    State(site): Shared,
    headers: HeaderMap,
    Query(fields): Query,
) -> Result<Response, Trouble> {
    let oidc = oidc(&site)?;
    let to = fields.get("to").and_then(|to| oidc.site.page(to));
    let to = to.filter(|to| to.as_str().len() <= LONGEST_TO);
    let to = to.unwrap_or_else(|| oidc.site.start());
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    if host.is_some_and(|host| !oidc.site.has_authority(host)) {
        if fields.get(REDIRECTED).is_some() {
            return Err(Trouble::new(
                StatusCode::MISDIRECTED_REQUEST,
                "The proxy before the dashboard changes the host of requests.",
                "An operator makes it pass on `Host` as browsers send it.",
            ));
        }
        // The provider sends browsers back to this name, for which they must have the cookie.
        let mut address = address(oidc, &to[Position::BeforePath..]);
        address.query_pairs_mut().append_pair(REDIRECTED, "on");
        return Ok(see(address.as_str(), &[]));
    }
    let started = oidc.begin(&to, now()).await.map_err(|error| {
        if oidc.should_log(now()) {
            site.log.notice(&format!("no sign-in is possible: {error}"));
        }
        Reason::of(&error).trouble()
    })?;
    let jar = jar(oidc);
    let name = started_name(slot(jar, &headers, &started.state));
    let cookie = jar.set(&name, &started.cookie, PATIENCE);
    Ok(see(started.url.as_str(), &[cookie]))
}

/// The address of the page that leads to the provider, and then to another page.
pub(super) fn address(oidc: &Oidc, to: &str) -> Url {
    let mut page = oidc.site.start();
    page.set_path(SIGN_IN);
    page.set_query(Some(&query([("to", to)])));
    page
}

/// The name of the cookie of a sign-in. A browser never has more than there are names, however many tabs begin at
/// the same time.
fn started_name(slot: usize) -> String {
    format!("{STARTED}-{slot}")
}

/// The place for the sign-in with a state: one that is free, or else that of another one, which cannot be finished
/// then.
fn slot(jar: Jar, headers: &HeaderMap, state: &str) -> usize {
    let is_free = |slot: &usize| jar.get(headers, &started_name(*slot)).is_none();
    let mut slots: Vec<usize> = (0..MOST_STARTED).filter(is_free).collect();
    if slots.is_empty() {
        slots.extend(0..MOST_STARTED);
    }
    // Any of them: tabs that begin at the same time all see the same free ones.
    let sum: usize = state.bytes().map(usize::from).sum();
    slots[sum % slots.len()]
}

/// Where the provider sends the browser to.
async fn callback(
    State(site): Shared,
    headers: HeaderMap,
    Query(fields): Query,
) -> Result<Response, Trouble> {
    let oidc = oidc(&site)?;
    let jar = jar(oidc);
    let state = fields.get("state").unwrap_or_default();
    let mut names = (0..MOST_STARTED).map(started_name);
    let started = names.find_map(|name| {
        let cookie = jar.get(&headers, &name)?;
        oidc.has_begun(state, cookie).then_some((name, cookie))
    });
    let (name, cookie) = started.unzip();
    let returned = Returned {
        state,
        cookie: cookie.unwrap_or_default(),
        code: fields.get("code"),
        issuer: fields.get("iss"),
        error: fields.get("error"),
        description: fields.get("error_description"),
    };
    let finished = oidc.finish(&returned, now()).await;
    // Whatever comes of it, it is over.
    let mut set: Vec<String> = name.iter().map(|name| jar.delete(name)).collect();
    let finished = finished.and_then(|finished| {
        let signed_in = &finished.signed_in;
        let parts = parts(&finished.cookie)?;
        for (number, value) in parts.iter().enumerate() {
            let name = if number == 0 {
                SESSION.to_owned()
            } else {
                part(number)
            };
            set.push(jar.set(&name, value, signed_in.until - now()));
        }
        Ok(finished)
    });
    match finished {
        Ok(finished) => {
            site.log.signed_in(&finished.signed_in.person);
            Ok(see(&finished.to, &set))
        }
        // Another tab was faster.
        Err(SignInError::Ended) if session(oidc, &headers).is_some() => {
            Ok(see(oidc.site.start().as_str(), &set))
        }
        Err(error) => {
            // Anyone can send a browser here with a code of their own.
            if error != SignInError::Ended {
                site.log.sign_in_failed(&error);
            }
            let why = query([("why", Reason::of(&error).name)]);
            Ok(see(&format!("{FAILED}?{why}"), &set))
        }
    }
}

/// The values of the cookies of a session.
fn parts(cookie: &str) -> Result<Vec<String>, SignInError> {
    let count = cookie.len().div_ceil(PART);
    if count > MOST_PARTS {
        return Err(SignInError::TooLarge);
    }
    let parts = (0..count).map(|number| {
        let end = cookie.len().min((number + 1) * PART);
        let value = &cookie[number * PART..end];
        if number == 0 {
            format!("{count}.{value}")
        } else {
            value.to_owned()
        }
    });
    Ok(parts.collect())
}

/// Why a sign-in failed.
async fn failed(Query(fields): Query) -> Response {
    let name = fields.get("why").unwrap_or_default();
    let mut reasons = REASONS.into_iter();
    let reason = reasons.find(|reason| reason.name == name);
    let reason = reason.unwrap_or(&ENDED);
    let mut page = reason.trouble().page();
    if reason.status == StatusCode::SERVICE_UNAVAILABLE {
        page.headers_mut().insert(header::RETRY_AFTER, LATER);
    }
    page
}

/// Ends the session of the browser.
async fn sign_out(
    State(site): Shared,
    Extension(session): Extension<Session>,
    Posted(_): Posted,
) -> Result<Response, Trouble> {
    let jar = jar(oidc(&site)?);
    if let Some(person) = session.caller.person() {
        site.log.signed_out(&person);
    }
    site.signed_out(&session.token);
    let names = std::iter::once(SESSION.to_owned()).chain((1..MOST_PARTS).map(part));
    let set: Vec<String> = names.map(|name| jar.delete(&name)).collect();
    let page = Trouble::new(
        StatusCode::OK,
        "You are signed out.",
        "The provider may still know you, and sign you in again without a question.",
    );
    Ok((deleted(&set), page).into_response())
}

type SetCookies = AppendHeaders<Vec<(header::HeaderName, HeaderValue)>>;

fn deleted(set: &[String]) -> SetCookies {
    let values = set
        .iter()
        .filter_map(|cookie| HeaderValue::from_str(cookie).ok());
    AppendHeaders(values.map(|value| (header::SET_COOKIE, value)).collect())
}

/// Leads to another page.
fn see(address: &str, set: &[String]) -> Response {
    match HeaderValue::from_str(address) {
        Ok(address) => {
            let location = [(header::LOCATION, address)];
            (StatusCode::SEE_OTHER, location, deleted(set)).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
