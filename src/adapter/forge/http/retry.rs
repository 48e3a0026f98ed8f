//! What is retried, and for how long.
//!
//! # Why
//!
//! A transient failure (a busy server, a lost connection, a rate limit) must not
//! fail a promotion, and a final one must not delay it. So only transient
//! failures are retried, within one budget of time. The delays grow and have
//! jitter, so that many runs do not come back at once; jitter changes when
//! requests are sent, never which.

use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable};

use super::error::CallError;

/// How long a call may take, with all its retries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RetryPolicy {
    /// After this time nothing is retried.
    pub budget: Duration,
    /// The delay before the first retry; each further one is about twice as long.
    pub first_delay: Duration,
    /// How long one request may take, from connecting to the last byte of its answer.
    pub deadline: Duration,
}

/// The longest delay, unless the forge requests a longer one.
const LONGEST_DELAY: Duration = Duration::from_secs(15);

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            budget: Duration::from_secs(90),
            first_delay: Duration::from_millis(500),
            deadline: Duration::from_secs(30),
        }
    }
}

impl RetryPolicy {
    /// Repeats an attempt until it succeeds, fails for good, or the budget is used up.
    pub(super) async fn run<T, Attempt>(
        self,
        attempt: impl FnMut() -> Attempt,
    ) -> Result<T, CallError>
    where
        Attempt: Future<Output = Result<T, CallError>>,
    {
        let started = Instant::now();
        let delays = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(self.first_delay.max(Duration::from_millis(1)))
            .with_max_delay(LONGEST_DELAY.max(self.first_delay))
            .without_max_times();
        attempt
            .retry(delays)
            .when(CallError::is_transient)
            .adjust(|error, delay| {
                let delay = delay?.max(error.wait().unwrap_or_default());
                (started.elapsed() + delay <= self.budget).then_some(delay)
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        budget: Duration::from_millis(60),
        first_delay: Duration::from_millis(1),
        deadline: Duration::from_millis(1),
    };

    /// How often an attempt is made that always fails like this.
    fn tries(error: impl Fn() -> CallError) -> usize {
        let tries = Cell::new(0);
        let attempt = || {
            tries.set(tries.get() + 1);
            std::future::ready(Err::<(), _>(error()))
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(POLICY.run(attempt)).unwrap_err();
        tries.get()
    }

    #[test]
    fn transient_failures_are_retried_within_the_budget() {
        let tries = tries(|| CallError::transient("busy"));
        assert!((2..=8).contains(&tries), "{tries}");
    }

    #[test]
    fn final_failures_are_not_retried() {
        assert_eq!(tries(|| CallError::refused("no")), 1);
    }

    #[test]
    fn a_wait_that_exceeds_the_budget_ends_the_call() {
        let hour = Some(Duration::from_secs(3600));
        assert_eq!(tries(|| CallError::of_status(429, hour, "later")), 1);
    }
}
