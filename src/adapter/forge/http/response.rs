//! Answers: bodies within bounds, and JSON.

use std::error::Error;
use std::io;

use reqwest::header::HeaderMap;
use reqwest::{Response, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::connection::innermost;
use super::dialect::Dialect;
use super::error::CallError;
use super::limit::{retry_after, too_many_requests};

/// How many bytes of a body are read. A page of 100 pull requests has less than 10 MiB, as forges
/// limit their texts.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// A successful answer.
pub(crate) struct JsonResponse {
    /// The body.
    pub(crate) body: Value,
    /// The next page, if the answer is one page of a list.
    pub(super) next: Option<Url>,
}

impl JsonResponse {
    /// The body as a type.
    pub(crate) fn parse<T: DeserializeOwned>(self) -> Result<T, CallError> {
        serde_json::from_value(self.body).map_err(unreadable)
    }

    /// One field of the body.
    pub(crate) fn field<T: DeserializeOwned>(&self, name: &str) -> Result<T, CallError> {
        let field = self.body[name].clone();
        serde_json::from_value(field).map_err(|_| unreadable(format_args!("no `{name}`")))
    }
}

/// The error for an answer that is not a success; `body` is without secrets.
pub(super) fn refusal(
    status: u16,
    headers: &HeaderMap,
    body: &str,
    dialect: &dyn Dialect,
) -> CallError {
    let document = serde_json::from_str(body).unwrap_or_default();
    let message = match dialect.error_message(&document) {
        Some(message) => format!("HTTP {status}: {message}"),
        None => format!("HTTP {status}"),
    };
    let limit = dialect.rate_limit(status, headers);
    let limit = limit.or_else(|| too_many_requests(status, headers));
    CallError::of_status(status, limit, &message)
        .with_wait(retry_after(headers))
        .with_missing_permission(dialect.missing_permission(headers))
}

/// The error for an answer of another shape: a proxy's page, or a server that is no such forge.
pub(super) fn unreadable(why: impl std::fmt::Display) -> CallError {
    CallError::unreachable(format!("an answer that cannot be read: {why}"))
}

/// The error for no answer, or for a part of one.
pub(super) fn unanswered(error: &(dyn Error + 'static)) -> CallError {
    let mut link = Some(error);
    let (mut is_timeout, mut is_distrust) = (false, false);
    while let Some(error) = link {
        is_timeout |= error.downcast_ref().is_some_and(reqwest::Error::is_timeout);
        is_distrust |= error.downcast_ref().is_some_and(is_untrusted);
        link = error.source();
    }
    match (is_timeout, is_distrust) {
        (true, _) => CallError::transient("no answer in time"),
        (_, true) => CallError::unreachable(innermost(error)),
        _ => CallError::transient(innermost(error)),
    }
}

/// Whether the server's certificate is not trusted: the TLS library reports that as "invalid data"
/// of the system. One such error may wrap another, which its `source` skips.
fn is_untrusted(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    error.kind() == io::ErrorKind::InvalidData || inner.is_some_and(is_untrusted)
}

/// The body of an answer, unless it is too long.
pub(super) async fn read_body(mut response: Response) -> Result<Vec<u8>, CallError> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| unanswered(&error))? {
        if body.len() + part.len() > MAX_BODY {
            let limit = MAX_BODY / (1024 * 1024);
            return Err(CallError::unreachable(format!(
                "an answer of more than {limit} MiB"
            )));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}
