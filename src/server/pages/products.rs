//! Products: the list, and a product with its applications, environments and releases.

use maud::{Markup, html};

use super::environments::line;
use super::flows::trigger_address;
use super::layout::Frame;
use super::menu;
use super::releases::list;
use super::words;
use crate::domain::{Product, Right};
use crate::release::Release;
use crate::render::counted;
use crate::server::board::{Board, RowKind};
use crate::server::state::State;

/// How many releases the page of a product lists.
const RELEASES: usize = 20;

/// The list of products.
pub(in crate::server) fn products(frame: &Frame, state: Option<&State>, search: &str) -> Markup {
    let content = html! {
        div.heading {
            h1 { "Products" }
            form.tools method="get" action=(frame.address(&["products"])) role="search" {
                label { "Name" input type="search" name="search" value=(search) placeholder="part of a name"; }
                button type="submit" { "Show" }
            }
        }
        @match state {
            Some(state) if !state.files.settings.products.is_empty() => (table(frame, state, search)),
            _ => div.empty {
                p { "The configuration has no products." }
                p { "A product is a group of applications that are promoted together: list it under "
                    code { "products" } " in " code { "promote.yaml" } "." }
            },
        }
    };
    frame.page("products", "Products", &content)
}

fn table(frame: &Frame, state: &State, search: &str) -> Markup {
    let products = state.files.settings.products.iter();
    let found = products.filter(|product| product.name.contains(search));
    let board = Board::of(
        state.files.status(),
        &state.files.settings,
        RowKind::Product,
    );
    let row = |name: &str| board.rows.iter().find(|row| row.name == name);
    html! {
        div.scroll tabindex="0" role="region" aria-label="Products" {
            table.stack {
                thead { tr {
                    th scope="col" { "Product" } th scope="col" { "Applications" }
                    th scope="col" { "Flows" } th scope="col" { "Open release" } th scope="col" { "Promotion" }
                } }
                tbody {
                    @for product in found {
                        tr {
                            th scope="row" { a href=(frame.address(&["products", &product.name])) { (product.name) } }
                            td data-label="Applications" { (counted(product.applications.len(), "application")) }
                            td data-label="Flows" { (flows(frame, product)) }
                            td data-label="Open release" {
                                @match state.open_release(&product.name) {
                                    Some(release) => (release_link(frame, release)),
                                    None => span.quiet { "none" },
                                }
                            }
                            td data-label="Promotion" { @if let Some(row) = row(&product.name) { (menu::of_product(frame, state, &board, row)) } }
                        }
                    }
                }
            }
        }
    }
}

fn release_link(frame: &Frame, release: &Release) -> Markup {
    html! { a href=(frame.address(&["releases", &release.id])) { (release.id) } " " (words::state(release.state)) }
}

fn flows(frame: &Frame, product: &Product) -> Markup {
    html! {
        @for choice in &product.flows {
            a href=(frame.address(&["flows", &choice.flow])) { (choice.flow) } " "
        }
        @if product.flows.is_empty() { span.quiet { "none" } }
    }
}

/// The page of a product.
pub(in crate::server) fn product(frame: &Frame, state: &State, product: &Product) -> Markup {
    let files = &state.files;
    let whole = Board::of(files.status(), &files.settings, RowKind::Product);
    let parts = Board::of(files.status(), &files.settings, RowKind::Application);
    let is_own = |name: &str| {
        let name = crate::domain::ApplicationName(name.to_owned());
        product.applications.iter().any(|word| name.matches(word))
    };
    let all = state.releases();
    let own = all
        .into_iter()
        .filter(|release| release.product == product.name);
    let own: Vec<&Release> = own.take(RELEASES).collect();
    let open = own.iter().filter(|release| !release.state.is_end());
    let proposed = open
        .flat_map(|release| &release.steps)
        .filter_map(|step| step.pull_request.as_ref());
    let proposed: Vec<_> = proposed.collect();
    let content = html! {
        div.heading {
            h1 { (product.name) }
            div.actions {
                @for choice in product.flows.iter().filter(|_| frame.may(Right::Trigger, Some(&product.name), None)) {
                    a.button href=(trigger_address(frame, &choice.flow, &product.name)) { "Trigger " (choice.flow) }
                }
            }
        }
        div.scroll tabindex="0" role="region" aria-label="Versions by environment" {
            table.board {
                thead { tr {
                    th scope="col" { "Application" }
                    @for name in whole.environments { th scope="col" data-environment=(name) { (name) } }
                } }
                tbody {
                    @for row in whole.rows.iter().filter(|row| row.name == product.name) {
                        (line(frame, state, &whole, row))
                    }
                    @for row in parts.rows.iter().filter(|row| is_own(row.name)) {
                        (line(frame, state, &parts, row))
                    }
                }
            }
        }
        @if !proposed.is_empty() {
            section {
                h2 { "Open pull requests" }
                ul { @for pull_request in proposed { li { code { (pull_request.branch) }
                    @if let Some(number) = pull_request.number { " #" (number) } } } }
            }
        }
        section {
            h2 { "Releases" }
            @if own.is_empty() { p.quiet { "It has not been promoted as a release yet." } } @else { (list(frame, &own)) }
        }
    };
    frame.page("products", &product.name, &content)
}
