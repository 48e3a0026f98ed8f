//! What was last read of a provider, and for how long it counts.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use openidconnect::core::CoreProviderMetadata;
use tokio::sync::Mutex;

use super::error::SignInError;

/// The shortest time between two attempts to reach a provider that cannot be used.
const PAUSE: Duration = Duration::from_secs(5);

/// The shortest time between two readings because of an unknown key.
const KEY_PAUSE: Duration = Duration::from_secs(60);

/// After which time everything is read again in the background, so that a key that was withdrawn is forgotten.
const AGE: Duration = Duration::from_secs(3600);

/// After which time nothing that was read is used any more.
const MOST_AGE: Duration = Duration::from_secs(24 * 3600);

/// What is known about the provider.
#[derive(Default)]
pub(super) struct Known {
    last: RwLock<Last>,
    /// Held while it is asked.
    pub reading: Arc<Mutex<()>>,
}

/// The last readings.
#[derive(Clone, Default)]
pub(super) struct Last {
    pub metadata: Option<Arc<CoreProviderMetadata>>,
    /// When that was read.
    pub read: Option<Instant>,
    /// When it failed since.
    pub failed: Option<(Instant, SignInError)>,
    /// When it was read because of an unknown key.
    renewed: Option<Instant>,
}

/// Whether something was less than `duration` before `now`.
fn is_within(time: Option<Instant>, duration: Duration, now: Instant) -> bool {
    time.is_some_and(|time| now.saturating_duration_since(time) < duration)
}

/// What is known about the provider, as far as it can be used.
pub(super) enum Usable {
    /// It is new enough.
    Fresh(Arc<CoreProviderMetadata>),
    /// It can be used while it is read again.
    Stale(Arc<CoreProviderMetadata>),
    /// It could not be read a moment ago.
    Failed(SignInError),
    /// It must be read first.
    Unread,
}

impl Last {
    /// What can be done now without asking.
    pub fn usable(&self, now: Instant) -> Usable {
        let metadata = self.metadata.as_ref().map(Arc::clone);
        let metadata = metadata.filter(|_| is_within(self.read, MOST_AGE, now));
        let failed = self.failed.as_ref();
        let failed = failed.filter(|(time, _)| is_within(Some(*time), PAUSE, now));
        match (metadata, failed) {
            (Some(metadata), Some(_)) => Usable::Fresh(metadata),
            (Some(metadata), None) if is_within(self.read, AGE, now) => Usable::Fresh(metadata),
            (Some(metadata), None) => Usable::Stale(metadata),
            (None, Some((_, error))) => Usable::Failed(error.clone()),
            (None, None) => Usable::Unread,
        }
    }

    /// Whether keys that are newer than these are to be read now; it is recorded that they are.
    pub fn is_renewed(&mut self, old: &Arc<CoreProviderMetadata>, now: Instant) -> bool {
        let is_old = self.metadata.as_ref().is_some_and(|m| Arc::ptr_eq(m, old));
        let is_due = is_old && !is_within(self.renewed, KEY_PAUSE, now);
        if is_due {
            self.renewed = Some(now);
        }
        is_due
    }
}

impl Known {
    /// The last readings.
    pub fn last(&self) -> Last {
        self.last
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Changes what is known.
    pub fn change<T>(&self, change: impl FnOnce(&mut Last) -> T) -> T {
        change(&mut self.last.write().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn old_keys_are_used_while_they_are_read_again_but_not_for_more_than_a_day() {
        let metadata: CoreProviderMetadata = serde_json::from_value(json!({
            "issuer": "https://login.example.com",
            "authorization_endpoint": "https://login.example.com/authorize",
            "jwks_uri": "https://login.example.com/keys",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }))
        .unwrap();
        let start = Instant::now();
        let mut last = Last {
            metadata: Some(Arc::new(metadata)),
            read: Some(start),
            ..Last::default()
        };
        let state = |last: &Last, hours: f64| match last
            .usable(start + Duration::from_secs_f64(hours * 3600.0))
        {
            Usable::Fresh(_) => "fresh",
            Usable::Stale(_) => "stale",
            Usable::Failed(_) => "failed",
            Usable::Unread => "unread",
        };
        let states = [0.9, 1.1, 23.9, 24.1].map(|hours| state(&last, hours));
        assert_eq!(states, ["fresh", "stale", "stale", "unread"]);
        // A pause after each failure.
        for (hours, expected) in [(2.0, ["fresh", "stale"]), (25.0, ["failed", "unread"])] {
            let time = start + Duration::from_secs_f64(hours * 3600.0);
            last.failed = Some((time, SignInError::Unreachable("it is down".to_owned())));
            let states = [hours + 0.001, hours + 0.002].map(|hours| state(&last, hours));
            assert_eq!(states, expected);
        }
    }
}
