//! Flows: their pages, and their triggers.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};

use super::super::answer::Answer;
use super::super::form::{Posted, Query};
use super::super::operations::Start;
use super::super::place::{Place, large_page};
use super::super::trouble::Trouble;
use super::lines::lines_page;
use crate::domain::Right;
use crate::engine::{self, FlowPlanRequest};
use crate::port::NoObserver;
use crate::server::pages::{self, FlowPage};
use crate::server::state::looked_at;

pub(in crate::server::http) async fn flows(place: Place) -> Answer {
    let page = pages::flows(&place.frame, place.view.state.as_deref());
    Ok(page.into_response())
}

/// A flow; the query chooses the product, its applications, and whether they are planned.
pub(in crate::server::http) async fn flow(
    place: Place,
    Path((_, name)): Path<(String, String)>,
    Query(fields): Query,
) -> Answer {
    let state = place.state()?;
    let flow = state.files.settings.flow(&name);
    let flow = flow.ok_or_else(|| Trouble::missing("flow", &name))?;
    let product = place.product(fields.get("product"))?;
    let applications = fields.all("service");
    let plan = match product.filter(|_| fields.get("preview").is_some()) {
        Some(product) => {
            let request = FlowPlanRequest {
                flow: name.clone(),
                product: product.name.clone(),
                applications: applications.clone(),
                source: None,
                branch: looked_at(),
                settings: None,
            };
            let planned = place.work(async move |adapters| {
                engine::plan_flow(&adapters.ports(&NoObserver), &request).await
            });
            Some(planned.await?)
        }
        None => None,
    };
    if let (Some(plan), Some(environment)) = (&plan, fields.get(pages::STEP)) {
        let mut steps = plan.steps.iter();
        let step = steps.find(|step| step.step.environment == environment);
        let step = step.ok_or_else(|| Trouble::missing("step", environment))?;
        return Ok(lines_page(&place, "flows", &step.plan, &fields)?.into_response());
    }
    let page = FlowPage {
        frame: &place.frame,
        state,
        flow,
        product,
        applications: &applications,
        plan: plan.as_ref(),
        is_allowed: place
            .allow(Right::Trigger, product.map(|p| p.name.as_str()), None)
            .is_ok(),
    };
    Ok(large_page(|| pages::flow(&page)).into_response())
}

/// Starts a release of a flow.
pub(in crate::server::http) async fn trigger(
    mut place: Place,
    Path((_, flow)): Path<(String, String)>,
    Posted(fields): Posted,
) -> Answer {
    let start = Start {
        flow,
        product: fields.text("product").unwrap_or_default(),
        applications: fields.all("service"),
    };
    let id = place.start(start).await?;
    let address = place.frame.address(&["releases", &id]);
    Ok(Redirect::to(&format!("{address}?new=on")).into_response())
}
