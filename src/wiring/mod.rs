//! Connects adapters to ports; it contains no other logic.

mod forge;
mod settings;

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::adapter::clock::MonotonicClock;
use crate::adapter::environment;
use crate::adapter::gate::ConfiguredGates;
use crate::adapter::git::{GitReleases, GitRepository, RemoteAccess, RemoteUse};
use crate::adapter::runner::{ConfiguredWorkflows, LocalRunner, NoRunner};
use crate::domain::{Person, RemoteAddress, RepositoryUrl};
use crate::engine::{Ports, ReleasePorts};
use crate::port::{
    Commands, HttpSender, Observer, Passwords, Publish, ReleasesError, RepositoryError, Runner,
    Variables,
};
use crate::render::MarkdownPreview;

use forge::RepositoryForges;

pub use crate::adapter::git::{Prompts, pager, prepare_copy};
pub use crate::adapter::limits::raise_open_files;
pub use crate::adapter::runner::end_on_signals;
pub use settings::ConfigReader;

/// The adapters of one repository.
#[derive(Clone)]
pub struct Adapters {
    repository: GitRepository,
    forges: Arc<RepositoryForges>,
    http: Arc<dyn HttpSender>,
    variables: Variables,
    settings: ConfigReader,
    clock: MonotonicClock,
    acted_by: Option<Arc<Person>>,
    commands: Commands,
}

/// The adapters of releases.
pub struct ReleaseAdapters<'a> {
    promotion: &'a Adapters,
    releases: GitReleases,
    workflows: ConfiguredWorkflows,
    gates: ConfiguredGates,
}

impl ReleaseAdapters<'_> {
    /// What the engine asks for.
    pub fn ports<'a>(&'a self, observer: &'a dyn Observer) -> ReleasePorts<'a> {
        ReleasePorts {
            promotion: self.promotion.ports(observer),
            releases: &self.releases,
            workflows: &self.workflows,
            gates: &self.gates,
        }
    }
}

/// How remotes and forges are contacted.
#[derive(Clone)]
pub struct NetworkOptions {
    /// How long a server may be silent. A step is retried for up to twice as long.
    pub silence: Duration,
    /// Whether Git may prompt for a password.
    pub prompts: Prompts,
    /// The variables that hold tokens for forges.
    pub variables: Variables,
}

impl Default for NetworkOptions {
    fn default() -> Self {
        let RemoteAccess {
            silence, prompts, ..
        } = RemoteAccess::default();
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
pub fn open(dir: &Path, options: &NetworkOptions) -> Result<Adapters, RepositoryError> {
    open_with(dir, options, RemoteUse::Allowed)
}

/// Opens the repository that `dir` lies in, to read what the clone has: no server is contacted.
///
/// # Errors
/// When there is none there, or Git cannot read it.
pub fn open_clone(dir: &Path) -> Result<Adapters, RepositoryError> {
    open_with(dir, &NetworkOptions::default(), RemoteUse::Never)
}

fn open_with(
    dir: &Path,
    options: &NetworkOptions,
    remotes: RemoteUse,
) -> Result<Adapters, RepositoryError> {
    let of_forges: Arc<OnceLock<Arc<RepositoryForges>>> = Arc::default();
    let network = RemoteAccess {
        silence: options.silence,
        prompts: options.prompts,
        passwords: passwords(Arc::clone(&of_forges), Arc::clone(&options.variables)),
        remotes,
    };
    let repository = GitRepository::discover(dir, network)?;
    let forges = Arc::new(RepositoryForges::new(
        repository.clone(),
        Arc::clone(&options.variables),
        options.silence,
    ));
    // This is the only place that sets it.
    let _ = of_forges.set(Arc::clone(&forges));
    Ok(Adapters {
        http: forge::sender(&repository, options.silence),
        variables: Arc::clone(&options.variables),
        repository,
        forges,
        settings: ConfigReader,
        clock: MonotonicClock::start(),
        acted_by: None,
        commands: Commands::Run,
    })
}

/// The passwords that the forges give, then the environment's.
fn passwords(of_forges: Arc<OnceLock<Arc<RepositoryForges>>>, variables: Variables) -> Passwords {
    Arc::new(move |authority, repository| {
        let forges = of_forges.get();
        let of_forge = forges.map(|forges| forges.passwords(authority, repository));
        let of_environment = forge::environment_passwords(&variables, authority);
        of_forge
            .into_iter()
            .flatten()
            .chain(of_environment)
            .collect()
    })
}

impl Adapters {
    /// The same adapters that run the repository's commands, or leave them to others.
    #[must_use]
    pub fn with_commands(self, commands: Commands) -> Self {
        Self { commands, ..self }
    }

    /// What sends requests to any server, by Git's settings.
    pub fn http(&self) -> Arc<dyn HttpSender> {
        Arc::clone(&self.http)
    }

    fn runner(&self) -> &'static dyn Runner {
        match self.commands {
            Commands::Run => &LocalRunner,
            Commands::LeaveToOthers => &NoRunner,
        }
    }

    /// The same adapters for what a person asks a server for: commits and records name them.
    #[must_use]
    pub fn acting_for(&self, person: Option<Arc<Person>>) -> Self {
        Self {
            acted_by: person,
            ..self.clone()
        }
    }

    /// Where the remote is, and the other repositories, as far as that is clear.
    pub fn addresses<'r>(
        &self,
        others: impl IntoIterator<Item = &'r RepositoryUrl>,
    ) -> Vec<RemoteAddress> {
        let others = others.into_iter().map(Some);
        let all = std::iter::once(None).chain(others);
        all.filter_map(|repository| self.repository.address(repository))
            .collect()
    }

    /// The records of releases below the prefix of references.
    ///
    /// # Errors
    /// When the prefix cannot be used, or the remote is not clear.
    pub fn releases(&self, prefix: &str, publish: Publish) -> Result<GitReleases, ReleasesError> {
        self.repository.releases(prefix, publish)
    }

    /// The adapters of releases; `prefix` is where the configuration has their references.
    ///
    /// # Errors
    /// When the prefix cannot be used, or the remote is not clear.
    pub fn for_releases(&self, prefix: Option<&str>) -> Result<ReleaseAdapters<'_>, ReleasesError> {
        let prefix = prefix.unwrap_or(ReleasesError::DEFAULT_PREFIX);
        Ok(ReleaseAdapters {
            promotion: self,
            releases: self.releases(prefix, Publish::Push)?,
            workflows: self.workflows(),
            gates: self.gates(),
        })
    }

    /// Runs workflows.
    pub fn workflows(&self) -> ConfiguredWorkflows {
        ConfiguredWorkflows {
            http: Arc::clone(&self.http),
            ci: self.forges.ci(),
            variables: Arc::clone(&self.variables),
            run: self.commands,
        }
    }

    /// Checks gates.
    pub fn gates(&self) -> ConfiguredGates {
        ConfiguredGates {
            http: Arc::clone(&self.http),
            runner: self.runner(),
            forges: Arc::clone(&self.forges) as _,
            variables: Arc::clone(&self.variables),
        }
    }

    /// What the engine asks for.
    pub fn ports<'a>(&'a self, observer: &'a dyn Observer) -> Ports<'a> {
        Ports {
            repository: &self.repository,
            history: &self.repository,
            forges: self.forges.as_ref(),
            settings: &self.settings,
            preview: &MarkdownPreview,
            runner: self.runner(),
            clock: &self.clock,
            observer,
            acted_by: self.acted_by.as_deref(),
        }
    }
}
