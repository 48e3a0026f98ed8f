//! Comments, each written once.

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::GitHub;
use super::fault::Fault;

#[derive(Deserialize)]
struct Comment {
    body: Option<String>,
}

impl GitHub {
    /// A comment, unless one with the line `mark` is there.
    pub(super) async fn commented(&self, number: u64, mark: &str, text: &str) -> Result<(), Fault> {
        let comments = self.address.within(&format!("issues/{number}/comments"));
        let session = self.session().await?;
        let there: Vec<Comment> = session.all(&format!("{comments}?per_page=100")).await?;
        let mut lines = there
            .iter()
            .flat_map(|c| c.body.iter())
            .flat_map(|b| b.lines());
        if lines.any(|line| line.trim() == mark.trim()) {
            return Ok(());
        }
        let body = json!({ "body": text });
        session.call(Method::POST, &comments, Some(&body)).await?;
        Ok(())
    }
}
