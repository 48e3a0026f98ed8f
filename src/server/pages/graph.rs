//! The steps of a flow as a picture.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::words;
use crate::domain::FlowStep;
use crate::release::{Release, StepState};

/// The height of a box, and the room between boxes.
const HEIGHT: usize = 62;
const BETWEEN: [usize; 2] = [60, 22];
/// The least width of a box, and how much of it is for a letter of the name and for the room around the text.
const WIDTH: usize = 190;
const LETTER: usize = 10;
const MARGIN: usize = 14;
/// The room around the picture.
const AROUND: usize = 6;
/// How many letters of a name a box shows at most.
const LETTERS: usize = 32;

/// A box of the picture.
struct Node<'a> {
    name: &'a str,
    after: Vec<&'a str>,
    /// How far it is, if it is the step of a release.
    state: Option<StepState>,
    /// What stands below the name.
    note: String,
    /// Where it is: column and row.
    at: [usize; 2],
}

/// A flow without a release.
pub(super) fn of_flow(trigger: &str, steps: &[FlowStep]) -> Markup {
    let mut nodes = vec![start(trigger)];
    nodes.extend(steps.iter().map(|step| Node {
        name: &step.environment,
        after: step.depends_on.iter().map(String::as_str).collect(),
        state: None,
        note: step.action.map_or("", words::action).to_owned(),
        at: [0, 0],
    }));
    draw(nodes)
}

/// A release; `flow` are the steps of its flow, as far as the configuration still has it.
pub(super) fn of_release(release: &Release, trigger: &str, flow: Option<&[FlowStep]>) -> Markup {
    let mut nodes = vec![start(trigger)];
    nodes.extend(release.steps.iter().map(|step| {
        let planned = flow.and_then(|flow| flow.iter().find(|f| f.environment == step.environment));
        let after = planned.map(|planned| planned.depends_on.iter().map(String::as_str).collect());
        Node {
            name: &step.environment,
            after: after.unwrap_or_else(|| vec![trigger]),
            state: Some(step.state),
            note: words::step(step.state).1.to_owned(),
            at: [0, 0],
        }
    }));
    draw(nodes)
}

fn start(trigger: &str) -> Node<'_> {
    Node {
        name: trigger,
        after: Vec::new(),
        state: None,
        note: "changes first".to_owned(),
        at: [0, 0],
    }
}

/// Puts each box into the column after all that it depends on.
fn place(nodes: &mut [Node<'_>]) {
    let mut columns: BTreeMap<&str, usize> = BTreeMap::new();
    // Steps may stand before those that they depend on; a flow has no circles.
    for _ in 0..nodes.len() {
        for node in nodes.iter() {
            let before = node.after.iter().filter_map(|name| columns.get(name));
            let column = before.max().map_or(0, |column| column + 1);
            columns.insert(node.name, column);
        }
    }
    let mut rows: BTreeMap<usize, usize> = BTreeMap::new();
    for node in nodes {
        let column = columns.get(node.name).copied().unwrap_or_default();
        let row = rows.entry(column).or_default();
        node.at = [column, *row];
        *row += 1;
    }
}

fn draw(mut nodes: Vec<Node<'_>>) -> Markup {
    place(&mut nodes);
    let most = |axis: usize| {
        nodes
            .iter()
            .map(|node| node.at[axis] + 1)
            .max()
            .unwrap_or(1)
    };
    let letters = nodes
        .iter()
        .map(|node| node.name.chars().count().min(LETTERS));
    let wide = WIDTH.max(letters.max().unwrap_or(0) * LETTER + 2 * MARGIN);
    let width = most(0) * (wide + BETWEEN[0]) - BETWEEN[0] + 2 * AROUND;
    let height = most(1) * (HEIGHT + BETWEEN[1]) - BETWEEN[1] + 2 * AROUND;
    let places: BTreeMap<&str, [usize; 2]> = nodes
        .iter()
        .map(|node| (node.name, corner(wide, node.at)))
        .collect();
    let text: Vec<String> = nodes.iter().map(in_words).collect();
    html! {
        div.scroll tabindex="0" role="region" aria-label="The flow as a picture" {
            svg.graph width=(width) height=(height) viewBox=(format!("0 0 {width} {height}"))
                role="img" aria-label=(text.join("; ")) {
                @for node in &nodes {
                    @for before in node.after.iter().filter_map(|name| places.get(name)) {
                        path.edge d=(edge(wide, *before, corner(wide, node.at))) {}
                    }
                }
                @for node in &nodes { (drawn(wide, node)) }
            }
        }
    }
}

/// The upper left corner of a box.
fn corner(wide: usize, [column, row]: [usize; 2]) -> [usize; 2] {
    [
        AROUND + column * (wide + BETWEEN[0]),
        AROUND + row * (HEIGHT + BETWEEN[1]),
    ]
}

fn edge(wide: usize, from: [usize; 2], to: [usize; 2]) -> String {
    let (x, y) = (from[0] + wide, from[1] + HEIGHT / 2);
    let (end, below) = (to[0], to[1] + HEIGHT / 2);
    let middle = x.midpoint(end);
    format!("M{x} {y} C{middle} {y} {middle} {below} {end} {below}")
}

fn drawn(wide: usize, node: &Node<'_>) -> Markup {
    let [x, y] = corner(wide, node.at);
    let state = node.state.map(words::step);
    let class = state.map_or("node", |(_, _, class)| class);
    let sign = state.map_or("", |(sign, _, _)| sign);
    html! {
        g class=(format!("box {class}")) {
            title { (in_words(node)) }
            rect x=(x) y=(y) width=(wide) height=(HEIGHT) rx="10" {}
            text.title x=(x + MARGIN) y=(y + 26) { (shortened(node.name)) }
            text x=(x + MARGIN) y=(y + 47) {
                @if !sign.is_empty() { (sign) " " }
                (node.note)
            }
        }
    }
}

fn in_words(node: &Node<'_>) -> String {
    let after = match node.after.as_slice() {
        [] => String::new(),
        after => format!(" after {}", after.join(" and ")),
    };
    let below = match node.note.as_str() {
        "" => String::new(),
        words => format!(": {words}"),
    };
    format!("{}{after}{below}", node.name)
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= LETTERS {
        return name.to_owned();
    }
    let head: String = name.chars().take(LETTERS - 1).collect();
    format!("{head}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node<'a>(name: &'a str, after: &[&'a str]) -> Node<'a> {
        Node {
            after: after.to_vec(),
            ..start(name)
        }
    }

    #[test]
    fn each_box_is_after_all_that_it_depends_on() {
        let mut nodes = [
            node("all", &["eu", "us", "dev"]),
            node("us", &["staging"]),
            node("eu", &["staging"]),
            node("staging", &["dev"]),
            node("dev", &[]),
        ];
        place(&mut nodes);
        let places = nodes.map(|node| (node.name, node.at));
        let expected = [
            ("all", [3, 0]),
            ("us", [2, 0]),
            ("eu", [2, 1]),
            ("staging", [1, 0]),
            ("dev", [0, 0]),
        ];
        assert_eq!(places, expected);
    }
}
