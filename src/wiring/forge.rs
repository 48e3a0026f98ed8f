//! The registry of forges, and the choice of one for each repository.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::adapter::forge::http::{ConfiguredSender, Connection, ProxyChoice, RetryPolicy};
use crate::adapter::forge::{ForgeAccess, ForgeKind, RemoteContext, github};
use crate::adapter::git::GitRepository;
use crate::domain::RepositoryUrl;
use crate::port::{CiWorkflows, Forge, ForgeChecks, Forges, HttpSender, Password, Variables};

/// Every forge that the program knows; the first one that recognizes a remote is used.
const FORGES: &[ForgeKind] = &[github::KIND];

/// The forges of a repository's remote and of other repositories, each opened when it is first needed.
pub(super) struct RepositoryForges {
    repository: GitRepository,
    variables: Variables,
    silence: Duration,
    first: Opened,
}

/// A repository that was opened, and those that were opened later.
struct Opened {
    repository: Option<RepositoryUrl>,
    access: Option<ForgeAccess>,
    next: OnceLock<Box<Opened>>,
}

impl RepositoryForges {
    /// The forge behind the repository's remote, if it is a known one, is opened at once; nothing is sent.
    pub(super) fn new(repository: GitRepository, variables: Variables, silence: Duration) -> Self {
        let access = open(&repository, &variables, silence, None);
        Self {
            repository,
            variables,
            silence,
            first: Opened::new(None, access),
        }
    }

    fn access(&self, repository: Option<&RepositoryUrl>) -> Option<&ForgeAccess> {
        let mut opened = &self.first;
        while opened.repository.as_ref() != repository {
            // Another thread may have opened another one meanwhile.
            opened = opened.next.get_or_init(|| {
                let access = open(&self.repository, &self.variables, self.silence, repository);
                Box::new(Opened::new(repository.cloned(), access))
            });
        }
        opened.access.as_ref()
    }

    /// The CI workflows of this repository.
    pub(super) fn ci(&self) -> Option<Arc<dyn CiWorkflows>> {
        Some(Arc::clone(&self.access(None)?.ci))
    }

    /// The passwords for `host` or `host:port` that only a repository's forge can give.
    pub(super) fn passwords(
        &self,
        authority: &str,
        repository: Option<&RepositoryUrl>,
    ) -> Vec<Password> {
        let passwords = self.access(repository).and_then(|a| a.passwords.as_ref());
        passwords.map_or_else(Vec::new, |passwords| passwords(authority))
    }
}

impl Forges for RepositoryForges {
    fn pull_requests(&self, repository: Option<&RepositoryUrl>) -> Option<&dyn Forge> {
        Some(self.access(repository)?.forge.as_ref())
    }

    fn checks(&self, repository: Option<&RepositoryUrl>) -> Option<&dyn ForgeChecks> {
        Some(self.access(repository)?.checks.as_ref())
    }
}

impl Opened {
    fn new(repository: Option<RepositoryUrl>, access: Option<ForgeAccess>) -> Self {
        Self {
            repository,
            access,
            next: OnceLock::new(),
        }
    }
}

/// The forge of another repository, or of this one, if it is a known one; nothing is sent.
fn open(
    repository: &GitRepository,
    variables: &Variables,
    silence: Duration,
    other: Option<&RepositoryUrl>,
) -> Option<ForgeAccess> {
    let helpers = repository.clone();
    let of_helpers = other.cloned();
    let url = repository.server(other)?;
    let is_own_server = || {
        let own = repository.server(None);
        own.is_some_and(|own| own.host() == url.host())
    };
    let is_of_server = other.is_none() || is_own_server();
    let remote = RemoteContext {
        url: &url,
        variables,
        server_setting: &|key| repository.setting(key).filter(|_| is_of_server),
        repository_setting: &|key| repository.setting(key).filter(|_| other.is_none()),
        connection: &|url| connection(repository, url),
        stored_password: Arc::new(move || helpers.password(of_helpers.as_ref())),
        retry: RetryPolicy {
            budget: silence * 2,
            first_delay: silence / 100,
            deadline: silence,
        },
    };
    FORGES.iter().find_map(|kind| (kind.open)(&remote))
}

/// Sends the requests of workflows and gates, by Git's settings.
pub(super) fn sender(repository: &GitRepository, silence: Duration) -> Arc<dyn HttpSender> {
    let repository = repository.clone();
    let connections = Arc::new(move |url: &str| connection(&repository, url));
    Arc::new(ConfiguredSender::new(connections, silence / 100))
}

/// The passwords that the environment has for `host` or `host:port`.
pub(super) fn environment_passwords(variables: &Variables, authority: &str) -> Vec<Password> {
    let of_kind = |kind: &ForgeKind| (kind.environment_passwords)(variables, authority);
    FORGES.iter().flat_map(of_kind).collect()
}

/// How HTTPS requests to `url` are made, by Git's settings.
fn connection(repository: &GitRepository, url: &str) -> Connection {
    let https = repository.https_settings(url);
    Connection {
        ca_files: https.ca_file.into_iter().collect(),
        proxy: match https.proxy {
            None => ProxyChoice::System,
            Some(url) if url.is_empty() => ProxyChoice::Direct,
            Some(url) => ProxyChoice::Through(url.into()),
        },
    }
}
