//! Who speaks to GitHub: a token, or a GitHub App that gets itself one.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use octocrab::auth::{AppAuth, EncodingKey};
use octocrab::models::AppId;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::GitHub;
use super::fault::{Fault, Trouble};
use super::server::Server;
use super::session::Session;

/// What to log in with.
#[derive(Clone)]
pub enum Login {
    /// A token, of whatever kind.
    Token {
        /// The secret.
        token: SecretString,
        /// Where it came from, e.g. "the token in `GITHUB_TOKEN`".
        origin: String,
    },
    /// A GitHub App.
    App(App),
    /// Somebody who may know a token, asked only when one is needed.
    Asked {
        /// Gives a token and where it came from.
        ask: Ask,
        /// Where it was looked for before, e.g. "`GITHUB_TOKEN`".
        looked: Vec<String>,
    },
}

/// Gives a token and where it came from.
pub type Ask = Arc<dyn Fn() -> Option<(SecretString, String)> + Send + Sync>;

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.tried()).finish()
    }
}

/// A GitHub App with its key.
#[derive(Clone, Debug)]
pub struct App {
    /// The App's id, a number.
    pub id: u64,
    /// Its private key in PEM.
    pub key: SecretString,
    /// The installation; without it, it is asked for.
    pub installation: Option<u64>,
    /// Where id and key came from, e.g. "the GitHub App 17 with the key in `app.pem`".
    pub origin: String,
}

impl Login {
    /// What was tried, never the secret.
    pub(super) fn tried(&self) -> Vec<String> {
        match self {
            Self::Token { origin, .. } => vec![origin.clone()],
            Self::App(app) => vec![app.origin.clone()],
            Self::Asked { looked, .. } => looked.clone(),
        }
    }
}

impl GitHub {
    /// A token for a server that is good for now.
    pub(super) async fn fresh_token(&self, server: &Server) -> Result<SecretString, Fault> {
        match &self.login {
            Login::Token { token, .. } => Ok(token.clone()),
            Login::App(app) => self.installed(app, server).await,
            Login::Asked { ask, .. } => {
                // It may open a window and wait for somebody.
                let ask = Arc::clone(ask);
                let asked = tokio::task::spawn_blocking(move || ask()).await;
                match asked.ok().flatten() {
                    Some((token, _)) => Ok(token),
                    None => Err(Fault::credentials(Trouble::new("nothing to log in with"))),
                }
            }
        }
    }

    /// The installation's token. To ask again after a fault is safe: a second token undoes nothing.
    async fn installed(&self, app: &App, server: &Server) -> Result<SecretString, Fault> {
        let session = Session::open(
            &bearer(app)?,
            Instant::now(),
            server.clone(),
            &self.connection,
            self.patience,
        )?;
        let id = if let Some(id) = app.installation {
            id
        } else {
            let url = self.address.within("installation");
            let found = session.call(Method::GET, &url, None).await;
            let found = found.map_err(|fault| not_found(fault, &self.address.name()))?;
            found.field("id")?
        };
        let url = format!("{}/app/installations/{id}/access_tokens", self.address.api);
        let body = json!({ "repositories": [self.address.repository] });
        let made = session.call(Method::POST, &url, Some(&body)).await?;
        Ok(SecretString::from(made.field::<String>("token")?))
    }
}

/// The App's own token, signed with its key.
fn bearer(app: &App) -> Result<SecretString, Fault> {
    let key = EncodingKey::from_rsa_pem(app.key.expose_secret().as_bytes())
        .map_err(|_| Fault::credentials(Trouble::new("the key is no RSA key in PEM")))?;
    let app_id = AppId(app.id);
    let signed = AppAuth { app_id, key }.generate_bearer_token();
    let signed = signed.map_err(|_| Fault::credentials(Trouble::new("the key cannot sign")))?;
    Ok(SecretString::from(signed))
}

/// That the App is not installed, if that is what GitHub says.
fn not_found(fault: Fault, name: &str) -> Fault {
    match fault.status {
        Some(404) => Fault::credentials(Trouble::new(format!(
            "the App is not installed on {name}, or there is no such repository"
        ))),
        _ => fault,
    }
}
