//! How remotes are reached: how long they may take, and how often a step is tried again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};

use crate::port::Passwords;

/// How remotes are reached.
#[derive(Clone)]
pub struct RemoteAccess {
    /// How long a server may be silent. A step is tried again for up to twice that.
    pub silence: Duration,
    /// Whether Git and its helpers may ask somebody for a password.
    pub prompts: Prompts,
    /// Passwords that this program knows and Git does not.
    pub passwords: Passwords,
}

/// Whether Git may prompt.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Prompts {
    /// Never.
    #[default]
    Never,
    /// At the terminal; then Git has no deadline.
    Terminal,
}

impl Default for RemoteAccess {
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(30),
            prompts: Prompts::default(),
            passwords: Arc::new(|_| Vec::new()),
        }
    }
}

impl RemoteAccess {
    /// How long a push may be silent: the server's hooks run meanwhile.
    pub fn of_push(&self) -> Duration {
        self.silence * 4
    }

    /// The tries of one step, from now on.
    pub fn tries(&self) -> Tries {
        Tries {
            until: Instant::now() + self.silence * 2,
            pauses: ExponentialBuilder::default()
                .with_min_delay(self.silence / 100)
                .with_max_times(MOST)
                .with_jitter()
                .build(),
        }
    }
}

/// How often a step is tried again at most.
const MOST: usize = 4;

/// The tries that are left.
pub struct Tries {
    until: Instant,
    pauses: ExponentialBackoff,
}

impl Tries {
    /// Waits before the next try; `false` when there is none.
    pub fn wait(&mut self) -> bool {
        let Some(pause) = self.pauses.next() else {
            return false;
        };
        if Instant::now() + pause > self.until {
            return false;
        }
        std::thread::sleep(pause);
        true
    }
}
