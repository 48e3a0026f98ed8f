//! One login's calls: a request, its answer, and all pages of a list.

use std::error::Error;
use std::io;
use std::time::Instant;

use octocrab::service::middleware::reqwest_connector::ReqwestConnector;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use reqwest::header::{HeaderMap, LINK, LOCATION};
use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::runtime::{self, Handle};

use super::connection::{Connection, innermost};
use super::fault::{Fault, Trouble, said};
use super::patience::Patience;

/// How often an answer may point elsewhere: a renamed repository, no more.
const HOPS: usize = 3;

/// How many pages of a list are read, of 100 each.
const PAGES: usize = 200;

/// A login that is in use.
#[derive(Clone)]
pub(super) struct Session {
    octocrab: Octocrab,
    token: SecretString,
    /// Since when the token is known.
    since: Instant,
    /// Where octocrab's and reqwest's own tasks run; they end with it.
    runtime: runtime::Id,
}

/// A success.
pub(super) struct Answer {
    body: Value,
    next: Option<String>,
}

impl Session {
    /// Octocrab over a client of our own, without its layers: those try again by themselves, also
    /// what must not be sent twice, and add a second User-Agent.
    pub(super) fn open(
        token: &SecretString,
        since: Instant,
        connection: &Connection,
        patience: Patience,
    ) -> Result<Self, Fault> {
        let client = connection.client(token, patience)?;
        let built = OctocrabBuilder::new_empty()
            .with_service(ReqwestConnector::new(client))
            .with_auth(AuthState::None)
            .build();
        let octocrab = match built {
            Ok(octocrab) => octocrab,
            Err(never) => match never {},
        };
        Ok(Self {
            octocrab,
            token: token.clone(),
            since,
            runtime: Handle::current().id(),
        })
    }

    /// The token that it logs in with.
    pub(super) fn token(&self) -> &SecretString {
        &self.token
    }

    /// Since when the token is known.
    pub(super) fn since(&self) -> Instant {
        self.since
    }

    /// Whether it can be used where this is called.
    pub(super) fn is_at_home(&self) -> bool {
        self.runtime == Handle::current().id()
    }

    /// Sends one request, and again where the answer points to, if that is the same server.
    pub(super) async fn call(
        &self,
        method: Method,
        url: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Fault> {
        let mut url = url.to_owned();
        for _ in 0..HOPS {
            match self.sent(&method, &url, body).await? {
                Reply::Answer(answer) => return Ok(answer),
                Reply::Elsewhere(there) => url = there,
            }
        }
        Err(Fault::refusal(Trouble::new(
            "it sends from one URL to the next",
        )))
    }

    async fn sent(&self, method: &Method, url: &str, body: Option<&Value>) -> Result<Reply, Fault> {
        let octocrab = &self.octocrab;
        let sent = match *method {
            Method::POST => octocrab._post(url, body).await,
            Method::PATCH => octocrab._patch(url, body).await,
            _ => octocrab._get(url).await,
        };
        let reply = sent.map_err(|error| unanswered(&error))?;
        let status = reply.status();
        let headers = reply.headers().clone();
        let text = octocrab.body_to_string(reply).await;
        if status.is_redirection()
            && let Some(there) = elsewhere(url, &headers)
        {
            return Ok(Reply::Elsewhere(there));
        }
        let status = status.as_u16();
        if !(200..300).contains(&status) {
            let said = said(status, &self.redacted(text.unwrap_or_default()));
            return Err(Fault::answered(status, &headers, said));
        }
        let text = text.map_err(|error| unanswered(&error))?;
        let body = serde_json::from_str(&text).map_err(|_| unreadable("no JSON"))?;
        let next = next(url, &headers);
        Ok(Reply::Answer(Answer { body, next }))
    }

    /// All entries of a list.
    pub(super) async fn all<T: DeserializeOwned>(&self, url: &str) -> Result<Vec<T>, Fault> {
        let mut entries = Vec::new();
        let mut next = Some(url.to_owned());
        for _ in 0..PAGES {
            let Some(url) = next else { return Ok(entries) };
            let mut page = self.call(Method::GET, &url, None).await?;
            next = page.next.take();
            entries.extend(page.read::<Vec<T>>()?);
        }
        Err(Fault::refusal(Trouble::new(format!(
            "the list has more than {PAGES} pages"
        ))))
    }

    /// What a server says, without the token should it repeat it.
    fn redacted(&self, text: String) -> String {
        let token = self.token.expose_secret();
        if token.is_empty() {
            text
        } else {
            text.replace(token, "***")
        }
    }
}

impl Answer {
    /// The body as a type.
    pub(super) fn read<T: DeserializeOwned>(self) -> Result<T, Fault> {
        serde_json::from_value(self.body).map_err(unreadable)
    }

    /// One field of the body.
    pub(super) fn field<T: DeserializeOwned>(&self, name: &str) -> Result<T, Fault> {
        let field = self.body[name].clone();
        serde_json::from_value(field).map_err(|_| unreadable(format_args!("no `{name}`")))
    }

    /// The body.
    pub(super) fn body(&self) -> &Value {
        &self.body
    }
}

enum Reply {
    Answer(Answer),
    Elsewhere(String),
}

/// An answer of another shape than GitHub's: a proxy's page, or a server that is no GitHub.
fn unreadable(why: impl std::fmt::Display) -> Fault {
    Fault::lasting(Trouble::new(format!(
        "an answer that cannot be read: {why}"
    )))
}

/// No answer, or not all of it.
fn unanswered(error: &octocrab::Error) -> Fault {
    let mut link: Option<&(dyn Error + 'static)> = Some(error);
    let (mut is_timeout, mut is_distrust) = (false, false);
    while let Some(error) = link {
        is_timeout |= error.downcast_ref().is_some_and(reqwest::Error::is_timeout);
        is_distrust |= error.downcast_ref().is_some_and(is_no_trust);
        link = error.source();
    }
    match (is_timeout, is_distrust) {
        (true, _) => Fault::passing(Trouble::new("no answer in time")),
        (_, true) => Fault::lasting(Trouble::new(innermost(error))),
        _ => Fault::passing(Trouble::new(innermost(error))),
    }
}

/// Whether the server's certificate is not trusted: "invalid data" is what the TLS library's errors
/// are as errors of the system. One such error may hide in another, which its `source` passes over.
fn is_no_trust(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    error.kind() == io::ErrorKind::InvalidData || inner.is_some_and(is_no_trust)
}

/// Where an answer points to, if that is on the same server: the login goes nowhere else.
fn elsewhere(url: &str, headers: &HeaderMap) -> Option<String> {
    let here = Url::parse(url).ok()?;
    let there = here.join(headers.get(LOCATION)?.to_str().ok()?).ok()?;
    (there.origin() == here.origin()).then(|| there.into())
}

/// The next page's URL. Its path and query count, not its server: behind a proxy that may be one
/// that nobody here can reach.
fn next(url: &str, headers: &HeaderMap) -> Option<String> {
    let links = headers.get(LINK)?.to_str().ok()?;
    let next = links
        .split(',')
        .find(|link| link.contains("rel=\"next\""))?;
    let there = next.split_once('<')?.1.split_once('>')?.0;
    let mut here = Url::parse(url).ok()?;
    let there = here.join(there).ok()?;
    here.set_path(there.path());
    here.set_query(there.query());
    Some(here.into())
}
