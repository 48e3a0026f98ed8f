//! How remotes over a network are spoken to.

use std::sync::Arc;
use std::time::{Duration, Instant};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};

use crate::port::Passwords;

/// What there is to say about a network before one is met.
#[derive(Clone)]
pub struct NetworkSettings {
    /// By libgit2, by the installed `git`, or as the remote needs it.
    pub way: Way,
    /// How long it may take.
    pub patience: Patience,
    /// Passwords that this program knows and Git does not.
    pub passwords: Passwords,
}

/// What speaks to a server.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Way {
    /// libgit2, and the installed `git` where libgit2 cannot.
    #[default]
    Any,
    /// libgit2 alone.
    Libgit2,
    /// The installed `git` alone.
    Git,
}

/// How long a server may keep a promotion waiting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    /// How long it may be silent.
    pub silence: Duration,
    /// How long one step may be tried again.
    pub budget: Duration,
    /// The first pause between two tries; each later one is up to twice as long.
    pub pause: Duration,
}

impl Patience {
    /// In proportion to how long a server may be silent.
    pub fn of(silence: Duration) -> Self {
        Self {
            silence,
            budget: silence * 2,
            pause: silence / 100,
        }
    }

    /// How long the installed `git` may take to list branches: it says nothing meanwhile, and may ask
    /// somebody for a password.
    pub(in crate::adapter::git) fn of_listing(&self) -> Duration {
        self.silence * 4
    }

    /// How long one transfer may take, however busy it is.
    pub(in crate::adapter::git) fn of_transfer(&self) -> Duration {
        self.silence * 20
    }

    /// The tries of one step, from now on.
    pub(in crate::adapter::git) fn tries(&self) -> Tries {
        Tries {
            until: Instant::now() + self.budget,
            pauses: ExponentialBuilder::default()
                .with_min_delay(self.pause)
                .with_max_times(MOST)
                .with_jitter()
                .build(),
        }
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self::of(Duration::from_secs(30))
    }
}

impl Default for NetworkSettings {
    fn default() -> Self {
        Self {
            way: Way::default(),
            patience: Patience::default(),
            passwords: Arc::new(|_| Vec::new()),
        }
    }
}

/// How often a step is tried again at most.
const MOST: usize = 4;

/// The tries that are left.
pub(in crate::adapter::git) struct Tries {
    until: Instant,
    pauses: ExponentialBackoff,
}

impl Tries {
    /// Waits before the next try; `false` when there is none.
    pub(in crate::adapter::git) fn wait(&mut self) -> bool {
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
