//! The start page: products or applications by environment, to drag from one to the next.

use maud::{Markup, html};

use super::layout::Frame;
use super::menu;
use super::words::{ago, counted, relation};
use crate::engine::VersionRelation;
use crate::server::board::{Board, Card, Row, RowKind};
use crate::server::fields::query;
use crate::server::state::State;

/// How many rows a page has.
const ROWS: usize = 100;
/// How many versions a card shows.
const VERSIONS: usize = 3;

/// What the start page shows.
pub(in crate::server) struct EnvironmentsPage<'a> {
    pub frame: &'a Frame,
    /// `None` until the repository was read.
    pub state: Option<&'a State>,
    /// What the rows are; the usual if nothing is chosen.
    pub kind: Option<RowKind>,
    /// What the names must contain.
    pub search: &'a str,
    /// The page of the list, from 1.
    pub page: usize,
}

/// The start page.
pub(in crate::server) fn environments(page: &EnvironmentsPage<'_>) -> Markup {
    let content = match page.state {
        None => html! {
            h1 { "Environments" }
            @if page.frame.fault.is_none() {
                p.empty { "The repository is being read. This page changes as soon as that is done." }
            }
        },
        Some(state) => board(page, state),
    };
    page.frame.page("", "Environments", &content)
}

fn board(page: &EnvironmentsPage<'_>, state: &State) -> Markup {
    let files = &state.files;
    let kind = page.kind.unwrap_or_else(|| Board::usual(&files.settings));
    let board = Board::of(files.status(), &files.settings, kind);
    let found = board
        .rows
        .iter()
        .filter(|row| row.name.contains(page.search));
    let found: Vec<&Row<'_>> = found.collect();
    let pages = found.len().div_ceil(ROWS).max(1);
    let at = page.page.min(pages);
    let rows = found.iter().skip((at - 1) * ROWS).take(ROWS);
    html! {
        div.heading {
            h1 { "Environments" }
            (tools(page, state, kind))
        }
        @if board.environments.is_empty() {
            div.empty {
                p { "No environments were found in this repository." }
                p { "Run " code { "git promote init" } " in a clone: it proposes a " code { "promote.yaml" }
                    " with the environments that it finds in the paths." }
            }
        } @else if found.is_empty() {
            p.empty {
                @if page.search.is_empty() { "There is nothing with a version here yet." }
                @else { "Nothing has " q { (page.search) } " in its name." }
            }
        } @else {
            div.scroll tabindex="0" role="region" aria-label="Versions by environment" {
                table.board {
                    thead {
                        tr {
                            th scope="col" { @match kind { RowKind::Product => "Product", RowKind::Application => "Application" } }
                            @for name in board.environments { th scope="col" data-environment=(name) { (name) } }
                        }
                    }
                    tbody {
                        @for row in rows { (line(page.frame, state, &board, row)) }
                    }
                }
            }
            (pager(page, kind, at, pages))
        }
    }
}

/// The search, and the choice of rows.
fn tools(page: &EnvironmentsPage<'_>, state: &State, kind: RowKind) -> Markup {
    let address = page.frame.address(&[]);
    let has_products = !state.files.settings.products.is_empty();
    html! {
        form.tools method="get" action=(address) role="search" {
            @if has_products {
                label { "View"
                    select name="by" {
                        option value="product" selected[kind == RowKind::Product] { "products" }
                        option value="service" selected[kind == RowKind::Application] { "applications" }
                    }
                }
            }
            label { "Name" input type="search" name="search" value=(page.search) placeholder="part of a name"; }
            button type="submit" { "Show" }
        }
    }
}

/// A product or an application as a row of the board.
pub(super) fn line(frame: &Frame, state: &State, board: &Board<'_>, row: &Row<'_>) -> Markup {
    html! {
        tr data-what=(row.name) {
            th scope="row" {
                span.name { (row.name) }
                @if let Some(release) = state.open_release(row.name).filter(|_| board.kind == RowKind::Product) {
                    a href=(frame.address(&["releases", &release.id])) class=(format!("state {}", release.state.name())) { (release.id) " " (release.state.name()) }
                }
            }
            @for (at, card) in row.cards.iter().enumerate() {
                @let environment = &board.environments[at];
                td data-environment=(environment) data-label=(environment) {
                    @match card {
                        Some(card) => (self::card(frame, state, board, (row, at, card))),
                        None => span.none title="It has no files here" { "–" },
                    }
                }
            }
        }
    }
}

fn card(
    frame: &Frame,
    state: &State,
    board: &Board<'_>,
    (row, at, card): (&Row<'_>, usize, &Card<'_>),
) -> Markup {
    let environment = board.environments[at].as_str();
    let targets = menu::targets(frame, board, row, environment);
    let others = card.versions.len().saturating_sub(VERSIONS);
    let before = card
        .before
        .map(|before| board.environments[before].as_str());
    html! {
        div.card draggable=[(!targets.is_empty()).then_some("true")] data-from=(environment) data-field=(board.kind.field()) data-what=(row.name) {
            div.versions {
                @for shown in card.versions.iter().take(VERSIONS) {
                    div {
                        @if let Some(application) = shown.application { span.application { (application) } " " }
                        span.version { (shown.version) }
                    }
                }
                @if card.versions.is_empty() { span.none { "no version" } }
                @if others > 0 { span.quiet { "and " (others) " more" } }
            }
            (compared(card, before))
            @if let Some(since) = card.since {
                div.quiet { (ago(since.time, frame.now)) " by " (since.author) }
            }
            (menu::of_card(frame, state, board, (row, at)))
        }
    }
}

/// How a card relates to the environment before.
fn compared(card: &Card<'_>, before: Option<&str>) -> Markup {
    let Some(before) = before else {
        return html! {};
    };
    let shown = card.relation.map(relation);
    let is_same = card.relation == Some(VersionRelation::Equal);
    html! {
        div.badges {
            @if let Some((sign, word, class)) = shown {
                span class=(format!("badge {class}")) title=(format!("compared with {before}")) {
                    span aria-hidden="true" { (sign) " " }
                    (word) @if !is_same { " " (if word == "behind" { "" } else { "of " }) (before) }
                }
            }
            @if card.waiting > 0 { span.badge.waiting { (counted(card.waiting, "version")) " to promote" } }
            @if card.held > 0 { span.badge.held { (card.held) " held" } }
        }
    }
}

/// Links to the other pages of the list.
fn pager(page: &EnvironmentsPage<'_>, kind: RowKind, at: usize, pages: usize) -> Markup {
    let address = |number: usize| {
        let number = number.to_string();
        let fields = [
            ("by", kind.field()),
            ("search", page.search),
            ("page", &number),
        ];
        format!("{}?{}", page.frame.address(&[]), query(fields))
    };
    html! {
        @if pages > 1 {
            nav.pager aria-label="Pages of the list" {
                @if at > 1 { a href=(address(at - 1)) rel="prev" { "← Previous" } }
                span { "Page " (at) " of " (pages) }
                @if at < pages { a href=(address(at + 1)) rel="next" { "Next →" } }
            }
        }
    }
}
