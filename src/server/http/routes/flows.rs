//! Flows: their pages, and their triggers.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};

use super::super::answer::{Answer, Shared};
use super::super::form::{Posted, Query};
use super::super::place::Place;
use super::super::session::Session;
use super::super::trouble::Trouble;
use crate::domain::Right;
use crate::engine::{self, FlowPlanRequest, StartRequest};
use crate::port::NoObserver;
use crate::server::pages::{self, FlowPage};
use crate::server::state::looked_at;

pub(in crate::server::http) async fn flows(
    State(site): Shared,
    Path(repository): Path<String>,
    Extension(session): Extension<Session>,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let page = pages::flows(&place.frame, place.view.state.as_deref());
    Ok(page.into_response())
}

/// A flow; the query chooses the product, its applications, and whether they are planned.
pub(in crate::server::http) async fn flow(
    State(site): Shared,
    Path((repository, name)): Path<(String, String)>,
    Extension(session): Extension<Session>,
    Query(fields): Query,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let state = place.state()?;
    let flow = state.files.settings.flow(&name);
    let flow = flow.ok_or_else(|| Trouble::missing("flow", &name))?;
    let product = fields.get("product");
    let product = product
        .map(|name| {
            let product = state.files.settings.product(name);
            product.ok_or_else(|| Trouble::missing("product", name))
        })
        .transpose()?;
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
            Some(planned.await.map_err(Trouble::from)?)
        }
        None => None,
    };
    let page = pages::flow(&FlowPage {
        frame: &place.frame,
        state,
        flow,
        product,
        applications: &applications,
        plan: plan.as_ref(),
        is_allowed: place
            .allow(Right::Trigger, product.map(|p| p.name.as_str()), None)
            .is_ok(),
    });
    Ok(page.into_response())
}

/// Starts a release of a flow.
pub(in crate::server::http) async fn trigger(
    State(site): Shared,
    Path((repository, name)): Path<(String, String)>,
    Extension(session): Extension<Session>,
    Posted(fields): Posted,
) -> Answer {
    let place = Place::new(&site, &repository, &session)?;
    let state = place.state()?;
    let product = fields.text("product").unwrap_or_default();
    place.allow(Right::Trigger, Some(&product), None)?;
    let known = state.files.settings.product(&product);
    let known = known.ok_or_else(|| Trouble::missing("product", &product))?;
    let mut applications = fields.all("service");
    place.check_applications(&product, &applications)?;
    if known
        .applications
        .iter()
        .all(|name| applications.contains(name))
    {
        // All of them, whatever the product has then.
        applications.clear();
    }
    place.changes(&site, &format!("trigger flow={name} product={product}"));
    let request = StartRequest {
        product,
        flow: name,
        applications,
        source: None,
        branch: None,
        configuration: None,
    };
    let started = place
        .releases(async move |ports| engine::start_release(ports, &request).await)
        .await;
    let started = started.map_err(Trouble::from)?;
    place.look_again(&site).await;
    let address = place.frame.address(&["releases", started.id()]);
    Ok(Redirect::to(&format!("{address}?new=on")).into_response())
}
