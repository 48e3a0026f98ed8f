//! Reviewers and assignees.

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::pull::{Account, missing};
use super::repository::GitHub;
use crate::adapter::forge::http::CallError;

#[derive(Deserialize)]
struct Review {
    user: Option<Account>,
    state: String,
}

#[derive(Deserialize)]
struct Assignment {
    assignees: Vec<Account>,
}

impl GitHub {
    /// Requests reviews from those who were not asked yet and have not reviewed; a dismissed review
    /// does not count.
    pub(super) async fn add_reviewers(
        &self,
        number: u64,
        reviewers: &[String],
        teams: &[String],
    ) -> Result<(), CallError> {
        if reviewers.is_empty() && teams.is_empty() {
            return Ok(());
        }
        let pull = self.pull(number).await?.into_pull_request()?;
        let client = self.client().await?;
        let mut involved = pull.reviewers;
        if !missing(reviewers, &involved).is_empty() {
            let reviews = self
                .address
                .repository_url(&format!("pulls/{number}/reviews?per_page=100"));
            let reviews: Vec<Review> = client.list(&reviews).await?;
            let current = reviews
                .into_iter()
                .filter(|review| review.state != "DISMISSED");
            involved.extend(current.filter_map(|review| Some(review.user?.login)));
        }
        let reviewers = missing(reviewers, &involved);
        let teams = missing(teams, &pull.teams);
        if reviewers.is_empty() && teams.is_empty() {
            return Ok(());
        }
        let url = self
            .address
            .repository_url(&format!("pulls/{number}/requested_reviewers"));
        let body = json!({ "reviewers": reviewers, "team_reviewers": teams });
        client.call(Method::POST, &url, Some(&body)).await?;
        Ok(())
    }

    /// Assigns those who are not assigned yet.
    pub(super) async fn add_assignees(
        &self,
        number: u64,
        assignees: &[String],
    ) -> Result<(), CallError> {
        if assignees.is_empty() {
            return Ok(());
        }
        let pull = self.pull(number).await?.into_pull_request()?;
        let wanted = missing(assignees, &pull.assignees);
        if wanted.is_empty() {
            return Ok(());
        }
        let url = self
            .address
            .repository_url(&format!("issues/{number}/assignees"));
        let body = json!({ "assignees": wanted });
        let client = self.client().await?;
        let answer = client.call(Method::POST, &url, Some(&body)).await?;
        // GitHub silently leaves out people whom it cannot assign.
        let assigned = answer.parse::<Assignment>()?.assignees.into_iter();
        let assigned = assigned.map(|account| account.login).collect::<Vec<_>>();
        match missing(assignees, &assigned).as_slice() {
            [] => Ok(()),
            left_out => Err(CallError::refused(format!(
                "`{}` cannot be assigned here",
                left_out.join("`, `")
            ))),
        }
    }
}
