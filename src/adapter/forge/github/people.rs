//! Reviewers and assignees.

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::GitHub;
use super::fault::{Fault, Trouble};
use super::pull::{Account, missing};

#[derive(Deserialize)]
struct Review {
    user: Option<Account>,
    state: String,
}

#[derive(Deserialize)]
struct Assigned {
    assignees: Vec<Account>,
}

impl GitHub {
    /// Asks those who neither are asked nor have answered; a review that was dismissed is no answer.
    pub(super) async fn reviews_requested(
        &self,
        number: u64,
        reviewers: &[String],
        teams: &[String],
    ) -> Result<(), Fault> {
        if reviewers.is_empty() && teams.is_empty() {
            return Ok(());
        }
        let there = self.pull(number).await?.read()?;
        let session = self.session().await?;
        let mut asked = there.reviewers;
        if !missing(reviewers, &asked).is_empty() {
            let reviews = self
                .address
                .within(&format!("pulls/{number}/reviews?per_page=100"));
            let reviews: Vec<Review> = session.all(&reviews).await?;
            let answered = reviews
                .into_iter()
                .filter(|review| review.state != "DISMISSED");
            asked.extend(answered.filter_map(|review| Some(review.user?.login)));
        }
        let reviewers = missing(reviewers, &asked);
        let teams = missing(teams, &there.teams);
        if reviewers.is_empty() && teams.is_empty() {
            return Ok(());
        }
        let url = self
            .address
            .within(&format!("pulls/{number}/requested_reviewers"));
        let body = json!({ "reviewers": reviewers, "team_reviewers": teams });
        session.call(Method::POST, &url, Some(&body)).await?;
        Ok(())
    }

    /// Assigns those who are not assigned yet.
    pub(super) async fn assigned(&self, number: u64, assignees: &[String]) -> Result<(), Fault> {
        if assignees.is_empty() {
            return Ok(());
        }
        let there = self.pull(number).await?.read()?.assignees;
        let wanted = missing(assignees, &there);
        if wanted.is_empty() {
            return Ok(());
        }
        let url = self.address.within(&format!("issues/{number}/assignees"));
        let body = json!({ "assignees": wanted });
        let session = self.session().await?;
        let answer = session.call(Method::POST, &url, Some(&body)).await?;
        // GitHub leaves out people whom it cannot assign, and says nothing.
        let there = answer.read::<Assigned>()?.assignees.into_iter();
        let there = there.map(|account| account.login).collect::<Vec<_>>();
        match missing(assignees, &there).as_slice() {
            [] => Ok(()),
            left_out => Err(Fault::refusal(Trouble::new(format!(
                "`{}` cannot be assigned here",
                left_out.join("`, `")
            )))),
        }
    }
}
