//! Auto-merge, which only GraphQL can enable.

use reqwest::Method;
use serde_json::{Value, json};

use super::dialect::entry_message;
use super::repository::GitHub;
use crate::adapter::forge::http::CallError;
use crate::port::{AutoMerge, MergeMethod, PullRequest, PullRequestState};

const ENABLE: &str = "mutation($id: ID!, $method: PullRequestMergeMethod!) { \
    enablePullRequestAutoMerge(input: {pullRequestId: $id, mergeMethod: $method}) \
    { clientMutationId } }";

impl GitHub {
    /// Enables auto-merge, unless it is enabled or the pull request is merged.
    pub(super) async fn enable_auto_merge(
        &self,
        request: &PullRequest,
        method: MergeMethod,
    ) -> Result<AutoMerge, CallError> {
        let pull = self.pull(request.number).await?.into_pull_request()?;
        if pull.merges_when_ready || pull.state == PullRequestState::Merged {
            return Ok(AutoMerge::On);
        }
        let method = match method {
            MergeMethod::Merge => "MERGE",
            MergeMethod::Squash => "SQUASH",
            MergeMethod::Rebase => "REBASE",
        };
        let body = json!({
            "query": ENABLE,
            "variables": { "id": pull.id, "method": method },
        });
        let url = self.address.graphql_url();
        let client = self.client().await?;
        let answer = client.call(Method::POST, &url, Some(&body)).await?;
        match answer.body["errors"].as_array().map(Vec::as_slice) {
            None | Some([]) => Ok(AutoMerge::On),
            // GitHub refuses if no rule blocks merging; only its message, not its code, says so.
            Some(errors)
                if errors[0]["type"] == "UNPROCESSABLE"
                    && self.is_ready(request.number).await? =>
            {
                Ok(AutoMerge::NothingToWaitFor)
            }
            Some(errors) => Err(refused(errors)),
        }
    }

    /// Whether no rule of the base branch blocks merging it now.
    async fn is_ready(&self, number: u64) -> Result<bool, CallError> {
        match self.pull(number).await?.mergeable_state.as_deref() {
            Some("clean" | "has_hooks" | "unstable") => Ok(true),
            // GitHub computes this state after the first query.
            Some("unknown") => Err(CallError::transient(
                "whether it can be merged is not known yet",
            )),
            _ => Ok(false),
        }
    }
}

/// GraphQL's errors come with a success status, and are distinguished by their type.
fn refused(errors: &[Value]) -> CallError {
    let messages = errors.iter().map(entry_message).collect::<Vec<_>>();
    let message = messages.join("; ");
    match errors[0]["type"].as_str() {
        Some("FORBIDDEN" | "NOT_FOUND") => CallError::forbidden(message),
        Some("RATE_LIMITED") => CallError::transient(message),
        // "Something went wrong while executing your query" has neither.
        None if errors[0]["extensions"].is_null() => CallError::transient(message),
        _ => CallError::refused(message),
    }
}
