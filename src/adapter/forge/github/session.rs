//! One login's calls: a request, its answer, and all pages of a list.

use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use octocrab::service::middleware::reqwest_connector::ReqwestConnector;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use reqwest::header::{HeaderMap, LINK, LOCATION};
use reqwest::{Body, Method, Response, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::runtime::{self, Handle};

use super::connection::{Connection, innermost};
use super::fault::{Fault, Trouble, said};
use super::patience::Patience;
use super::server::Server;

/// How often an answer may point elsewhere: a renamed repository, no more.
const HOPS: usize = 3;

/// How many pages of a list are read, of 100 each.
const PAGES: usize = 200;

/// How many bytes of an answer are read. A page of 100 pull requests has less than 10 MiB, as
/// GitHub bounds their texts.
const LONGEST: usize = 16 * 1024 * 1024;

/// A login that is in use.
#[derive(Clone)]
pub(super) struct Session {
    octocrab: Octocrab,
    token: SecretString,
    /// Since when the token is known.
    since: Instant,
    /// The only one that gets the token.
    server: Server,
    /// How long a list may take.
    longest_list: Duration,
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
        server: Server,
        connection: &Connection,
        patience: Patience,
    ) -> Result<Self, Fault> {
        let client = connection.client(token, &server, patience)?;
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
            server,
            longest_list: patience.budget.max(patience.deadline),
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
        let mut url = Url::parse(url)
            .map_err(|_| Fault::lasting(Trouble::new("the API's address is no URL")))?;
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

    async fn sent(&self, method: &Method, url: &Url, body: Option<&Value>) -> Result<Reply, Fault> {
        if !self.server.has(url) {
            let (own, other) = (self.server.name(), url.origin().ascii_serialization());
            let why = format!("the token is for `{own}`, and not sent to `{other}`");
            return Err(Fault::refusal(Trouble::new(why)));
        }
        let octocrab = &self.octocrab;
        let sent = match *method {
            Method::POST => octocrab._post(url.as_str(), body).await,
            Method::PATCH => octocrab._patch(url.as_str(), body).await,
            _ => octocrab._get(url.as_str()).await,
        };
        let reply = sent.map_err(|error| unanswered(&error))?;
        let reply = Response::from(reply.map(Body::wrap));
        let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
        if let Some(there) = redirect(status, method, url, &headers) {
            return Ok(Reply::Elsewhere(there));
        }
        let body = read(reply).await;
        if !(200..300).contains(&status) {
            let text = body.unwrap_or_default();
            let said = said(status, &self.redacted(&String::from_utf8_lossy(&text)));
            return Err(Fault::answered(status, &headers, said));
        }
        let body = serde_json::from_slice(&body?).map_err(|_| unreadable("no JSON"))?;
        let next = next(url, &headers);
        Ok(Reply::Answer(Answer { body, next }))
    }

    /// All entries of a list.
    pub(super) async fn all<T: DeserializeOwned>(&self, url: &str) -> Result<Vec<T>, Fault> {
        let mut entries = Vec::new();
        let mut next = Some(url.to_owned());
        let started = Instant::now();
        for _ in 0..PAGES {
            let Some(url) = next else { return Ok(entries) };
            let mut page = self.call(Method::GET, &url, None).await?;
            next = page.next.take();
            entries.extend(page.read::<Vec<T>>()?);
            if next.is_some() && started.elapsed() > self.longest_list {
                return Err(Fault::passing(Trouble::new("no end of a list in time")));
            }
        }
        Err(Fault::refusal(Trouble::new(format!(
            "the list has more than {PAGES} pages"
        ))))
    }

    /// What a server says, without the token should it repeat it.
    fn redacted(&self, text: &str) -> String {
        let token = self.token.expose_secret();
        if token.is_empty() {
            text.to_owned()
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
    Elsewhere(Url),
}

/// An answer of another shape than GitHub's: a proxy's page, or a server that is no GitHub.
fn unreadable(why: impl std::fmt::Display) -> Fault {
    Fault::lasting(Trouble::new(format!(
        "an answer that cannot be read: {why}"
    )))
}

/// No answer, or not all of it.
fn unanswered(error: &(dyn Error + 'static)) -> Fault {
    let mut link = Some(error);
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

/// An answer's body, unless it is longer than any of GitHub's.
async fn read(mut reply: Response) -> Result<Vec<u8>, Fault> {
    let mut body = Vec::new();
    while let Some(part) = reply.chunk().await.map_err(|error| unanswered(&error))? {
        if body.len() + part.len() > LONGEST {
            let longest = LONGEST / (1024 * 1024);
            let why = format!("an answer of more than {longest} MiB");
            return Err(Fault::lasting(Trouble::new(why)));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

/// Where an answer says that the same request should go. After a 301 or a 302 some clients send a
/// GET in place of another request; so these redirect a GET only.
fn redirect(status: u16, method: &Method, url: &Url, headers: &HeaderMap) -> Option<Url> {
    let is_same_request = match status {
        301 | 302 => *method == Method::GET,
        307 | 308 => true,
        _ => false,
    };
    let there = headers.get(LOCATION)?.to_str().ok()?;
    is_same_request.then(|| url.join(there).ok())?
}

/// The next page's URL. Its path and query count, not its server: behind a proxy that may be one
/// that nobody here can reach.
fn next(url: &Url, headers: &HeaderMap) -> Option<String> {
    let links = headers.get(LINK)?.to_str().ok()?;
    let next = links
        .split(',')
        .find(|link| link.contains("rel=\"next\""))?;
    let there = next.split_once('<')?.1.split_once('>')?.0;
    let mut here = url.clone();
    let there = here.join(there).ok()?;
    here.set_path(there.path());
    here.set_query(there.query());
    Some(here.into())
}
