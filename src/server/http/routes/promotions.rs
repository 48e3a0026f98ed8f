//! Promotions: their pages, and carrying them out.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use maud::Markup;

use super::super::answer::{Answer, Shared};
use super::super::form::{Posted, Query};
use super::super::place::Place;
use super::super::session::Session;
use super::super::trouble::Trouble;
use crate::domain::Right;
use crate::server::pages::{self, Outcome, PromotionPage};
use crate::server::promotion::{Done, Planned, Wanted};

/// A promotion, before it is done.
pub(in crate::server::http) async fn promotion(
    State(site): Shared,
    Path(repository): Path<String>,
    Extension(session): Extension<Session>,
    Query(fields): Query,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let page = planned(&place, &Wanted::of(&fields), None).await?;
    Ok(page.into_response())
}

/// The same with other settings.
pub(in crate::server::http) async fn planned_again(
    State(site): Shared,
    Path(repository): Path<String>,
    Extension(session): Extension<Session>,
    Posted(fields): Posted,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let page = planned(&place, &Wanted::of(&fields), None).await?;
    Ok(page.into_response())
}

async fn planned(place: &Place, wanted: &Wanted, outcome: Option<&str>) -> Result<Markup, Trouble> {
    let asked = wanted.clone();
    let planned = place
        .work(async move |adapters| asked.plan(adapters).await)
        .await;
    let planned: Planned = planned.map_err(Trouble::from)?;
    Ok(pages::promotion(&PromotionPage {
        frame: &place.frame,
        wanted,
        planned: &planned,
        environments: place.environments(),
        outcome,
    }))
}

/// Promotes.
pub(in crate::server::http) async fn promote(
    State(site): Shared,
    Path(repository): Path<String>,
    Extension(session): Extension<Session>,
    Posted(fields): Posted,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let wanted = Wanted::of(&fields);
    place.allow(Right::Promote, wanted.only_product(), Some(&wanted.to))?;
    place.changes(&site, &wanted.in_words());
    let asked = wanted.clone();
    let done = place
        .work(async move |adapters| Box::pin(asked.carry_out(adapters)).await)
        .await
        .map_err(Trouble::from)?;
    place.served.look.notify_one();
    match done {
        Done::Started { id } => {
            // So that its page is there.
            place.look_again(&site).await;
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
