//! What a forge gives to the registry, and what it learns about a remote.

use std::sync::Arc;

use super::http::{Connection, RetryPolicy};
use crate::domain::ServerUrl;
use crate::port::{CiWorkflows, Forge, ForgeChecks, Password, Variables};

/// A kind of forge, such as GitHub.
#[derive(Clone, Copy)]
pub struct ForgeKind {
    /// Opens the remote's repository; `None` for a remote that is not on a forge of this kind.
    /// Sends nothing.
    pub open: fn(&RemoteContext<'_>) -> Option<ForgeAccess>,
    /// The passwords in the environment for `host` or `host:port`, the preferred one first.
    pub environment_passwords: fn(&Variables, &str) -> Vec<Password>,
}

/// Gives passwords for `host` or `host:port`.
pub type ServerPasswords = Arc<dyn Fn(&str) -> Vec<Password> + Send + Sync>;

/// A repository on a forge.
pub struct ForgeAccess {
    /// Its pull requests.
    pub forge: Arc<dyn Forge>,
    /// Its statuses and reviews.
    pub checks: Arc<dyn ForgeChecks>,
    /// Its CI workflows.
    pub ci: Arc<dyn CiWorkflows>,
    /// Passwords for Git that only the forge can give, such as the token of an app. Blocks, so it
    /// is called where blocking is allowed.
    pub passwords: Option<ServerPasswords>,
}

/// Looks for a password in Git's credential helpers.
pub type StoredPassword = Arc<dyn Fn() -> Option<Password> + Send + Sync>;

/// A remote and its settings, as Git knows them.
pub struct RemoteContext<'r> {
    /// The remote's URL.
    pub url: &'r ServerUrl,
    /// The variables of the environment.
    pub variables: &'r Variables,
    /// The value of a setting of Git's configuration about the server.
    pub server_setting: &'r dyn Fn(&str) -> Option<String>,
    /// The value of a setting about the repository on the server.
    pub repository_setting: &'r dyn Fn(&str) -> Option<String>,
    /// How a URL is reached.
    pub connection: &'r dyn Fn(&str) -> Connection,
    /// What Git's credential helpers have for the remote's server.
    pub stored_password: StoredPassword,
    /// How often and how long calls are retried.
    pub retry: RetryPolicy,
}
