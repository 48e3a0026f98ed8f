//! The stream of events that tells browsers when to look again.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use tokio::time::Sleep;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;
use tokio_stream::{Stream, StreamExt};

use super::place::now;
use super::session::Session;
use super::trouble::Trouble;
use crate::server::site::Site;

/// How often a silent stream sends a comment, so that nothing between takes it for dead.
const ALIVE: Duration = Duration::from_secs(15);

/// When a browser tries again for which there is no stream, in seconds.
const LATER: HeaderValue = HeaderValue::from_static("30");

/// The names of repositories, as they change.
pub(super) async fn events(
    State(site): State<Arc<Site>>,
    Extension(session): Extension<Session>,
) -> Response {
    let Some(permit) = site.stream() else {
        let trouble = Trouble::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many browsers are following changes.",
            "Load the page again to see what has changed.",
        );
        return ([(header::RETRY_AFTER, LATER)], trouble).into_response();
    };
    let changes = BroadcastStream::new(site.changes()).map(move |change| {
        // It is given back when the stream ends.
        let _open = &permit;
        Ok::<_, Infallible>(match change {
            Ok(repository) => Event::default().event("changed").data(repository.as_ref()),
            Err(BroadcastStreamRecvError::Lagged(_)) => Event::default().event("changed").data(""),
        })
    });
    let open = WhileSignedIn::new(changes, &site, session);
    let stream = Sse::new(open).keep_alive(KeepAlive::new().interval(ALIVE));
    stream.into_response()
}

/// A stream that ends with its session.
struct WhileSignedIn<S> {
    changes: S,
    session: Session,
    sign_outs: BroadcastStream<Arc<str>>,
    /// The time that the session has left, if others do not decide that.
    left: Option<Pin<Box<Sleep>>>,
}

impl<S> WhileSignedIn<S> {
    fn new(changes: S, site: &Site, session: Session) -> Self {
        let left = session.until.map(|until| {
            let seconds = u64::try_from(until - now()).unwrap_or_default();
            Box::pin(tokio::time::sleep(Duration::from_secs(seconds)))
        });
        Self {
            changes,
            session,
            sign_outs: BroadcastStream::new(site.sign_outs()),
            left,
        }
    }

    fn has_ended(&mut self, context: &mut Context<'_>) -> bool {
        // A machine that slept has counted too few seconds.
        let is_over = self.session.until.is_some_and(|until| now() >= until);
        let left = self.left.as_mut();
        if is_over || left.is_some_and(|left| left.as_mut().poll(context).is_ready()) {
            return true;
        }
        while let Poll::Ready(Some(signed_out)) = Pin::new(&mut self.sign_outs).poll_next(context) {
            match signed_out {
                Ok(token) if *token == *self.session.token => return true,
                Ok(_) => {}
                // It may have been this one: a browser that is still signed in opens another stream.
                Err(BroadcastStreamRecvError::Lagged(_)) => return true,
            }
        }
        false
    }
}

impl<S: Stream + Unpin> Stream for WhileSignedIn<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        if self.has_ended(context) {
            return Poll::Ready(None);
        }
        Pin::new(&mut self.changes).poll_next(context)
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::http::HeaderMap;
    use tokio::time::timeout;

    use super::*;
    use crate::port::Commands;
    use crate::server::caller::Caller;
    use crate::server::log::Log;
    use crate::server::options::{ServeOptions, SignIn};
    use crate::wiring::NetworkOptions;

    fn site() -> Arc<Site> {
        let listen = SocketAddr::from(([127, 0, 0, 1], 8420));
        let options = ServeOptions {
            repositories: Vec::new(),
            listen,
            hosts: Vec::new(),
            interval: ServeOptions::INTERVAL,
            sign_in: SignIn::None,
            commands: Commands::Run,
            network: NetworkOptions::default(),
        };
        let log = Log::new(Box::new(std::io::sink()));
        Arc::new(Site::new(Vec::new(), &options, listen, log).unwrap())
    }

    #[tokio::test]
    async fn there_are_only_so_many_streams() {
        let site = site();
        let session = Session::of(&HeaderMap::new(), Caller::Local);
        let events = |site: &Arc<Site>| events(State(Arc::clone(site)), Extension(session.clone()));
        let mut open = Vec::new();
        for _ in 0..1000 {
            let answer = events(&site).await;
            assert_eq!(answer.status(), StatusCode::OK);
            open.push(answer);
        }
        assert_eq!(site.open_streams(), 1000);
        let full = events(&site).await;
        assert_eq!(full.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(full.headers().get(header::RETRY_AFTER), Some(&LATER));
        open.pop();
        assert_eq!(events(&site).await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn a_stream_ends_with_its_session() {
        let site = site();
        let session = |name: &str, seconds: i64| Session {
            token: name.to_owned(),
            until: Some(now() + seconds),
            ..Session::of(&HeaderMap::new(), Caller::Local)
        };
        let open = |session| WhileSignedIn::new(tokio_stream::pending::<()>(), &site, session);
        let soon = Duration::from_secs(5);
        let mut short = open(session("short", 1));
        assert_eq!(timeout(soon, short.next()).await, Ok(None));
        let mut ended = open(session("ada", 600));
        let mut other = open(session("bob", 600));
        site.signed_out("ada");
        assert_eq!(timeout(soon, ended.next()).await, Ok(None));
        let moment = Duration::from_millis(50);
        assert!(timeout(moment, other.next()).await.is_err());
        drop(other);
        // One that missed who has signed out does not stay open.
        let mut slow = open(session("eve", 600));
        for number in 0..100 {
            site.signed_out(&number.to_string());
        }
        assert_eq!(timeout(soon, slow.next()).await, Ok(None));
    }
}
