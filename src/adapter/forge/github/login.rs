//! What to log in with at GitHub.

use std::fmt;

use secrecy::SecretString;

use crate::adapter::forge::http::TokenSource;

/// What to log in with.
#[derive(Clone)]
pub enum Login {
    /// A token of any kind.
    Token(TokenSource),
    /// A GitHub App, which requests its own token.
    App(App),
}

/// A GitHub App with its key.
#[derive(Clone, Debug)]
pub struct App {
    /// The App's id, a number.
    pub id: u64,
    /// Its private key in PEM.
    pub key: SecretString,
    /// The installation; looked up if it is not given.
    pub installation: Option<u64>,
    /// Where id and key came from, e.g. "the GitHub App 17 with the key in `app.pem`".
    pub origin: String,
}

impl Login {
    /// What was tried, without the secret.
    pub(super) fn tried(&self) -> Vec<String> {
        match self {
            Self::Token(source) => source.tried(),
            Self::App(app) => vec![app.origin.clone()],
        }
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.tried()).finish()
    }
}
