//! Finds out who sends a request.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};

use super::trouble::Trouble;
use crate::domain::Person;
use crate::server::caller::Caller;
use crate::server::options::ProxySignIn;
use crate::server::site::Callers;

/// What proxies add to requests of others.
const FORWARDED: [&str; 4] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-real-ip",
];

/// The user of this machine, unless a proxy lets others reach the server.
pub(super) fn local(headers: &HeaderMap) -> Result<Caller, Trouble> {
    if FORWARDED.iter().any(|name| headers.contains_key(*name)) {
        return Err(refused(
            "The request comes through a proxy, and nobody asks who people are.",
            "An operator lets the proxy sign people in, with `--auth proxy`.",
        ));
    }
    Ok(Caller::Local)
}

/// Whether the browser uses HTTPS, as far as that is known; `peer` is the machine that a request comes from.
pub(super) fn is_secure(callers: &Callers, peer: Option<IpAddr>, headers: &HeaderMap) -> bool {
    match callers {
        Callers::Local => false,
        Callers::Proxy(proxy) => {
            is_trusted(proxy, peer) && only(headers, "x-forwarded-proto") == Ok(Some("https"))
        }
        Callers::Oidc(oidc) => oidc.site.is_secure(),
    }
}

fn is_trusted(proxy: &ProxySignIn, peer: Option<IpAddr>) -> bool {
    peer.is_some_and(|peer| proxy.trusted.iter().any(|network| network.contains(peer)))
}

/// The person that a proxy names.
pub(super) fn named_by(
    proxy: &ProxySignIn,
    peer: Option<IpAddr>,
    headers: &HeaderMap,
) -> Result<Caller, Trouble> {
    if !is_trusted(proxy, peer) {
        return Err(refused(
            "The request does not come through the proxy that signs people in.",
            "Open the address of the proxy. An operator lists proxies with `--trusted-proxy`.",
        ));
    }
    let header = |name: &str| {
        only(headers, name).map_err(|Unclear| {
            let message = format!("The proxy sends the header {name} in a way that is not clear.");
            let advice = "It must replace what browsers send in this header, and write plain text.";
            refused(&message, advice)
        })
    };
    let name = header(&proxy.user)?.unwrap_or_default();
    let email = header(&proxy.email)?;
    let groups = header(&proxy.groups)?.unwrap_or_default().split(',');
    let groups = groups
        .map(|group| group.trim().to_owned())
        .filter(|group| !group.is_empty());
    match Person::new(name, email, groups.collect()) {
        Some(person) => Ok(Caller::Person(Arc::new(person))),
        None => Err(refused(
            "Nobody is signed in.",
            "The proxy sends no name, or none that can be used. Sign in there, and try again.",
        )),
    }
}

pub(super) fn refused(message: &str, advice: &str) -> Trouble {
    Trouble::new(StatusCode::UNAUTHORIZED, message, advice)
}

/// A header that is there several times, or is no text.
#[derive(PartialEq, Eq, Debug)]
struct Unclear;

/// The value of a header.
///
/// One that is there twice is refused: the browser may have sent one of the two.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, Unclear> {
    let mut values = headers.get_all(name).into_iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        // The names of people are not only in ASCII.
        (Some(value), None) => match std::str::from_utf8(value.as_bytes()) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(Unclear),
        },
        _ => Err(Unclear),
    }
}
