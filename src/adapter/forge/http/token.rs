//! Where a token comes from.

use std::sync::Arc;

use secrecy::SecretString;

use super::error::CallError;

/// Looks for a token, which may open a window and wait for the user.
pub type FindToken = Arc<dyn Fn() -> Option<SecretString> + Send + Sync>;

/// A token, or where to look for one.
#[derive(Clone)]
pub enum TokenSource {
    /// A token that is known.
    Known {
        /// The secret.
        token: SecretString,
        /// Where it came from, e.g. "the token in `GITHUB_TOKEN`".
        origin: String,
    },
    /// A token that is looked for when the first request needs it.
    OnDemand {
        /// Looks for it.
        find: FindToken,
        /// All places where it is looked for, e.g. "`GITHUB_TOKEN`".
        places: Vec<String>,
    },
}

impl TokenSource {
    /// What was tried, without the secret.
    pub fn tried(&self) -> Vec<String> {
        match self {
            Self::Known { origin, .. } => vec![origin.clone()],
            Self::OnDemand { places, .. } => places.clone(),
        }
    }

    /// The token.
    pub(crate) async fn token(&self) -> Result<SecretString, CallError> {
        match self {
            Self::Known { token, .. } => Ok(token.clone()),
            Self::OnDemand { find, .. } => {
                let find = Arc::clone(find);
                let found = tokio::task::spawn_blocking(move || find()).await;
                let found = found.ok().flatten();
                found.ok_or_else(|| CallError::credentials("nothing to log in with"))
            }
        }
    }
}
