//! Promotions: their pages, and carrying them out.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use maud::Markup;

use super::super::answer::Answer;
use super::super::form::{Posted, Query};
use super::super::place::{Place, large_page};
use super::super::trouble::Trouble;
use super::lines::lines_page;
use crate::server::fields::{Fields, UnknownWord};
use crate::server::pages::{self, Listing, Outcome, PromotionPage};
use crate::server::promotion::{Done, Planned, Wanted};

/// What a query or a form asks for: the promotion, and which part of its differences is shown.
fn asked(fields: &Fields) -> Result<(Wanted, Listing), UnknownWord> {
    Ok((Wanted::of(fields)?, Listing::of(fields)?))
}

/// A promotion, before it is done.
pub(in crate::server::http) async fn promotion(place: Place, Query(fields): Query) -> Answer {
    let page = planned(&place, &asked(&fields)?, None).await?;
    Ok(page.into_response())
}

/// The same with other settings.
pub(in crate::server::http) async fn planned_again(place: Place, Posted(fields): Posted) -> Answer {
    let page = planned(&place, &asked(&fields)?, None).await?;
    Ok(page.into_response())
}

/// The lines of a file of a promotion.
pub(in crate::server::http) async fn lines(place: Place, Query(fields): Query) -> Answer {
    lines_of(&place, &fields).await
}

/// The same with what is chosen in a form.
pub(in crate::server::http) async fn chosen_lines(place: Place, Posted(fields): Posted) -> Answer {
    lines_of(&place, &fields).await
}

async fn lines_of(place: &Place, fields: &Fields) -> Answer {
    let plan = place.plan_shown(&Wanted::of(fields)?).await?;
    let page = lines_page(place, "", &plan, fields)?;
    Ok(page.into_response())
}

async fn plan(place: &Place, wanted: &Wanted) -> Result<Planned, Trouble> {
    let asked = wanted.clone();
    let planned = place.work(async move |adapters| asked.plan(adapters).await);
    Ok(planned.await?)
}

async fn planned(
    place: &Place,
    (wanted, listing): &(Wanted, Listing),
    outcome: Option<&str>,
) -> Result<Markup, Trouble> {
    let planned = plan(place, wanted).await?;
    let page = PromotionPage {
        frame: &place.frame,
        wanted,
        planned: &planned,
        listing,
        environments: place.environments(),
        outcome,
    };
    Ok(large_page(|| pages::promotion(&page)))
}

/// Promotes.
pub(in crate::server::http) async fn promote(mut place: Place, Posted(fields): Posted) -> Answer {
    let asked = asked(&fields)?;
    let (wanted, _) = &asked;
    let done = place.promote(wanted).await?;
    match done {
        Done::Started { id } => {
            let outcome = Outcome::Started(&id);
            Ok(pages::done(&place.frame, wanted, &outcome).into_response())
        }
        Done::Applied(applied) => match applied.summary() {
            Some(summary) => {
                let outcome = Outcome::Promoted(&summary);
                Ok(pages::done(&place.frame, wanted, &outcome).into_response())
            }
            None => again(&place, &asked, &applied.why_not()).await,
        },
        Done::Before { commit } => {
            let summary = format!("It was done already, in commit {}.", commit.short());
            let outcome = Outcome::Promoted(&summary);
            Ok(pages::done(&place.frame, wanted, &outcome).into_response())
        }
        Done::Changed => {
            let why = "What would be promoted is not what was shown: the form or the repository has changed \
                       since. Nothing was done. Look at the changes below, and promote again.";
            again(&place, &asked, why).await
        }
    }
}

/// The same page again, with why nothing was done.
async fn again(place: &Place, asked: &(Wanted, Listing), why: &str) -> Answer {
    let page = planned(place, asked, Some(why)).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}
