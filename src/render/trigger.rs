//! Which flows a push starts, as text and Markdown.

use std::io::{self, Write};

use super::table::Table;
use super::terminal::{Canvas, escaped};
use crate::domain::{FlowCondition, Patterns};
use crate::engine::{FlowTrigger, Triggers};
use crate::port::BODY_LIMIT;
use crate::release::NoMatch;

/// What came of the flow of a product.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TriggerResult<'a> {
    /// No flow matches, or it could not be started.
    None,
    /// It would be started.
    WouldStart,
    /// This release was started.
    Started(&'a str),
    /// This release was started before.
    StartedBefore(&'a str),
}

/// Writes the flows and the results of all products as text.
///
/// # Errors
/// When `out` cannot be written.
pub fn text(
    out: &mut dyn Write,
    triggers: &Triggers,
    results: &[TriggerResult<'_>],
    canvas: Canvas,
) -> io::Result<()> {
    if triggers.products.is_empty() {
        return writeln!(out, "no product has a flow");
    }
    flows(triggers).write_text(out, canvas)?;
    for line in lines(triggers, results) {
        writeln!(out, "{}", escaped(&line))?;
    }
    Ok(())
}

/// Writes the flows and the results of all products as Markdown.
///
/// # Errors
/// When `out` cannot be written.
pub fn markdown(
    out: &mut dyn Write,
    triggers: &Triggers,
    results: &[TriggerResult<'_>],
) -> io::Result<()> {
    flows(triggers).write_markdown(out, BODY_LIMIT / 2)?;
    for line in lines(triggers, results) {
        writeln!(out, "\n{}", escaped(&line))?;
    }
    Ok(())
}

/// Why a flow is started or not.
pub fn reason(flow: &FlowTrigger, branch: &str) -> String {
    let FlowCondition {
        branches,
        messages,
        paths,
        authors,
    } = &flow.condition;
    let environment = &flow.environment;
    match flow.result {
        Ok(commit) => format!("{} changes {environment}", commit.short()),
        Err(NoMatch::Elsewhere) => format!(
            "{environment} is in another repository or on another branch; `git promote release start` starts it"
        ),
        Err(NoMatch::Unchanged) => format!("no commit changes {environment}"),
        Err(NoMatch::OnlyPromotions) => format!("only promotions change {environment}"),
        Err(NoMatch::Branch) => format!("{branch} does not match {}", list(branches)),
        Err(NoMatch::Message) => format!("no message matches {}", list(messages)),
        Err(NoMatch::Path) => format!("no changed path matches {}", list(paths)),
        Err(NoMatch::Author) => format!("no author matches {}", list(authors)),
        Err(NoMatch::AfterMatch) => "an earlier flow starts".to_owned(),
    }
}

fn list(patterns: &Patterns) -> String {
    let excluded = patterns.exclude.iter().map(|pattern| format!("!{pattern}"));
    let all: Vec<String> = patterns.include.iter().cloned().chain(excluded).collect();
    all.join(", ")
}

fn flows(triggers: &Triggers) -> Table {
    let headings = ["product", "flow", "starts", "reason"];
    let mut table = Table::new(headings.map(str::to_owned).to_vec());
    for product in &triggers.products {
        for flow in &product.flows {
            let starts = if flow.result.is_ok() { "yes" } else { "no" };
            table.push(vec![
                product.product.clone(),
                flow.flow.clone(),
                starts.to_owned(),
                reason(flow, &triggers.branch.name),
            ]);
        }
    }
    table
}

fn lines(triggers: &Triggers, results: &[TriggerResult<'_>]) -> Vec<String> {
    let all = triggers.products.iter().zip(results);
    let line = |(product, result): (&crate::engine::ProductTrigger, &TriggerResult<'_>)| {
        let flow = product.started().map(|(flow, _)| flow.flow.as_str());
        let flow = flow.unwrap_or_default();
        match result {
            TriggerResult::None => None,
            TriggerResult::WouldStart => {
                Some(format!("{} would start: flow {flow}", product.product))
            }
            TriggerResult::Started(id) => Some(format!("started {id}: flow {flow}")),
            TriggerResult::StartedBefore(id) => Some(format!("{id} has these commits already")),
        }
    };
    all.filter_map(line).collect()
}
