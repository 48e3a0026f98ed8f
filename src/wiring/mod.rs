//! Puts adapters behind ports: the only room that knows every room, and only connects them.

mod forge;
mod settings;

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::adapter::clock::MonotonicClock;
use crate::adapter::environment;
use crate::adapter::git::{GitRepository, NetworkOptions};
use crate::engine::Ports;
use crate::port::{Forge, Observer, Passwords, RepositoryError, Variables};
use crate::render::MarkdownPreview;

pub use crate::adapter::git::Prompts;
pub use settings::ConfigReader;

/// The outside world, as the program has it.
pub struct Outside {
    repository: GitRepository,
    forge: Option<Arc<dyn Forge>>,
    settings: ConfigReader,
    clock: MonotonicClock,
}

/// What may be chosen about the network.
#[derive(Clone)]
pub struct Reach {
    /// How long a server may be silent. A step is tried again for up to twice that.
    pub silence: Duration,
    /// Whether Git may ask somebody for a password.
    pub prompts: Prompts,
    /// The variables that hold tokens for forges.
    pub variables: Variables,
}

impl Default for Reach {
    fn default() -> Self {
        let NetworkOptions {
            silence, prompts, ..
        } = NetworkOptions::default();
        Self {
            silence,
            prompts,
            variables: environment::of_process(),
        }
    }
}

/// Opens the repository that `dir` lies in.
///
/// # Errors
/// When there is none there, or Git cannot read it.
pub fn open(dir: &Path, reach: &Reach) -> Result<Outside, RepositoryError> {
    let forge_passwords: Arc<OnceLock<Passwords>> = Arc::default();
    let network = NetworkOptions {
        silence: reach.silence,
        prompts: reach.prompts,
        passwords: passwords(Arc::clone(&forge_passwords), Arc::clone(&reach.variables)),
    };
    let repository = GitRepository::discover(dir, network)?;
    let access = forge::of(&repository, &reach.variables, reach.silence);
    let forge = access.map(|access| {
        if let Some(passwords) = access.passwords {
            // Only set here.
            let _ = forge_passwords.set(passwords);
        }
        access.forge
    });
    Ok(Outside {
        repository,
        forge,
        settings: ConfigReader,
        clock: MonotonicClock::start(),
    })
}

/// The passwords that the forge gives, then the environment's.
fn passwords(of_forge: Arc<OnceLock<Passwords>>, variables: Variables) -> Passwords {
    Arc::new(move |authority| {
        let of_forge = of_forge.get().map(|passwords| passwords(authority));
        let of_environment = forge::environment_passwords(&variables, authority);
        of_forge
            .into_iter()
            .flatten()
            .chain(of_environment)
            .collect()
    })
}

impl Outside {
    /// What the engine asks for.
    pub fn ports<'a>(&'a self, observer: &'a dyn Observer) -> Ports<'a> {
        Ports {
            repository: &self.repository,
            forge: self.forge.as_deref(),
            settings: &self.settings,
            preview: &MarkdownPreview,
            clock: &self.clock,
            observer,
        }
    }
}
