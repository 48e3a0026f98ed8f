//! The client of one login, opened when it is needed.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use secrecy::SecretString;

use super::client::HttpClient;
use super::connection::Connection;
use super::dialect::Dialect;
use super::error::CallError;
use super::retry::RetryPolicy;
use super::server::ApiServer;

/// Opens clients for one API, and keeps the last one that logged in.
pub(crate) struct Session {
    /// The API's address; see [`ApiServer::parse`].
    api: String,
    connection: Connection,
    retry: RetryPolicy,
    dialect: &'static dyn Dialect,
    last: Mutex<Option<HttpClient>>,
}

impl Session {
    /// A session that has not logged in yet.
    pub(crate) fn new(
        api: String,
        connection: Connection,
        retry: RetryPolicy,
        dialect: &'static dyn Dialect,
    ) -> Self {
        Self {
            api,
            connection,
            retry,
            dialect,
            last: Mutex::new(None),
        }
    }

    /// The last client, unless its token is older than `lifetime`; `None` when a token is needed.
    ///
    /// # Errors
    /// When the API's address cannot be used; so a bad address is reported before a token is looked
    /// for.
    pub(crate) fn client(
        &self,
        lifetime: Option<Duration>,
    ) -> Result<Option<HttpClient>, CallError> {
        let server = ApiServer::parse(&self.api)?;
        let last = self.last().clone();
        let is_fresh = |client: &HttpClient| {
            lifetime.is_none_or(|lifetime| client.token_since().elapsed() < lifetime)
        };
        match last.filter(is_fresh) {
            Some(client) if client.is_in_its_runtime() => Ok(Some(client)),
            Some(client) => {
                let (token, since) = (client.token().clone(), client.token_since());
                let client = self.client_of(server, &token, since)?;
                Ok(Some(self.keep(client)))
            }
            None => Ok(None),
        }
    }

    /// Logs in with a token that was just obtained.
    pub(crate) fn log_in(&self, token: &SecretString) -> Result<HttpClient, CallError> {
        Ok(self.keep(self.open(token)?))
    }

    /// A client for a token that is not kept, such as the one that requests another token.
    pub(crate) fn open(&self, token: &SecretString) -> Result<HttpClient, CallError> {
        self.client_of(ApiServer::parse(&self.api)?, token, Instant::now())
    }

    /// Repeats an attempt as the policy allows.
    pub(crate) async fn retried<T, Attempt>(
        &self,
        attempt: impl FnMut() -> Attempt,
    ) -> Result<T, CallError>
    where
        Attempt: Future<Output = Result<T, CallError>>,
    {
        self.retry.run(attempt).await
    }

    fn client_of(
        &self,
        server: ApiServer,
        token: &SecretString,
        since: Instant,
    ) -> Result<HttpClient, CallError> {
        let headers = self.dialect.headers(token)?;
        let client = self.connection.client(headers, &server, self.retry)?;
        let longest_list = self.retry.budget.max(self.retry.deadline);
        let dialect = self.dialect;
        Ok(HttpClient::new(
            client,
            dialect,
            token.clone(),
            since,
            server,
            longest_list,
        ))
    }

    fn keep(&self, client: HttpClient) -> HttpClient {
        *self.last() = Some(client.clone());
        client
    }

    fn last(&self) -> MutexGuard<'_, Option<HttpClient>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
