//! Flows: the list, a flow as a picture, and its trigger.

use maud::{Markup, html};

use super::changes::read_only;
use super::graph;
use super::layout::Frame;
use super::lines::FILE;
use super::releases::list;
use super::words;
use crate::domain::{Flow, FlowStep, Product, Settings};
use crate::engine::{Allow, FlowPlan};
use crate::plan::FilePlan;
use crate::release::Release;
use crate::render::counted;
use crate::server::fields::query;
use crate::server::state::State;

/// How many releases the page of a flow lists.
const RELEASES: usize = 10;

/// The field that chooses a step whose lines are shown.
pub(in crate::server) const STEP: &str = "step";

/// The list of flows.
pub(in crate::server) fn flows(frame: &Frame, state: Option<&State>) -> Markup {
    let settings = state.map(|state| &state.files.settings);
    let flows = settings.map_or(&[][..], |settings| settings.flows.as_slice());
    let content = html! {
        div.heading { h1 { "Flows" } }
        @if let Some(settings) = settings.filter(|_| !flows.is_empty()) {
            div.cards { @for flow in flows { (summary(frame, settings, flow)) } }
        } @else {
            div.empty {
                p { "The configuration has no flows." }
                p { "A flow takes a product through several environments in order, with gates and workflows between: \
                     list it under " code { "flows" } " in " code { "promote.yaml" } "." }
            }
        }
    };
    frame.page("flows", "Flows", &content)
}

fn summary(frame: &Frame, settings: &Settings, flow: &Flow) -> Markup {
    let products = settings.products_of(flow);
    html! {
        section.panel {
            h2 { a href=(frame.address(&["flows", &flow.name])) { (flow.name) } }
            p.path {
                @for (at, environment) in flow.environments().enumerate() {
                    @if at > 0 { span aria-hidden="true" { " → " } }
                    (environment)
                }
            }
            p.quiet { @if products.is_empty() { "no product has it" } @else { (products.join(", ")) } }
        }
    }
}

/// What the page of a flow shows.
pub(in crate::server) struct FlowPage<'a> {
    pub frame: &'a Frame,
    pub state: &'a State,
    pub flow: &'a Flow,
    /// The product that is chosen.
    pub product: Option<&'a Product>,
    /// The applications that are chosen; all if empty.
    pub applications: &'a [String],
    /// What a release would do, if it was asked for.
    pub plan: Option<&'a FlowPlan>,
    /// Whether the person may trigger it.
    pub is_allowed: bool,
}

/// The page of a flow.
pub(in crate::server) fn flow(page: &FlowPage<'_>) -> Markup {
    let FlowPage {
        frame, state, flow, ..
    } = page;
    let all = state.releases();
    let own = all
        .into_iter()
        .filter(|release| release.manual.is_none() && release.flow == flow.name);
    let own: Vec<&Release> = own.take(RELEASES).collect();
    let content = html! {
        div.heading { h1 { (flow.name) } }
        (graph::of_flow(&flow.trigger_environment, &flow.steps))
        section.panel { h2 { "Trigger" } (trigger(page)) }
        @if let Some(plan) = page.plan { (planned(page, plan)) }
        section { h2 { "Steps" } @for step in &flow.steps { (self::step(step)) } (hooks(flow)) }
        section {
            h2 { "Releases" }
            @if own.is_empty() { p.quiet { "It has not run yet." } } @else { (list(frame, &own)) }
        }
    };
    frame.page("flows", &flow.name, &content)
}

/// First the product, then its applications.
fn trigger(page: &FlowPage<'_>) -> Markup {
    let FlowPage {
        frame,
        state,
        flow,
        product,
        ..
    } = page;
    let products = state.files.settings.products_of(flow);
    let own = frame.address(&["flows", &flow.name]);
    html! {
        @if products.is_empty() {
            p.quiet { "No product has this flow: list it under " code { "flows" } " of a product." }
        } @else if !page.is_allowed {
            p.quiet { "You may not trigger it." }
        } @else {
            form.tools method="get" action=(own) {
                label { "1. Product"
                    select name="product" {
                        @for name in &products {
                            option value=(name) selected[product.is_some_and(|product| product.name == **name)] { (name) }
                        }
                    }
                }
                button type="submit" { "Next" }
            }
            @if let Some(product) = product {
                form method="post" action=(frame.address(&["flows", &flow.name, "releases"])) {
                    (frame.token())
                    input type="hidden" name="product" value=(product.name);
                    fieldset {
                        legend { "2. Applications" }
                        @for application in &product.applications {
                            label {
                                input type="checkbox" name="service" value=(application)
                                    checked[page.applications.is_empty() || page.applications.contains(application)];
                                " " (application)
                            }
                        }
                    }
                    div.buttons {
                        button type="submit" formmethod="get" formaction=(own) name="preview" value="on" { "Preview" }
                        button.main type="submit" { "Trigger" }
                    }
                }
            }
        }
    }
}

/// What each environment would get.
fn planned(page: &FlowPage<'_>, plan: &FlowPlan) -> Markup {
    let own = page.frame.address(&["flows", &page.flow.name]);
    let lines = |environment: &str, file: &FilePlan| {
        let product = page.product.map_or("", |product| product.name.as_str());
        let applications = page.applications.iter();
        let applications = applications.map(|name| ("service", name.as_str()));
        let chosen = [
            ("product", product),
            ("preview", "on"),
            (STEP, environment),
            (FILE, file.path.as_str()),
        ];
        format!("{own}?{}", query(chosen.into_iter().chain(applications)))
    };
    html! {
        section {
            h2 { "What each environment would get" }
            @for step in &plan.steps {
                details.panel open[step.plan.changed_files().next().is_some()] {
                    summary {
                        strong { (step.step.environment) }
                        " from " (step.step.from) ": " (counted(step.plan.changed_files().count(), "file"))
                    }
                    (read_only(&step.plan, &Allow::default(), &|file| lines(&step.step.environment, file)))
                }
            }
        }
    }
}

fn step(step: &FlowStep) -> Markup {
    let checks = &step.checks;
    let gates = |gates: &Option<Vec<String>>| gates.as_ref().map(|gates| gates.join(", "));
    let rows = [
        ("after", Some(step.depends_on.join(", "))),
        (
            "delivered by",
            step.action.map(|action| words::action(action).to_owned()),
        ),
        (words::GATES_BEFORE, gates(&checks.gates_before)),
        (words::WORKFLOW_BEFORE, checks.pre_action.clone()),
        (words::GATES_AFTER, gates(&checks.gates_after)),
        (words::WORKFLOW_AFTER, checks.post_action.clone()),
    ];
    html! {
        div.panel {
            h3 { (step.environment) }
            dl { @for (name, value) in rows { @if let Some(value) = value { dt { (name) } dd { (value) } } } }
        }
    }
}

fn hooks(flow: &Flow) -> Markup {
    let hooks = [
        ("when it starts", &flow.hooks.on_start),
        ("when it has succeeded", &flow.hooks.on_success),
        ("when it has failed", &flow.hooks.on_fail),
    ];
    html! {
        @for (when, workflow) in hooks {
            @if let Some(workflow) = workflow { p.quiet { (when) ": " (workflow) } }
        }
    }
}

/// Where a flow is triggered for a product.
pub(super) fn trigger_address(frame: &Frame, flow: &str, product: &str) -> String {
    format!(
        "{}?{}",
        frame.address(&["flows", flow]),
        query([("product", product)])
    )
}
