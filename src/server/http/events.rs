//! The stream of events that tells browsers when to look again.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;

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
    // With the session, it ends before it tells anything more.
    let changes = changes.take_while(move |_| session.until.is_none_or(|until| now() < until));
    let stream = Sse::new(changes).keep_alive(KeepAlive::new().interval(ALIVE));
    stream.into_response()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::http::HeaderMap;

    use super::*;
    use crate::port::Commands;
    use crate::server::caller::Caller;
    use crate::server::log::Log;
    use crate::server::options::{ServeOptions, SignIn};
    use crate::wiring::NetworkOptions;

    #[tokio::test]
    async fn there_are_only_so_many_streams() {
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
        let site = Arc::new(Site::new(Vec::new(), &options, listen, log).unwrap());
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
}
