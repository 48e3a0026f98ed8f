//! How remotes are contacted: timeouts, retries, prompts and passwords.

use std::sync::Arc;
use std::time::{Duration, Instant};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};

use crate::port::Passwords;

/// How remotes are contacted.
#[derive(Clone)]
pub struct RemoteAccess {
    /// How long a server may be silent. A step is retried for up to twice as long.
    pub silence: Duration,
    /// Whether Git and its helpers may prompt for a password.
    pub prompts: Prompts,
    /// Passwords that git-promote has and Git does not.
    pub passwords: Passwords,
    /// Whether remotes may be contacted at all.
    pub remotes: RemoteUse,
}

/// Whether remotes may be contacted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum RemoteUse {
    /// They may.
    #[default]
    Allowed,
    /// Only the clone is read: not even a partial clone fetches what it lacks.
    Never,
}

/// Whether Git may prompt.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Prompts {
    /// Never.
    #[default]
    Never,
    /// At the terminal; Git has no deadline then.
    Terminal,
}

impl Default for RemoteAccess {
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(30),
            prompts: Prompts::default(),
            passwords: Arc::new(|_, _| Vec::new()),
            remotes: RemoteUse::default(),
        }
    }
}

impl RemoteAccess {
    /// How long a push may be silent while the server's hooks run.
    pub fn push_silence(&self) -> Duration {
        self.silence * 4
    }

    /// The retries of one step that starts now.
    pub fn retries(&self) -> Retries {
        Retries {
            until: Instant::now() + self.silence * 2,
            pauses: ExponentialBuilder::default()
                .with_min_delay(self.silence / 100)
                .with_max_times(MAX_RETRIES)
                .with_jitter()
                .build(),
        }
    }
}

/// How often a step is retried at most.
const MAX_RETRIES: usize = 4;

/// The remaining retries of one step.
pub struct Retries {
    until: Instant,
    pauses: ExponentialBackoff,
}

impl Retries {
    /// Waits before the next retry; returns `false` if none is left.
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
