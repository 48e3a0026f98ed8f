//! The token of a GitHub App's installation.

use octocrab::auth::{AppAuth, EncodingKey};
use octocrab::models::AppId;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::login::App;
use super::repository::GitHub;
use crate::adapter::forge::http::CallError;

impl GitHub {
    /// The installation's token. A retry is safe: a second token invalidates nothing.
    pub(super) async fn installation_token(&self, app: &App) -> Result<SecretString, CallError> {
        let client = self.session.open(&app_token(app)?)?;
        let id = if let Some(id) = app.installation {
            id
        } else {
            let url = self.address.repository_url("installation");
            let found = client.call(Method::GET, &url, None).await;
            let found = found.map_err(|error| not_installed(error, &self.address.name()))?;
            found.field("id")?
        };
        let url = format!("{}/app/installations/{id}/access_tokens", self.address.api);
        let body = json!({ "repositories": [self.address.repository] });
        let created = client.call(Method::POST, &url, Some(&body)).await?;
        Ok(SecretString::from(created.field::<String>("token")?))
    }
}

/// The App's own token, signed with its key.
fn app_token(app: &App) -> Result<SecretString, CallError> {
    let key = EncodingKey::from_rsa_pem(app.key.expose_secret().as_bytes())
        .map_err(|_| CallError::credentials("the key is no RSA key in PEM"))?;
    let app_id = AppId(app.id);
    let signed = AppAuth { app_id, key }.generate_bearer_token();
    let signed = signed.map_err(|_| CallError::credentials("the key cannot sign"))?;
    Ok(SecretString::from(signed))
}

/// The error for a repository that the App does not see.
fn not_installed(error: CallError, repository: &str) -> CallError {
    match error.status() {
        Some(404) => CallError::credentials(format!(
            "the App is not installed on {repository}, or there is no such repository"
        )),
        _ => error,
    }
}
