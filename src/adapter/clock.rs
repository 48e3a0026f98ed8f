//! The system's clock that only goes forward.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use tokio::runtime::Handle;

use crate::port::Clock;

/// Tells the time since it was started.
#[derive(Clone, Copy, Debug)]
pub struct MonotonicClock(Instant);

impl MonotonicClock {
    /// Starts at nothing.
    pub fn start() -> Self {
        Self(Instant::now())
    }
}

#[async_trait]
impl Clock for MonotonicClock {
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let seconds = since.unwrap_or_default().as_secs();
        i64::try_from(seconds).unwrap_or(i64::MAX)
    }

    async fn pause(&self, at_most: Duration) {
        // The standard library's own randomness is enough to come apart.
        let random = RandomState::new().build_hasher().finish() >> 32;
        let random = u32::try_from(random).unwrap_or_default();
        let part = at_most.mul_f64(f64::from(random) / f64::from(u32::MAX));
        match Handle::try_current() {
            // A thread of its own waits: not every runtime has timers.
            Ok(runtime) => {
                // it only sleeps, and can only fail by being stopped.
                let _ = runtime.spawn_blocking(move || sleep(part)).await;
            }
            Err(_) => sleep(part),
        }
    }
}
