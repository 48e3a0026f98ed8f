//! Sends the requests of workflows and gates.

use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;

use crate::domain::{HttpCall, SecretValues};

/// Sends requests to any server.
#[async_trait]
pub trait HttpSender: Send + Sync {
    /// Sends a request and reads its answer; redirects are not followed.
    ///
    /// # Errors
    /// When there is no answer; a refusal is one.
    async fn send(&self, request: &HttpRequest) -> Result<HttpAnswer, HttpError>;
}

/// A request to send.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// The request, without templates.
    pub call: HttpCall,
    /// What must not be shown of it. With secrets, plain HTTP only reaches this machine.
    pub secrets: SecretValues,
    /// How long it may take, with all retries.
    pub time_limit: Duration,
    /// When it is sent again.
    pub retries: HttpRetries,
    /// How many bytes of the answer are read.
    pub most_bytes: usize,
}

impl HttpRequest {
    /// How many bytes of an answer are enough to see what a server means.
    pub const START: usize = 16_384;
}

/// When a request is sent again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HttpRetries {
    /// When it has certainly had no effect.
    WithoutEffect,
    /// After any transient failure.
    AfterAnyFailure,
}

/// The answer to a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HttpAnswer {
    /// Its status.
    pub status: u16,
    /// The start of its body as text, without secrets.
    pub body: String,
}

impl HttpAnswer {
    /// Whether the status is a success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first line of its body that is not blank, shortened.
    pub fn first_line(&self) -> Option<String> {
        let mut lines = self.body.lines().map(str::trim);
        let line = lines.find(|line| !line.is_empty())?;
        Some(line.chars().take(200).collect())
    }
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum HttpError {
    /// The request was certainly not sent.
    #[error("no request was sent to `{server}`")]
    NotSent {
        /// The server; the setting if it names none.
        server: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server gave no answer; the request may have had its effect.
    #[error("`{server}` did not answer")]
    NoAnswer {
        /// The server.
        server: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
