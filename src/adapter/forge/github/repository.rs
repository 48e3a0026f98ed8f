//! One repository on GitHub, and the session that its calls share.

use std::fmt;
use std::time::Duration;

use reqwest::Url;
use secrecy::SecretString;

use super::address::Address;
use super::dialect::GitHubDialect;
use super::login::Login;
use crate::adapter::forge::http::{
    CallError, Connection, HttpClient, Operation, RetryPolicy, Session,
};
use crate::port::ForgeError;

/// The URL of what is below another one; its parts can have any characters.
pub fn url_below(url: &str, parts: &[&str]) -> Result<Url, CallError> {
    let unusable = || CallError::bad_address("the API's address is not a URL");
    let mut url = Url::parse(url).map_err(|_| unusable())?;
    (url.path_segments_mut().map_err(|()| unusable())?).extend(parts);
    Ok(url)
}

/// How long an installation's token is used; GitHub accepts it for an hour.
const INSTALLATION_TOKEN_LIFETIME: Duration = Duration::from_secs(50 * 60);

/// The pull requests of one repository on GitHub.
pub struct GitHub {
    pub(super) address: Address,
    login: Login,
    pub(super) session: Session,
}

impl fmt::Debug for GitHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHub")
            .field("address", &self.address)
            .field("login", &self.login)
            .finish_non_exhaustive()
    }
}

impl GitHub {
    /// A repository's pull requests. Nothing is sent, read or opened before the first call.
    pub fn new(address: Address, login: Login, retry: RetryPolicy, connection: Connection) -> Self {
        let session = Session::new(address.api.clone(), connection, retry, &GitHubDialect);
        Self {
            address,
            login,
            session,
        }
    }

    /// The token in use, which is also the password for Git over HTTPS.
    ///
    /// # Errors
    /// When there is none, or GitHub does not issue one for the App.
    pub async fn token(&self) -> Result<SecretString, ForgeError> {
        let operation = Operation {
            name: "give a token",
            permission: "an installation",
        };
        let client = self.retried(&operation, || self.client()).await?;
        Ok(client.token().clone())
    }

    /// The token, for a thread that may block; `None` where there is none, or no runtime.
    pub(super) fn blocking_token(&self) -> Option<SecretString> {
        let runtime = tokio::runtime::Handle::try_current().ok()?;
        runtime.block_on(self.token()).ok()
    }

    /// A client that is logged in.
    pub(super) async fn client(&self) -> Result<HttpClient, CallError> {
        let lifetime = match &self.login {
            Login::Token(_) => None,
            Login::App(_) => Some(INSTALLATION_TOKEN_LIFETIME),
        };
        if let Some(client) = self.session.client(lifetime)? {
            return Ok(client);
        }
        let token = match &self.login {
            Login::Token(source) => source.token().await?,
            Login::App(app) => self.installation_token(app).await?,
        };
        self.session.log_in(&token)
    }

    /// Repeats an attempt as the policy allows, with the port's errors.
    pub(super) async fn retried<T, Attempt>(
        &self,
        operation: &Operation,
        attempt: impl FnMut() -> Attempt,
    ) -> Result<T, ForgeError>
    where
        Attempt: Future<Output = Result<T, CallError>>,
    {
        let result = self.session.retried(attempt).await;
        result.map_err(|error| self.forge_error(error, operation))
    }

    /// The port's error.
    pub(super) fn forge_error(&self, error: CallError, operation: &Operation) -> ForgeError {
        error.into_forge_error(&self.address.host, operation, self.login.tried())
    }
}
