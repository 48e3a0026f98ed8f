//! Connects adapters to ports; it contains no other logic.

mod forge;
mod settings;

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::adapter::clock::MonotonicClock;
use crate::adapter::environment;
use crate::adapter::gate::ConfiguredGates;
use crate::adapter::git::{GitReleases, GitRepository, RemoteAccess};
use crate::adapter::runner::{ConfiguredWorkflows, LocalRunner};
use crate::engine::{Ports, ReleasePorts};
use crate::port::{
    CiWorkflows, Forge, ForgeChecks, HttpSender, Observer, Passwords, Publish, ReleasesError,
    RepositoryError, Variables,
};
use crate::render::MarkdownPreview;

pub use crate::adapter::git::{Prompts, pager};
pub use crate::adapter::runner::end_on_signals;
pub use settings::ConfigReader;

/// The adapters of one repository.
pub struct Adapters {
    repository: GitRepository,
    forge: Option<Arc<dyn Forge>>,
    checks: Option<Arc<dyn ForgeChecks>>,
    ci: Option<Arc<dyn CiWorkflows>>,
    http: Arc<dyn HttpSender>,
    variables: Variables,
    settings: ConfigReader,
    clock: MonotonicClock,
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
            checks: self.promotion.checks.as_deref(),
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
    let forge_passwords: Arc<OnceLock<Passwords>> = Arc::default();
    let network = RemoteAccess {
        silence: options.silence,
        prompts: options.prompts,
        passwords: passwords(Arc::clone(&forge_passwords), Arc::clone(&options.variables)),
    };
    let repository = GitRepository::discover(dir, network)?;
    let access = forge::of(&repository, &options.variables, options.silence);
    let (forge, checks, ci) = access.map_or((None, None, None), |access| {
        if let Some(passwords) = access.passwords {
            // This is the only place that sets it.
            let _ = forge_passwords.set(passwords);
        }
        (Some(access.forge), Some(access.checks), Some(access.ci))
    });
    Ok(Adapters {
        http: forge::sender(&repository, options.silence),
        variables: Arc::clone(&options.variables),
        repository,
        forge,
        checks,
        ci,
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

impl Adapters {
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
            ci: self.ci.clone(),
            variables: Arc::clone(&self.variables),
        }
    }

    /// Checks gates.
    pub fn gates(&self) -> ConfiguredGates {
        ConfiguredGates {
            http: Arc::clone(&self.http),
            runner: Arc::new(LocalRunner),
            forge: self.checks.clone(),
            variables: Arc::clone(&self.variables),
        }
    }

    /// What the engine asks for.
    pub fn ports<'a>(&'a self, observer: &'a dyn Observer) -> Ports<'a> {
        Ports {
            repository: &self.repository,
            history: &self.repository,
            forge: self.forge.as_deref(),
            settings: &self.settings,
            preview: &MarkdownPreview,
            runner: &LocalRunner,
            clock: &self.clock,
            observer,
        }
    }
}
