//! The registry of forges, and the choice of one for a repository's remote.

use std::sync::Arc;
use std::time::Duration;

use crate::adapter::forge::http::{ConfiguredSender, Connection, ProxyChoice, RetryPolicy};
use crate::adapter::forge::{ForgeAccess, ForgeKind, RemoteContext, github};
use crate::adapter::git::GitRepository;
use crate::port::{HttpSender, Password, Variables};

/// Every forge that the program knows; the first one that recognizes a remote is used.
const FORGES: &[ForgeKind] = &[github::KIND];

/// The forge behind the repository's remote, if it is a known one; nothing is sent.
pub(super) fn of(
    repository: &GitRepository,
    variables: &Variables,
    silence: Duration,
) -> Option<ForgeAccess> {
    let helpers = repository.clone();
    let remote = RemoteContext {
        url: &repository.server()?,
        variables,
        setting: &|key| repository.setting(key),
        connection: &|url| connection(repository, url),
        stored_password: Arc::new(move || helpers.password()),
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
