//! Which settings apply to a promotion, and where each of them comes from.

use maud::{Markup, html};

use super::layout::Frame;
use super::words::table;
use crate::domain::PolicyEvaluation;
use crate::render::policy;
use crate::server::state::State;

/// What is chosen on the page.
pub(in crate::server) struct PoliciesPage<'a> {
    pub frame: &'a Frame,
    pub state: Option<&'a State>,
    pub product: Option<&'a str>,
    pub environment: Option<&'a str>,
    pub flow: Option<&'a str>,
    /// The result, or why there is none.
    pub evaluation: Option<Result<PolicyEvaluation, String>>,
}

/// The page that evaluates policies.
pub(in crate::server) fn policies(page: &PoliciesPage<'_>) -> Markup {
    let content = html! {
        div.heading { h1 { "Policies" } }
        @match page.state.map(|state| &state.files) {
            Some(files) if !files.settings.products.is_empty() => {
                p.quiet { "Which settings apply when a product is promoted to an environment, and where each comes from." }
                form.tools method="get" action=(page.frame.address(&["policies"])) {
                    (choice("product", "Product", page.product, None, files.settings.products.iter().map(|p| p.name.as_str())))
                    (choice("environment", "Environment", page.environment, None, files.status().environments.iter().map(String::as_str)))
                    (choice("flow", "Flow", page.flow, Some("none"), files.settings.flows.iter().map(|f| f.name.as_str())))
                    button type="submit" { "Evaluate" }
                }
            },
            _ => p.empty { "Policies are for products, and the configuration has none." },
        }
        @match &page.evaluation {
            Some(Ok(evaluation)) => {
                section { h2 { "Settings" } (table(&policy::settings(evaluation))) }
                @if !evaluation.policies.is_empty() {
                    section { h2 { "Policies, the strongest first" } (table(&policy::policies(evaluation))) }
                }
            },
            Some(Err(why)) => p.note.error { (why) },
            None => {},
        }
    };
    page.frame.page("policies", "Policies", &content)
}

fn choice<'n>(
    field: &str,
    label: &str,
    chosen: Option<&str>,
    none: Option<&str>,
    names: impl Iterator<Item = &'n str>,
) -> Markup {
    html! {
        label { (label)
            select name=(field) {
                @if let Some(none) = none { option value="" { (none) } }
                @for name in names { option value=(name) selected[chosen == Some(name)] { (name) } }
            }
        }
    }
}
