//! Puts adapters behind ports: the only room that knows every room, and only connects them.

mod forge;
mod settings;

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::adapter::clock::MonotonicClock;
use crate::adapter::forge::github::GitHub;
use crate::adapter::git::{GitRepository, NetworkOptions};
use crate::adapter::login;
use crate::engine::Ports;
use crate::port::{Forge, Password, Passwords, Progress, RepositoryError};

pub use crate::adapter::git::Prompts;
pub use settings::ConfigReader;

/// The outside world, as the program has it.
pub struct Outside {
    repository: GitRepository,
    forge: Option<Arc<GitHub>>,
    settings: ConfigReader,
    clock: MonotonicClock,
}

/// What may be chosen about the network.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// How long a server may be silent. A step is tried again for up to twice that.
    pub silence: Duration,
    /// Whether Git may ask somebody for a password.
    pub prompts: Prompts,
}

impl Default for Reach {
    fn default() -> Self {
        let NetworkOptions {
            silence, prompts, ..
        } = NetworkOptions::default();
        Self { silence, prompts }
    }
}

/// Opens the repository that `dir` lies in.
///
/// # Errors
/// When there is none there, or Git cannot read it.
pub fn open(dir: &Path, reach: Reach) -> Result<Outside, RepositoryError> {
    let app: Arc<OnceLock<Arc<GitHub>>> = Arc::default();
    let network = NetworkOptions {
        silence: reach.silence,
        prompts: reach.prompts,
        passwords: passwords(Arc::clone(&app)),
    };
    let repository = GitRepository::discover(dir, network)?;
    let forge = forge::of(&repository, reach.silence).map(Arc::new);
    if let Some(github) = &forge
        && github.is_app()
    {
        // Nobody else sets it.
        let _ = app.set(Arc::clone(github));
    }
    Ok(Outside {
        repository,
        forge,
        settings: ConfigReader,
        clock: MonotonicClock::start(),
    })
}

/// The environment's tokens, and the one that an App gets for itself.
fn passwords(app: Arc<OnceLock<Arc<GitHub>>>) -> Passwords {
    // Passwords are asked for where waiting holds nobody up.
    Arc::new(move |authority| {
        let app = app.get().filter(|github| github.host() == authority);
        let token = app.and_then(|github| github.token_by_waiting());
        let own = token.map(|secret| Password {
            user: "x-access-token".to_owned(),
            secret,
            origin: "the token of the GitHub App".to_owned(),
        });
        own.into_iter()
            .chain(login::from_environment(authority))
            .collect()
    })
}

impl Outside {
    /// What the engine asks for.
    pub fn ports<'a>(&'a self, progress: &'a dyn Progress) -> Ports<'a> {
        Ports {
            repository: &self.repository,
            forge: self.forge.as_deref().map(|github| github as &dyn Forge),
            settings: &self.settings,
            clock: &self.clock,
            progress,
        }
    }
}
