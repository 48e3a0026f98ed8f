//! Requests of workflows and gates, which go to any server.
//!
//! # Why
//!
//! Their URLs may hold secrets in every part but the server, and errors of the HTTP library quote URLs.
//! So errors name the server, and the innermost cause without secrets.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use backon::{BackoffBuilder as _, ExponentialBuilder};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Response, Url};

use super::connection::{Connection, innermost};
use super::limit::{retry_after, too_many_requests};
use crate::domain::is_loopback;
use crate::port::{HttpAnswer, HttpError, HttpRequest, HttpRetries, HttpSender};

/// How long connecting may take.
const CONNECT_TIME: Duration = Duration::from_secs(30);

/// How often a request is repeated.
const MAX_RETRIES: usize = 4;

/// How a URL is reached.
type Connections = Arc<dyn Fn(&str) -> Connection + Send + Sync>;

/// Sends requests with Git's settings for HTTP.
pub struct ConfiguredSender {
    connections: Connections,
    first_delay: Duration,
}

impl ConfiguredSender {
    /// A sender that reaches URLs as `connections` describes; `first_delay` is before the first retry.
    pub fn new(connections: Connections, first_delay: Duration) -> Self {
        Self {
            connections,
            first_delay,
        }
    }
}

#[async_trait]
impl HttpSender for ConfiguredSender {
    async fn send(&self, request: &HttpRequest) -> Result<HttpAnswer, HttpError> {
        let prepared = self.prepare(request)?;
        let until = Instant::now() + request.time_limit;
        let delays = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(self.first_delay.max(Duration::from_millis(1)))
            .with_max_times(MAX_RETRIES)
            .build();
        for delay in delays {
            let left = until.saturating_duration_since(Instant::now());
            let sent = prepared.send(request, left).await;
            let wait = match &sent {
                Ok(sent) => sent.retry_wait(request.retries),
                Err(HttpError::NotSent { .. }) => Some(Duration::ZERO),
                Err(HttpError::NoAnswer { .. }) => {
                    (request.retries == HttpRetries::AfterAnyFailure).then_some(Duration::ZERO)
                }
            };
            let pause = wait.map(|wait| wait.max(delay));
            match pause.filter(|pause| Instant::now() + *pause < until) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return sent.map(|sent| sent.answer),
            }
        }
        let left = until.saturating_duration_since(Instant::now());
        prepared.send(request, left).await.map(|sent| sent.answer)
    }
}

impl ConfiguredSender {
    /// Checks everything that can be checked before connecting.
    fn prepare(&self, request: &HttpRequest) -> Result<Prepared, HttpError> {
        let call = &request.call;
        let parsed = Url::parse(&call.url).ok().filter(Url::has_host);
        let server = match &parsed {
            Some(url) => url.origin().ascii_serialization(),
            None => "url".to_owned(),
        };
        let server = request.secrets.redacted(&server);
        let unusable = |why: &str| HttpError::NotSent {
            server: server.clone(),
            source: request.secrets.redacted(why).into(),
        };
        let url = match parsed {
            Some(url) if matches!(url.scheme(), "http" | "https") => url,
            _ => {
                return Err(unusable("it is neither an `https` nor an `http` URL"));
            }
        };
        let is_here = url.host_str().is_some_and(is_loopback);
        if url.scheme() == "http" && !request.secrets.is_empty() && !is_here {
            let why = "the URL is plain HTTP, and secrets are only sent over HTTPS";
            return Err(unusable(why));
        }
        let method = Method::from_bytes(call.method.as_bytes())
            .map_err(|_| unusable(&format!("`{}` is not a valid HTTP method", call.method)))?;
        let mut headers = HeaderMap::new();
        for (name, value) in &call.headers {
            let unusable = || unusable(&format!("the header `{name}` cannot be sent"));
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unusable())?;
            let mut value = HeaderValue::from_str(value).map_err(|_| unusable())?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let is_json = |body: &String| serde_json::from_str::<serde_json::Value>(body).is_ok();
        if !headers.contains_key(CONTENT_TYPE) && call.body.as_ref().is_some_and(is_json) {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let connection = (self.connections)(&call.url);
        let client = connection.client_for(&url, headers, CONNECT_TIME.min(request.time_limit));
        let client = client.map_err(|error| unusable(error.message()))?;
        Ok(Prepared {
            client,
            method,
            url,
            server,
        })
    }
}

/// A request that can be sent.
struct Prepared {
    client: Client,
    method: Method,
    url: Url,
    /// Its server, for messages.
    server: String,
}

impl Prepared {
    async fn send(&self, request: &HttpRequest, limit: Duration) -> Result<Sent, HttpError> {
        let mut sending = self.client.request(self.method.clone(), self.url.clone());
        if let Some(body) = &request.call.body {
            sending = sending.body(body.clone());
        }
        let sent = match sending.timeout(limit).send().await {
            Ok(response) => self.read(request, response).await,
            Err(error) => Err(error),
        };
        sent.map_err(|error| {
            let server = self.server.clone();
            let why = if error.is_timeout() {
                "no answer in time".to_owned()
            } else {
                innermost(&error)
            };
            let source = request.secrets.redacted(&why).into();
            if error.is_connect() {
                HttpError::NotSent { server, source }
            } else {
                HttpError::NoAnswer { server, source }
            }
        })
    }

    async fn read(
        &self,
        request: &HttpRequest,
        mut response: Response,
    ) -> Result<Sent, reqwest::Error> {
        let status = response.status().as_u16();
        let wait = retry_after(response.headers());
        let limit = too_many_requests(status, response.headers());
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await? {
            let room = request.most_bytes - body.len();
            body.extend_from_slice(&part[..part.len().min(room)]);
            if body.len() == request.most_bytes {
                break;
            }
        }
        let mut text = String::from_utf8_lossy(&body).into_owned();
        if body.len() == request.most_bytes {
            text.push_str("...");
        }
        let body = request.secrets.redacted(&text);
        Ok(Sent {
            answer: HttpAnswer { status, body },
            limit,
            wait,
        })
    }
}

/// An answer, with what its headers state about a retry.
struct Sent {
    answer: HttpAnswer,
    /// The wait of a rate limit.
    limit: Option<Duration>,
    wait: Option<Duration>,
}

impl Sent {
    /// How long to wait before a retry; `None` if the request is not repeated.
    fn retry_wait(&self, retries: HttpRetries) -> Option<Duration> {
        match (self.answer.status, retries) {
            // The server has done nothing.
            (429, _) => self.limit,
            (408 | 500 | 502..=504, HttpRetries::AfterAnyFailure) => {
                Some(self.wait.unwrap_or_default())
            }
            _ => None,
        }
    }
}
