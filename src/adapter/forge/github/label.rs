//! Labels, created where the repository lacks them.

use reqwest::{Method, Url};
use serde_json::json;

use super::pull::missing;
use super::repository::GitHub;
use crate::adapter::forge::http::CallError;

impl GitHub {
    /// Adds the labels that the pull request lacks.
    pub(super) async fn add_labels(&self, number: u64, labels: &[String]) -> Result<(), CallError> {
        if labels.is_empty() {
            return Ok(());
        }
        let pull = self.pull(number).await?.into_pull_request()?;
        let labels = missing(labels, &pull.labels);
        if labels.is_empty() {
            return Ok(());
        }
        for label in &labels {
            self.create_label(label).await?;
        }
        let url = self
            .address
            .repository_url(&format!("issues/{number}/labels"));
        let body = json!({ "labels": labels });
        self.client()
            .await?
            .call(Method::POST, &url, Some(&body))
            .await?;
        Ok(())
    }

    /// Creates a label, unless the repository has it.
    async fn create_label(&self, label: &str) -> Result<(), CallError> {
        let client = self.client().await?;
        let labels = self.address.repository_url("labels");
        let mut url = Url::parse(&labels)
            .map_err(|_| CallError::bad_address("the API's address is not a URL"))?;
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.push(label);
        }
        match client.call(Method::GET, url.as_str(), None).await {
            Err(error) if error.status() == Some(404) => {}
            found => return found.map(drop),
        }
        let body = json!({ "name": label });
        match client.call(Method::POST, &labels, Some(&body)).await {
            // Another run created it meanwhile.
            Err(error)
                if error.status() == Some(422) && error.message_contains("already_exists") =>
            {
                Ok(())
            }
            created => created.map(drop),
        }
    }
}
