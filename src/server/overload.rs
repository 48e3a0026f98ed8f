//! Requests that no worker has time for.
//!
//! # Why
//!
//! A request that waits for a worker is in the middle of its handler, which has nothing to answer yet. So it is
//! given up as a whole: it has done nothing so far, and its sender can try again.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{AcquireError, Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

tokio::task_local! {
    /// Told when the current request is given up.
    static GIVEN_UP: Arc<Notify>;
}

/// The workers of a repository, and the requests that wait for one.
pub(super) struct Workers {
    free: Arc<Semaphore>,
    /// The places of those that work and of those that wait.
    places: Arc<Semaphore>,
    /// The longest time that a request waits.
    patience: Duration,
}

/// A worker who has time.
pub(super) struct Worker {
    _permit: Option<OwnedSemaphorePermit>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Workers {
    pub fn new(workers: usize, waiting: usize, patience: Duration) -> Self {
        Self {
            free: Arc::new(Semaphore::new(workers)),
            places: Arc::new(Semaphore::new(workers + waiting)),
            patience,
        }
    }

    /// A worker, as soon as one is free. If too many others wait, the request is given up.
    pub async fn next(&self) -> Worker {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return give_up().await;
        };
        let permit = Arc::clone(&self.free).acquire_owned();
        let permit: Result<OwnedSemaphorePermit, AcquireError> =
            match timeout(self.patience, permit).await {
                Ok(permit) => permit,
                Err(_) => return give_up().await,
            };
        Worker {
            // Nothing closes it.
            _permit: permit.ok(),
            _place: Some(place),
        }
    }
}

/// Gives the current request up. Outside of requests, nobody can be answered: then a worker more is made.
async fn give_up() -> Worker {
    match GIVEN_UP.try_with(|given_up| given_up.notify_one()) {
        Ok(()) => pending().await,
        Err(_) => Worker {
            _permit: None,
            _place: None,
        },
    }
}

/// The answer to a request, unless it is given up.
pub(super) async fn unless_given_up<T>(request: impl Future<Output = T>) -> Option<T> {
    let given_up = Arc::new(Notify::new());
    let request = GIVEN_UP.scope(Arc::clone(&given_up), request);
    tokio::select! {
        answer = request => Some(answer),
        () = given_up.notified() => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_is_given_up_if_too_many_wait_or_it_waits_too_long() {
        let workers = Workers::new(1, 1, Duration::from_millis(50));
        let first = unless_given_up(workers.next()).await;
        assert!(first.is_some());
        let second = unless_given_up(workers.next());
        let third = async {
            // The second one waits by now.
            tokio::task::yield_now().await;
            unless_given_up(workers.next()).await
        };
        let (second, third) = tokio::join!(second, third);
        assert!(second.is_none() && third.is_none());
        drop(first);
        assert!(unless_given_up(workers.next()).await.is_some());
    }
}
