//! What to log in with.

use std::sync::Arc;

use secrecy::SecretString;

/// A user and a password for a server.
#[derive(Clone, Debug)]
pub struct Password {
    /// The user; forges take any with a token.
    pub user: String,
    /// The password or token.
    pub secret: SecretString,
    /// Where it comes from, e.g. "the token in `GITHUB_TOKEN`".
    pub origin: String,
}

/// Gives the passwords for `host` or `host:port`; may ask a forge for one.
pub type Passwords = Arc<dyn Fn(&str) -> Vec<Password> + Send + Sync>;

/// Reads a variable of the environment by its name.
pub type Variables = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;
