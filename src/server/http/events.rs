//! The stream of events that tells browsers when to look again.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;
use tokio_stream::{Stream, StreamExt};

use crate::server::site::Site;

/// How often a silent stream sends a comment, so that nothing between takes it for dead.
const ALIVE: Duration = Duration::from_secs(15);

/// The names of repositories, as they change.
pub(super) async fn events(
    State(site): State<Arc<Site>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = BroadcastStream::new(site.changes()).map(|change| {
        Ok(match change {
            Ok(repository) => Event::default().event("changed").data(repository.as_ref()),
            Err(BroadcastStreamRecvError::Lagged(_)) => Event::default().event("changed").data(""),
        })
    });
    Sse::new(changes).keep_alive(KeepAlive::new().interval(ALIVE))
}
