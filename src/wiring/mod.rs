//! Puts adapters behind ports: the only room that knows every room, and only connects them.

mod settings;

use std::path::Path;
use std::sync::Arc;

use crate::adapter::clock::MonotonicClock;
use crate::adapter::git::{GitRepository, NetworkSettings};
use crate::adapter::login;
use crate::engine::Ports;
use crate::port::{Progress, RepositoryError};

pub use crate::adapter::git::{Patience, Way};
pub use settings::ConfigReader;

/// The outside world, as the program has it.
pub struct Outside {
    repository: GitRepository,
    settings: ConfigReader,
    clock: MonotonicClock,
}

/// What may be chosen about the network.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reach {
    /// What speaks to a remote.
    pub way: Way,
    /// How long a remote may keep a promotion waiting.
    pub patience: Patience,
}

/// Opens the repository that `dir` lies in.
///
/// # Errors
/// When there is none there, or it is of a kind that cannot be read.
pub fn open(dir: &Path, reach: Reach) -> Result<Outside, RepositoryError> {
    let network = NetworkSettings {
        way: reach.way,
        patience: reach.patience,
        passwords: Arc::new(login::from_environment),
    };
    Ok(Outside {
        repository: GitRepository::discover(dir, network)?,
        settings: ConfigReader,
        clock: MonotonicClock::start(),
    })
}

impl Outside {
    /// What the engine asks for.
    pub fn ports<'a>(&'a self, progress: &'a dyn Progress) -> Ports<'a> {
        Ports {
            repository: &self.repository,
            forge: None,
            settings: &self.settings,
            clock: &self.clock,
            progress,
        }
    }
}
