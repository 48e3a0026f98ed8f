//! Promotions: their pages, and carrying them out.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use maud::Markup;

use super::super::answer::Answer;
use super::super::form::{Posted, Query};
use super::super::place::Place;
use super::super::trouble::Trouble;
use crate::server::pages::{self, Outcome, PromotionPage};
use crate::server::promotion::{Done, Planned, Wanted};

/// A promotion, before it is done.
pub(in crate::server::http) async fn promotion(place: Place, Query(fields): Query) -> Answer {
    let page = planned(&place, &Wanted::of(&fields)?, None).await?;
    Ok(page.into_response())
}

/// The same with other settings.
pub(in crate::server::http) async fn planned_again(place: Place, Posted(fields): Posted) -> Answer {
    let page = planned(&place, &Wanted::of(&fields)?, None).await?;
    Ok(page.into_response())
}

async fn planned(place: &Place, wanted: &Wanted, outcome: Option<&str>) -> Result<Markup, Trouble> {
    let asked = wanted.clone();
    let planned = place
        .work(async move |adapters| asked.plan(adapters).await)
        .await;
    let planned: Planned = planned?;
    Ok(pages::promotion(&PromotionPage {
        frame: &place.frame,
        wanted,
        planned: &planned,
        environments: place.environments(),
        outcome,
    }))
}

/// Promotes.
pub(in crate::server::http) async fn promote(mut place: Place, Posted(fields): Posted) -> Answer {
    let wanted = Wanted::of(&fields)?;
    let done = place.promote(&wanted).await?;
    match done {
        Done::Started { id } => {
            let outcome = Outcome::Started(&id);
            Ok(pages::done(&place.frame, &wanted, &outcome).into_response())
        }
        Done::Applied(applied) => match applied.summary() {
            Some(summary) => {
                let outcome = Outcome::Promoted(&summary);
                Ok(pages::done(&place.frame, &wanted, &outcome).into_response())
            }
            None => again(&place, &wanted, &applied.why_not()).await,
        },
        Done::Before { commit } => {
            let summary = format!("It was done already, in commit {}.", commit.short());
            let outcome = Outcome::Promoted(&summary);
            Ok(pages::done(&place.frame, &wanted, &outcome).into_response())
        }
        Done::Changed => {
            let why = "What would be promoted is not what was shown: somebody changed it meanwhile. \
                       Nothing was done. Look at the changes below, and promote again.";
            again(&place, &wanted, why).await
        }
    }
}

/// The same page again, with why nothing was done.
async fn again(place: &Place, wanted: &Wanted, why: &str) -> Answer {
    let page = planned(place, wanted, Some(why)).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}
