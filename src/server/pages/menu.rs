//! The menus that promote: the same as dragging, for those who do not.

use maud::{Markup, html};

use super::flows::trigger_address;
use super::layout::Frame;
use crate::domain::Right;
use crate::server::board::{Board, Row, RowKind};
use crate::server::fields::query;
use crate::server::state::State;

/// The menu of a card: to any other environment, or by a flow.
pub(super) fn of_card(
    frame: &Frame,
    state: &State,
    board: &Board<'_>,
    (row, at): (&Row<'_>, usize),
) -> Markup {
    let from = board.environments[at].as_str();
    let targets = targets(frame, board, row, from).into_iter().map(|to| {
        let address = promotion_address(frame, board.kind, row.name, [from, to]);
        (address, format!("to {to}"))
    });
    let label = format!("Promote {} from {from}", row.name);
    let flows = match board.kind {
        RowKind::Product => by_flow(frame, state, row.name),
        RowKind::Application => html! {},
    };
    menu(&label, targets, &flows)
}

/// The environments that the person may promote a card to.
pub(super) fn targets<'b>(
    frame: &Frame,
    board: &Board<'b>,
    row: &Row<'_>,
    from: &str,
) -> Vec<&'b str> {
    let others = board.environments.iter().map(String::as_str);
    let others = others.filter(|name| *name != from);
    others
        .filter(|to| may_promote(frame, board, row, to))
        .collect()
}

fn may_promote(frame: &Frame, board: &Board<'_>, row: &Row<'_>, to: &str) -> bool {
    let product = match board.kind {
        RowKind::Product => Some(row.name),
        RowKind::Application => None,
    };
    frame.may(Right::Promote, product, Some(to))
}

/// The menu of a product: from each environment to the next, or by a flow.
pub(super) fn of_product(frame: &Frame, state: &State, board: &Board<'_>, row: &Row<'_>) -> Markup {
    let cards = row.cards.iter().enumerate();
    let targets = cards.filter_map(|(at, card)| {
        let from = board.environments[card.as_ref()?.before?].as_str();
        let to = board.environments[at].as_str();
        let address = promotion_address(frame, board.kind, row.name, [from, to]);
        may_promote(frame, board, row, to).then(|| (address, format!("{from} to {to}")))
    });
    let label = format!("Promote {}", row.name);
    menu(&label, targets, &by_flow(frame, state, row.name))
}

/// A menu, unless it has no entry.
fn menu(label: &str, targets: impl Iterator<Item = (String, String)>, flows: &Markup) -> Markup {
    let targets: Vec<(String, String)> = targets.collect();
    if targets.is_empty() && flows.0.is_empty() {
        return html! {};
    }
    html! {
        details.menu {
            summary aria-label=(label) { "Promote…" }
            ul {
                @for (address, words) in targets { li { a href=(address) data-drawer { (words) } } }
                (flows)
            }
        }
    }
}

/// The flows of a product, as entries of its menu.
fn by_flow(frame: &Frame, state: &State, product: &str) -> Markup {
    let product = state.files.settings.product(product);
    let product = product.filter(|p| frame.may(Right::Trigger, Some(&p.name), None));
    html! {
        @if let Some(product) = product {
            @for choice in &product.flows {
                li { a href=(trigger_address(frame, &choice.flow, &product.name)) { "by the flow " (choice.flow) } }
            }
        }
    }
}

fn promotion_address(frame: &Frame, kind: RowKind, what: &str, [from, to]: [&str; 2]) -> String {
    let fields = [("from", from), ("to", to), (kind.field(), what)];
    format!("{}?{}", frame.address(&["promote"]), query(fields))
}
