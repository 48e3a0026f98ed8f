//! What differs from forge to forge.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, Response, Url};
use secrecy::SecretString;
use serde_json::Value;

use super::error::CallError;

/// Any error, with its sources.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// The conventions of one forge's API.
pub(crate) trait Dialect: Send + Sync {
    /// The headers of every request, among them the login.
    ///
    /// # Errors
    /// When the token cannot stand in a header.
    fn headers(&self, token: &SecretString) -> Result<HeaderMap, CallError>;

    /// What sends the requests: the client itself, or the forge's own library on top of it.
    fn transport(&self, client: Client) -> Arc<dyn Transport> {
        Arc::new(client)
    }

    /// The message of an error document.
    fn error_message(&self, document: &Value) -> Option<String>;

    /// How long to wait, if this answer is a rate limit beyond those of HTTP itself (429).
    fn rate_limit(&self, _status: u16, _headers: &HeaderMap) -> Option<Duration> {
        None
    }

    /// The permission that the token lacks, if the answer names it.
    fn missing_permission(&self, _headers: &HeaderMap) -> Option<String> {
        None
    }
}

/// Sends one request once.
#[async_trait]
pub(crate) trait Transport: Send + Sync {
    /// Sends a request, and its body as JSON.
    ///
    /// # Errors
    /// When there is no answer.
    async fn send(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&Value>,
    ) -> Result<Response, BoxError>;
}

#[async_trait]
impl Transport for Client {
    async fn send(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&Value>,
    ) -> Result<Response, BoxError> {
        let mut request = self.request(method.clone(), url.clone());
        if let Some(body) = body {
            request = request.json(body);
        }
        Ok(request.send().await?)
    }
}
