//! Labels, made where the repository has them not.

use reqwest::{Method, Url};
use serde_json::json;

use super::GitHub;
use super::fault::{Fault, Trouble};
use super::pull::missing;

impl GitHub {
    /// The labels that the pull request lacks.
    pub(super) async fn labelled(&self, number: u64, labels: &[String]) -> Result<(), Fault> {
        if labels.is_empty() {
            return Ok(());
        }
        let there = self.pull(number).await?.read()?.labels;
        let labels = missing(labels, &there);
        if labels.is_empty() {
            return Ok(());
        }
        for label in &labels {
            self.known(label).await?;
        }
        let url = self.address.within(&format!("issues/{number}/labels"));
        let body = json!({ "labels": labels });
        self.session()
            .await?
            .call(Method::POST, &url, Some(&body))
            .await?;
        Ok(())
    }

    /// Makes a label, unless the repository has it.
    async fn known(&self, label: &str) -> Result<(), Fault> {
        let session = self.session().await?;
        let labels = self.address.within("labels");
        let mut url = Url::parse(&labels)
            .map_err(|_| Fault::lasting(Trouble::new("the API's address is no URL")))?;
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.push(label);
        }
        match session.call(Method::GET, url.as_str(), None).await {
            Err(fault) if fault.status == Some(404) => {}
            found => return found.map(drop),
        }
        let body = json!({ "name": label });
        match session.call(Method::POST, &labels, Some(&body)).await {
            // Somebody else was quicker.
            Err(fault) if fault.status == Some(422) && fault.says("already_exists") => Ok(()),
            made => made.map(drop),
        }
    }
}
