//! How long and how often is tried again.
//!
//! # Why
//!
//! What passes by itself (a busy server, a cut line, a limit) must not fail a
//! promotion, and what does not pass must not hold it up. So only passing faults
//! are tried again, after growing delays with some chance in them, so that many
//! runs do not come back at once, and never beyond one budget of time. The
//! chance moves only when things are done, never what is done.

use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable};

use super::fault::Fault;

/// How long a call may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    /// After this time nothing is tried again.
    pub budget: Duration,
    /// The delay before the second try; each next one is about twice as long.
    pub first_delay: Duration,
    /// How long one request may take, from connecting to the last byte of its answer.
    pub deadline: Duration,
}

/// No delay is longer, unless the forge asks for it.
const LONGEST_DELAY: Duration = Duration::from_secs(15);

impl Default for Patience {
    fn default() -> Self {
        Self {
            budget: Duration::from_secs(90),
            first_delay: Duration::from_millis(500),
            deadline: Duration::from_secs(30),
        }
    }
}

impl Patience {
    /// Tries until it is done, fails for good, or the time is over.
    pub(super) async fn tried<T, Trying>(self, attempt: impl FnMut() -> Trying) -> Result<T, Fault>
    where
        Trying: Future<Output = Result<T, Fault>>,
    {
        let started = Instant::now();
        let delays = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(self.first_delay.max(Duration::from_millis(1)))
            .with_max_delay(LONGEST_DELAY.max(self.first_delay))
            .without_max_times();
        attempt
            .retry(delays)
            .when(Fault::passes)
            .adjust(|fault, delay| {
                let delay = delay?.max(fault.asks_to_wait().unwrap_or_default());
                (started.elapsed() + delay <= self.budget).then_some(delay)
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::super::fault::Trouble;
    use super::*;

    const PATIENCE: Patience = Patience {
        budget: Duration::from_millis(60),
        first_delay: Duration::from_millis(1),
        deadline: Duration::from_millis(1),
    };

    /// How often something that always fails so is tried.
    fn tries(fault: impl Fn() -> Fault) -> usize {
        let tries = Cell::new(0);
        let attempt = || {
            tries.set(tries.get() + 1);
            std::future::ready(Err::<(), _>(fault()))
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(PATIENCE.tried(attempt)).unwrap_err();
        tries.get()
    }

    #[test]
    fn what_passes_is_tried_again_until_the_time_is_over() {
        let tries = tries(|| Fault::passing(Trouble::new("busy")));
        assert!((2..=8).contains(&tries), "{tries}");
    }

    #[test]
    fn what_does_not_pass_is_tried_once() {
        assert_eq!(tries(|| Fault::refusal(Trouble::new("no"))), 1);
    }

    #[test]
    fn nobody_waits_for_longer_than_the_time_that_is_left() {
        let asked = || Fault::passing(Trouble::new("later")).after(Duration::from_secs(3600));
        assert_eq!(tries(asked), 1);
    }
}
