//! Credentials, and where they come from.

use std::sync::Arc;

use secrecy::SecretString;

use crate::domain::RepositoryUrl;

/// A user and a password for a server.
#[derive(Clone, Debug)]
pub struct Password {
    /// The user; with a token, forges accept any.
    pub user: String,
    /// The password or token.
    pub secret: SecretString,
    /// Where it comes from, e.g. "the token in `GITHUB_TOKEN`".
    pub origin: String,
}

/// Gives the passwords for `host` or `host:port`, in the order to try them; for another repository there,
/// or for this one.
pub type Passwords = Arc<dyn Fn(&str, Option<&RepositoryUrl>) -> Vec<Password> + Send + Sync>;

/// Reads an environment variable by its name.
pub type Variables = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;
