//! Puts adapters behind ports: the only room that knows every room, and only connects them.

mod settings;

use std::path::Path;

use crate::adapter::clock::MonotonicClock;
use crate::adapter::git::GitRepository;
use crate::engine::Ports;
use crate::port::{Progress, RepositoryError};

pub use settings::ConfigReader;

/// The outside world, as the program has it.
pub struct Outside {
    repository: GitRepository,
    settings: ConfigReader,
    clock: MonotonicClock,
}

/// Opens the repository that `dir` lies in.
///
/// # Errors
/// When there is none there, or it is of a kind that cannot be read.
pub fn open(dir: &Path) -> Result<Outside, RepositoryError> {
    Ok(Outside {
        repository: GitRepository::discover(dir)?,
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
