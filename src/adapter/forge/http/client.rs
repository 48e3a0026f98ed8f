//! The calls of one login: a request and its answer, and all pages of a list.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Client, Method, Url};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::runtime::{self, Handle};

use super::dialect::{Dialect, Transport};
use super::error::CallError;
use super::page::next_page;
use super::redact::redacted;
use super::response::{JsonResponse, read_body, refusal, unanswered, unreadable};
use super::server::ApiServer;

/// How many redirects are followed: a renamed repository needs one.
const MAX_REDIRECTS: usize = 3;

/// How many pages of a list are read, of 100 entries each.
const MAX_PAGES: usize = 200;

/// A client that is logged in.
#[derive(Clone)]
pub(crate) struct HttpClient {
    transport: Arc<dyn Transport>,
    dialect: &'static dyn Dialect,
    token: SecretString,
    token_since: Instant,
    /// The only server that gets the token.
    server: ApiServer,
    /// How long reading a list may take.
    longest_list: Duration,
    /// Where the transport's own tasks run; they end with it.
    runtime: runtime::Id,
}

impl HttpClient {
    /// A client for the current runtime; `client` carries the token in its headers.
    pub(super) fn new(
        client: Client,
        dialect: &'static dyn Dialect,
        token: SecretString,
        token_since: Instant,
        server: ApiServer,
        longest_list: Duration,
    ) -> Self {
        Self {
            transport: dialect.transport(client),
            dialect,
            token,
            token_since,
            server,
            longest_list,
            runtime: Handle::current().id(),
        }
    }

    /// The token that it logs in with.
    pub(crate) fn token(&self) -> &SecretString {
        &self.token
    }

    /// When the token was obtained.
    pub(super) fn token_since(&self) -> Instant {
        self.token_since
    }

    /// Whether the current runtime is the one that it was opened in.
    pub(super) fn is_in_its_runtime(&self) -> bool {
        self.runtime == Handle::current().id()
    }

    /// Sends one request, and follows redirects within the server.
    pub(crate) async fn call(
        &self,
        method: Method,
        url: &str,
        body: Option<&Value>,
    ) -> Result<JsonResponse, CallError> {
        let url = Url::parse(url)
            .map_err(|_| CallError::bad_address("the API's address is not a URL"))?;
        self.call_url(&method, url, body).await
    }

    /// All entries of a list.
    pub(crate) async fn list<T: DeserializeOwned>(&self, url: &str) -> Result<Vec<T>, CallError> {
        self.pages(url, JsonResponse::parse).await
    }

    /// All entries of a list that is in a field of its pages.
    pub(crate) async fn list_field<T: DeserializeOwned>(
        &self,
        url: &str,
        field: &str,
    ) -> Result<Vec<T>, CallError> {
        self.pages(url, |page| page.field(field)).await
    }

    async fn pages<T>(
        &self,
        url: &str,
        entries_of: impl Fn(JsonResponse) -> Result<Vec<T>, CallError>,
    ) -> Result<Vec<T>, CallError> {
        let started = Instant::now();
        let mut page = self.call(Method::GET, url, None).await?;
        let mut entries = Vec::new();
        for _ in 0..MAX_PAGES {
            let next = page.next.take();
            entries.extend(entries_of(page)?);
            let Some(next) = next else {
                return Ok(entries);
            };
            if started.elapsed() > self.longest_list {
                return Err(CallError::transient("no end of a list in time"));
            }
            page = self.call_url(&Method::GET, next, None).await?;
        }
        Err(CallError::refused(format!(
            "the list has more than {MAX_PAGES} pages"
        )))
    }

    async fn call_url(
        &self,
        method: &Method,
        mut url: Url,
        body: Option<&Value>,
    ) -> Result<JsonResponse, CallError> {
        for _ in 0..MAX_REDIRECTS {
            match self.send(method, &url, body).await? {
                Outcome::Response(response) => return Ok(response),
                Outcome::Redirect(target) => url = target,
            }
        }
        Err(CallError::refused("too many redirects"))
    }

    async fn send(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&Value>,
    ) -> Result<Outcome, CallError> {
        if !self.server.contains(url) {
            let (own, other) = (self.server.name(), url.origin().ascii_serialization());
            return Err(CallError::refused(format!(
                "the token is for `{own}`, and not sent to `{other}`"
            )));
        }
        let response = self.transport.send(method, url, body).await;
        let response = response.map_err(|error| unanswered(&*error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        if let Some(target) = redirect(status, method, url, &headers) {
            return Ok(Outcome::Redirect(target));
        }
        let body = read_body(response).await;
        if !(200..300).contains(&status) {
            let text = body.unwrap_or_default();
            let text = redacted(&String::from_utf8_lossy(&text), &self.token);
            return Err(refusal(status, &headers, &text, self.dialect));
        }
        let body = match body? {
            // What a request starts may have nothing to show.
            empty if empty.is_empty() => Value::Null,
            body => serde_json::from_slice(&body).map_err(|_| unreadable("no JSON"))?,
        };
        let next = next_page(url, &headers);
        Ok(Outcome::Response(JsonResponse { body, next }))
    }
}

/// What one request led to.
enum Outcome {
    Response(JsonResponse),
    Redirect(Url),
}

/// Where an answer sends the same request. After a 301 or a 302 some clients send a GET in place of
/// another request; so these redirect a GET only.
fn redirect(status: u16, method: &Method, url: &Url, headers: &HeaderMap) -> Option<Url> {
    let keeps_method = match status {
        301 | 302 => *method == Method::GET,
        307 | 308 => true,
        _ => false,
    };
    let target = headers.get(LOCATION)?.to_str().ok()?;
    keeps_method.then(|| url.join(target).ok())?
}
