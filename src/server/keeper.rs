//! Reads a repository again, and moves its releases forward, when it is time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::advice;
use super::served::Served;
use super::site::Site;
use crate::engine::{self, ReleaseError};
use crate::port::NoObserver;
use crate::release::Waiting;

/// The longest pause before a release is looked at whose gate opens at a known time.
const SOON: Duration = Duration::from_secs(1);

/// The shortest time between two readings, however often somebody asks for one.
const LEAST: Duration = Duration::from_millis(300);

/// What releases wait for, by their ids, and when to look again.
type Moved = (BTreeMap<String, Vec<Waiting>>, Option<Duration>, usize);

/// Keeps a repository up to date until the program ends.
pub(super) async fn keep(site: Arc<Site>, served: Arc<Served>, interval: Duration) {
    loop {
        let next = Instant::now() + LEAST;
        // What panics for one state of the repository may be well for the next one.
        let looked = tokio::spawn(look(Arc::clone(&site), Arc::clone(&served), interval)).await;
        let pause = looked.unwrap_or_else(|error| {
            site.log.broken(&served.name, &error);
            interval
        });
        tokio::time::sleep_until(next).await;
        // Whoever asks meanwhile is served after the pause at the latest.
        let _ = tokio::time::timeout(pause, served.look.notified()).await;
    }
}

/// Looks at a repository once; how long to pause then.
async fn look(site: Arc<Site>, served: Arc<Served>, interval: Duration) -> Duration {
    let mut is_changed = served.read().await;
    let fault = served.view().fault.clone();
    if is_changed && let Some(fault) = &fault {
        site.log.failure(&served.name, fault);
    }
    let is_read = fault.is_none();
    site.metrics.read(&served.name, is_read);
    let mut pause = interval;
    match advance(&served).await {
        Ok((waits, next, transitions)) => {
            is_changed |= served.set_waits(waits);
            pause = next.map_or(interval, |next| next.clamp(SOON, interval));
            site.metrics.moved(&served.name, transitions);
            if transitions > 0 {
                is_changed |= served.read().await;
            }
        }
        // The next reading has the reason, if it lasts.
        Err(error) => site.log.failure(&served.name, &advice::on_release(&error)),
    }
    if is_changed {
        site.changed(&served.name);
    }
    pause
}

/// Moves all open releases forward.
async fn advance(served: &Served) -> Result<Moved, ReleaseError> {
    let view = served.view();
    let Some(state) = &view.state else {
        return Ok(Moved::default());
    };
    let releases = state.releases.iter().flat_map(|product| &product.releases);
    if releases.into_iter().all(|release| release.state.is_end()) {
        return Ok(Moved::default());
    }
    let prefix = state.files.settings.release_prefix.clone();
    served
        .keep(async move |adapters| {
            let adapters = adapters.for_releases(prefix.as_deref())?;
            let ports = adapters.ports(&NoObserver);
            let products = engine::releases(&ports).await?;
            let moved = engine::advance_releases(&ports, products, &|_| true).await;
            let now = ports.promotion.clock.now();
            let mut waits = BTreeMap::new();
            let mut transitions = 0;
            let mut next: Option<i64> = None;
            for (id, moved) in moved {
                match moved {
                    Ok(advanced) => {
                        transitions += advanced.transitions;
                        let times = advanced.waits.iter().filter_map(|waiting| waiting.until);
                        next = next.into_iter().chain(times).min();
                        waits.insert(id, advanced.waits);
                    }
                    Err(error) => {
                        let advice = advice::on_release(&error);
                        let causes = advice.causes.into_iter();
                        let all: Vec<String> =
                            std::iter::once(advice.message).chain(causes).collect();
                        let why = all.join(": ");
                        let waiting = Waiting {
                            environment: None,
                            why,
                            until: None,
                        };
                        waits.insert(id, vec![waiting]);
                    }
                }
            }
            let next = next.map(|next| u64::try_from(next - now).unwrap_or_default());
            Ok((waits, next.map(Duration::from_secs), transitions))
        })
        .await
}
