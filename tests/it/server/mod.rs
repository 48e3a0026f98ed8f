//! The dashboard, in a browser, and by the requests that programs, proxies, forges and attackers send.

mod api;
mod approvals;
mod browser;
mod choice;
mod client;
mod clones;
mod commands;
mod detours;
mod hostile;
mod large;
mod limits;
mod metrics;
mod oidc;
mod provider;
mod replicas;
mod requests;
mod rights;
mod sign_in;
mod webhooks;

use client::Server;

use crate::world::{Repo, World};

/// A product in two environments.
const FILES: [(&str, &str); 2] = [
    ("apps/api/staging/values.yaml", "image: {tag: 2.0.0}\n"),
    ("apps/api/production/values.yaml", "image: {tag: 1.0.0}\n"),
];

/// Its configuration, with more lines.
fn configuration(more: &str) -> String {
    format!(
        "environments:
  - {{name: staging}}
  - {{name: production, aliases: [prod]}}
products:
  - {{name: loans, applications: [api]}}
{more}"
    )
}

/// A remote and a clone with a product, and this in the configuration.
fn cloned<'w>(world: &'w World, more: &str) -> (Repo<'w>, Repo<'w>) {
    let text = configuration(more);
    let files = [&FILES[..], &[("promote.yaml", text.as_str())]].concat();
    world.cloned(&files)
}

/// The fields of the promotion of the product to production, with the plan that the server shows.
fn promotion(server: &Server, headers: &[(&str, &str)]) -> Vec<(&'static str, String)> {
    let page = server.get(
        &server.page("/promote?from=staging&to=production&product=loans"),
        headers,
    );
    assert_eq!(page.status, 200, "{page:?}");
    vec![
        ("from", "staging".to_owned()),
        ("to", "production".to_owned()),
        ("product", "loans".to_owned()),
        ("plan", page.field("plan").to_owned()),
    ]
}

/// Borrowed fields.
fn borrowed<'f>(fields: &'f [(&'static str, String)]) -> Vec<(&'static str, &'f str)> {
    let fields = fields.iter();
    fields
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}
