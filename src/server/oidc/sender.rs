//! Sends the requests of the library for OpenID Connect: by Git's settings for HTTPS, as all others of the program.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Request, Response};

use crate::domain::{HttpCall, SecretValues};
use crate::port::{HttpError, HttpRequest, HttpRetries, HttpSender};

/// How long a request may take.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// The most bytes of an answer: the keys of large providers, with their certificates, are some 30,000.
const MOST_BYTES: usize = 1 << 20;

/// An answer on its way.
type Answering = Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, HttpError>> + Send>>;

/// What sends requests with these secrets in them, and shows them to nobody.
pub(super) fn sender(
    http: &Arc<dyn HttpSender>,
    secrets: SecretValues,
) -> impl Fn(Request<Vec<u8>>) -> Answering + Sync {
    let http = Arc::clone(http);
    move |request: Request<Vec<u8>>| {
        let (http, secrets) = (Arc::clone(&http), secrets.clone());
        Box::pin(async move { send(&*http, request, secrets).await })
    }
}

async fn send(
    http: &dyn HttpSender,
    request: Request<Vec<u8>>,
    secrets: SecretValues,
) -> Result<Response<Vec<u8>>, HttpError> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (parts, body) = request.into_parts();
    let headers = parts.headers.iter();
    let call = HttpCall {
        url: parts.uri.to_string(),
        method: parts.method.to_string(),
        headers: headers
            .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
            .collect(),
        body: (!body.is_empty()).then(|| text(&body)),
    };
    let request = HttpRequest {
        call,
        secrets,
        time_limit: TIME_LIMIT,
        retries: HttpRetries::WithoutEffect,
        most_bytes: MOST_BYTES,
    };
    let answer = http.send(&request).await?;
    let mut response = Response::new(answer.body.into_bytes());
    // Every number that an answer can have is a status, or the library refuses what it is not.
    *response.status_mut() = answer.status.try_into().unwrap_or_default();
    Ok(response)
}
