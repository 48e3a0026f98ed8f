//! Auto-merge, which only GraphQL can turn on.

use reqwest::Method;
use serde_json::{Value, json};

use super::GitHub;
use super::fault::{Fault, Trouble, said_by};
use crate::port::{AutoMerge, MergeMethod, PullRequest, PullRequestState};

const ENABLE: &str = "mutation($id: ID!, $method: PullRequestMergeMethod!) { \
    enablePullRequestAutoMerge(input: {pullRequestId: $id, mergeMethod: $method}) \
    { clientMutationId } }";

impl GitHub {
    /// Turns auto-merge on, unless it is, or there is nothing left to merge.
    pub(super) async fn merging(
        &self,
        request: &PullRequest,
        method: MergeMethod,
    ) -> Result<AutoMerge, Fault> {
        let there = self.pull(request.number).await?.read()?;
        if there.merges_when_ready || there.state == PullRequestState::Merged {
            return Ok(AutoMerge::On);
        }
        let method = match method {
            MergeMethod::Merge => "MERGE",
            MergeMethod::Squash => "SQUASH",
            MergeMethod::Rebase => "REBASE",
        };
        let body = json!({
            "query": ENABLE,
            "variables": { "id": there.id, "method": method },
        });
        let url = self.address.graphql();
        let session = self.session().await?;
        let answer = session.call(Method::POST, &url, Some(&body)).await?;
        match answer.body()["errors"].as_array().map(Vec::as_slice) {
            None | Some([]) => Ok(AutoMerge::On),
            // GitHub refuses where it has nothing to wait for, and says why in words only.
            Some(errors)
                if errors[0]["type"] == "UNPROCESSABLE"
                    && self.is_ready(request.number).await? =>
            {
                Ok(AutoMerge::NothingToWaitFor)
            }
            Some(errors) => Err(refused(errors)),
        }
    }

    /// Whether no rule of the base branch stands against merging it now.
    async fn is_ready(&self, number: u64) -> Result<bool, Fault> {
        match self.pull(number).await?.mergeable_state.as_deref() {
            Some("clean" | "has_hooks" | "unstable") => Ok(true),
            // GitHub finds it out when it is asked for the first time.
            Some("unknown") => Err(Fault::passing(Trouble::new(
                "whether it can be merged is not known yet",
            ))),
            _ => Ok(false),
        }
    }
}

/// GraphQL's errors come with a status of success, and are told apart by their type.
fn refused(errors: &[Value]) -> Fault {
    let said = errors.iter().map(said_by).collect::<Vec<_>>();
    let said = Trouble::new(said.join("; "));
    match errors[0]["type"].as_str() {
        Some("FORBIDDEN" | "NOT_FOUND") => Fault::permission(said),
        Some("RATE_LIMITED") => Fault::passing(said),
        // "Something went wrong while executing your query" has neither.
        None if errors[0]["extensions"].is_null() => Fault::passing(said),
        _ => Fault::refusal(said),
    }
}
