//! GitHub: github.com and Enterprise servers, through octocrab.
//!
//! # Why
//!
//! Any request may be lost, and any answer may be lost after the request had its
//! effect. So each method is one attempt that looks first and then does what is
//! missing, and [`Patience`] tries the whole attempt again: nothing that may
//! have had its effect is repeated without looking. What goes wrong is sorted by
//! `fault` into what passes, what the login lacks and what cannot be done.

mod address;
mod comment;
mod connection;
mod fault;
mod label;
mod login;
mod merging;
mod patience;
mod people;
mod pull;
mod request;
mod server;
mod session;

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use secrecy::SecretString;

use crate::port::{AutoMerge, Forge, ForgeError, MergeMethod, Proposal, PullRequest};
use fault::{Doing, Fault};
use server::Server;
use session::Session;

pub use address::Address;
pub use connection::{Connection, ProxyChoice};
pub use login::{App, Ask, Login};
pub use patience::Patience;

/// An App's token lives for an hour.
const TOKEN_AGE: Duration = Duration::from_secs(50 * 60);

/// What a call is for, and the permission that it needs.
const fn doing(what: &'static str, permission: &'static str) -> Doing {
    Doing { what, permission }
}

/// The pull requests of one repository on GitHub.
pub struct GitHub {
    address: Address,
    login: Login,
    patience: Patience,
    connection: Connection,
    session: Mutex<Option<Session>>,
}

impl fmt::Debug for GitHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHub")
            .field("address", &self.address)
            .field("login", &self.login)
            .finish_non_exhaustive()
    }
}

impl GitHub {
    /// A repository's pull requests. Nothing is asked, read or opened before the first call.
    pub fn new(address: Address, login: Login, patience: Patience, connection: Connection) -> Self {
        Self {
            address,
            login,
            patience,
            connection,
            session: Mutex::new(None),
        }
    }

    /// The host, with its port where the remote's URL has one.
    pub fn host(&self) -> &str {
        &self.address.host
    }

    /// Whether it logs in as a GitHub App, which has to get itself a token.
    pub fn is_app(&self) -> bool {
        matches!(self.login, Login::App(_))
    }

    /// The token that is in use, which is also the password for Git over HTTPS.
    ///
    /// # Errors
    /// When there is none, or GitHub gives the App none.
    pub async fn token(&self) -> Result<SecretString, ForgeError> {
        let doing = doing("give a token", "an installation");
        let session = self.until(&doing, || self.session()).await?;
        Ok(session.token().clone())
    }

    /// The same for a thread that may wait; `None` where there is none, or no runtime.
    pub fn token_by_waiting(&self) -> Option<SecretString> {
        let runtime = tokio::runtime::Handle::try_current().ok()?;
        runtime.block_on(self.token()).ok()
    }

    /// The login's session, made when it is first needed, when its token gets old, and when it is
    /// asked for in another runtime.
    async fn session(&self) -> Result<Session, Fault> {
        // Before anything is asked for a token.
        let server = Server::of(&self.address.api)?;
        let held = || self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let is_good = |session: &Session| {
            session.since().elapsed() < TOKEN_AGE || !matches!(self.login, Login::App(_))
        };
        let last = held().clone().filter(is_good);
        let (token, since) = match last {
            Some(session) if session.is_at_home() => return Ok(session),
            Some(session) => (session.token().clone(), session.since()),
            None => (self.fresh_token(&server).await?, Instant::now()),
        };
        let session = Session::open(&token, since, server, &self.connection, self.patience)?;
        *held() = Some(session.clone());
        Ok(session)
    }

    /// Tries until it is done, in the port's words.
    async fn until<T, Trying>(
        &self,
        doing: &Doing,
        attempt: impl FnMut() -> Trying,
    ) -> Result<T, ForgeError>
    where
        Trying: Future<Output = Result<T, Fault>>,
    {
        let tried = self.patience.tried(attempt).await;
        tried.map_err(|fault| fault.told(&self.address.host, doing, self.login.tried()))
    }
}

#[async_trait]
impl Forge for GitHub {
    fn name(&self) -> String {
        self.address.name()
    }

    async fn pull_requests(&self, head: &str, base: &str) -> Result<Vec<PullRequest>, ForgeError> {
        let doing = doing("list its pull requests", "pull_requests: read");
        self.until(&doing, || self.listed(head, base)).await
    }

    async fn open(&self, proposal: &Proposal) -> Result<PullRequest, ForgeError> {
        let doing = doing("open a pull request", "pull_requests: write");
        self.until(&doing, || self.opened(proposal)).await
    }

    async fn rewrite(&self, number: u64, title: &str, body: &str) -> Result<(), ForgeError> {
        let doing = doing("rewrite a pull request", "pull_requests: write");
        self.until(&doing, || self.rewritten(number, title, body))
            .await
    }

    async fn close(&self, number: u64) -> Result<(), ForgeError> {
        let doing = doing("close a pull request", "pull_requests: write");
        self.until(&doing, || self.turned(number, "closed")).await
    }

    async fn reopen(&self, number: u64) -> Result<(), ForgeError> {
        let doing = doing("reopen a pull request", "pull_requests: write");
        self.until(&doing, || self.turned(number, "open")).await
    }

    async fn comment(&self, number: u64, mark: &str, text: &str) -> Result<(), ForgeError> {
        let doing = doing("comment on a pull request", "pull_requests: write");
        self.until(&doing, || self.commented(number, mark, text))
            .await
    }

    async fn label(&self, number: u64, labels: &[String]) -> Result<(), ForgeError> {
        let doing = doing("label a pull request", "pull_requests: write");
        self.until(&doing, || self.labelled(number, labels)).await
    }

    async fn request_reviews(
        &self,
        number: u64,
        reviewers: &[String],
        teams: &[String],
    ) -> Result<(), ForgeError> {
        let doing = doing("request reviews", "pull_requests: write");
        self.until(&doing, || self.reviews_requested(number, reviewers, teams))
            .await
    }

    async fn assign(&self, number: u64, assignees: &[String]) -> Result<(), ForgeError> {
        let doing = doing("assign a pull request", "pull_requests: write");
        self.until(&doing, || self.assigned(number, assignees))
            .await
    }

    async fn merge_when_ready(
        &self,
        request: &PullRequest,
        method: MergeMethod,
    ) -> Result<AutoMerge, ForgeError> {
        let needed = "contents: write and pull_requests: write";
        let doing = doing("merge a pull request by itself", needed);
        self.until(&doing, || self.merging(request, method)).await
    }
}
