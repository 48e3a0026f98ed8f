//! Comments, each written once.

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::repository::GitHub;
use crate::adapter::forge::http::CallError;

#[derive(Deserialize)]
struct Comment {
    body: Option<String>,
}

impl GitHub {
    /// Writes a comment, unless one has the line `mark`.
    pub(super) async fn comment_once(
        &self,
        number: u64,
        mark: &str,
        text: &str,
    ) -> Result<(), CallError> {
        let comments = self
            .address
            .repository_url(&format!("issues/{number}/comments"));
        let client = self.client().await?;
        let present: Vec<Comment> = client.list(&format!("{comments}?per_page=100")).await?;
        let mut lines = present
            .iter()
            .flat_map(|c| c.body.iter())
            .flat_map(|b| b.lines());
        if lines.any(|line| line.trim() == mark.trim()) {
            return Ok(());
        }
        let body = json!({ "body": text });
        client.call(Method::POST, &comments, Some(&body)).await?;
        Ok(())
    }
}
