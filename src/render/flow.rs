//! Flows as text and Markdown: a list, and the steps of one drawn as a tree.

use std::io::{self, Write};

use super::duration;
use super::markdown::around;
use super::table::Table;
use super::terminal::{Canvas, escaped};
use super::text;
use crate::domain::{Flow, FlowStep, Hooks, Settings};
use crate::engine::{FlowPlan, PlannedStep};
use crate::port::BODY_LIMIT;

/// Writes the list of flows as text.
///
/// # Errors
/// When `out` cannot be written.
pub fn list_text(out: &mut dyn Write, settings: &Settings, canvas: Canvas) -> io::Result<()> {
    if settings.flows.is_empty() {
        return writeln!(out, "the configuration has no flows");
    }
    list(settings).write_text(out, canvas)
}

/// Writes the list of flows as Markdown.
///
/// # Errors
/// When `out` cannot be written.
pub fn list_markdown(out: &mut dyn Write, settings: &Settings) -> io::Result<()> {
    list(settings).write_markdown(out, BODY_LIMIT)
}

fn list(settings: &Settings) -> Table {
    let headings = ["flow", "trigger", "steps", "products"];
    let mut table = Table::new(headings.map(str::to_owned).to_vec());
    for flow in &settings.flows {
        let steps = flow.steps.iter().map(|step| step.environment.as_str());
        table.push(vec![
            flow.name.clone(),
            flow.trigger_environment.clone(),
            steps.collect::<Vec<_>>().join(", "),
            settings.products_of(flow).join(", "),
        ]);
    }
    table
}

/// Writes a flow as text.
///
/// # Errors
/// When `out` cannot be written.
pub fn text(
    out: &mut dyn Write,
    settings: &Settings,
    flow: &Flow,
    canvas: Canvas,
) -> io::Result<()> {
    let heading = canvas.palette.heading;
    writeln!(out, "{heading}{}{heading:#}", escaped(&flow.name))?;
    for line in drawing(settings, flow) {
        writeln!(out, "{}", escaped(&line))?;
    }
    Ok(())
}

/// Writes a flow as Markdown.
///
/// # Errors
/// When `out` cannot be written.
pub fn markdown(out: &mut dyn Write, settings: &Settings, flow: &Flow) -> io::Result<()> {
    let lines = drawing(settings, flow);
    let lines: Vec<String> = lines
        .iter()
        .map(|line| escaped(line).into_owned())
        .collect();
    let fence = around(lines.iter().map(String::as_str));
    writeln!(out, "{fence}text\n{}\n{fence}", lines.join("\n"))
}

/// Writes what each step of a flow would promote.
///
/// # Errors
/// When `out` cannot be written.
pub fn plan_text(out: &mut dyn Write, planned: &FlowPlan, canvas: Canvas) -> io::Result<()> {
    let heading = canvas.palette.heading;
    for (at, PlannedStep { step, plan }) in planned.steps.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let title = format!("{}: {} from {}", step.environment, step.action, step.from);
        writeln!(out, "{heading}== {} =={heading:#}\n", escaped(&title))?;
        text::changes(out, plan, canvas)?;
    }
    Ok(())
}

/// A flow line by line.
///
/// ```text
/// staging
/// ├─> production-eu
/// │     gates after: healthy
/// └─> production-us
/// ```
fn drawing(settings: &Settings, flow: &Flow) -> Vec<String> {
    let mut lines = vec![flow.trigger_environment.clone()];
    // Steps that are still to be drawn, with the text before them, the last one first.
    let mut open = Vec::new();
    push_after(flow, &flow.trigger_environment, "", &mut open);
    while let Some(branch) = open.pop() {
        let Branch {
            step,
            indent,
            is_last,
        } = branch;
        let (corner, line) = if is_last {
            ("└─>", "   ")
        } else {
            ("├─>", "│  ")
        };
        let others = step.depends_on.get(1..).unwrap_or_default();
        let join = match others {
            [] => String::new(),
            others => format!(" (also after {})", others.join(", ")),
        };
        lines.push(format!("{indent}{corner} {}{join}", step.environment));
        let below = format!("{indent}{line} ");
        let after = open.len();
        push_after(flow, &step.environment, &below, &mut open);
        let has_next = open.len() > after;
        let bar = if has_next { "│   " } else { "    " };
        lines.extend(
            details(step)
                .into_iter()
                .map(|detail| format!("{below}{bar}{detail}")),
        );
    }
    lines.extend(hooks(&flow.hooks));
    lines.extend(
        flow.time_limit
            .map(|limit| format!("timeout: {}", duration::short(limit))),
    );
    let products = settings.products_of(flow);
    if !products.is_empty() {
        lines.push(format!("products: {}", products.join(", ")));
    }
    lines
}

/// A step that is still to be drawn.
struct Branch<'a> {
    step: &'a FlowStep,
    /// What is before it on its line.
    indent: String,
    /// Whether it is the last one after the same step.
    is_last: bool,
}

/// Adds the steps that come after an environment, each below the first one that it depends on.
fn push_after<'a>(flow: &'a Flow, environment: &str, indent: &str, open: &mut Vec<Branch<'a>>) {
    let is_after = |step: &&FlowStep| step.depends_on.first().is_some_and(|e| e == environment);
    for (i, step) in flow.steps.iter().filter(is_after).rev().enumerate() {
        open.push(Branch {
            step,
            indent: indent.to_owned(),
            is_last: i == 0,
        });
    }
}

/// What a step sets, one setting a line.
fn details(step: &FlowStep) -> Vec<String> {
    let checks = &step.checks;
    let list = |list: &Option<Vec<String>>| {
        list.as_ref().map(|list| match list.as_slice() {
            [] => "none".to_owned(),
            list => list.join(", "),
        })
    };
    let first = step.depends_on.first();
    let from = step.from.clone().filter(|from| Some(from) != first);
    let settings = [
        ("from", from),
        ("action", step.action.map(|action| action.to_string())),
        ("gates before", list(&checks.gates_before)),
        ("pre-action", checks.pre_action.clone()),
        ("gates after", list(&checks.gates_after)),
        ("post-action", checks.post_action.clone()),
    ];
    let settings = settings.into_iter();
    let settings = settings.filter_map(|(name, value)| Some(format!("{name}: {}", value?)));
    settings.chain(hooks(&step.hooks)).collect()
}

fn hooks(hooks: &Hooks) -> impl Iterator<Item = String> {
    let all = [
        ("on start", hooks.on_start.clone()),
        ("on success", hooks.on_success.clone()),
        ("on fail", hooks.on_fail.clone()),
    ];
    let all = all.into_iter();
    all.filter_map(|(name, workflow)| Some(format!("{name}: {}", workflow?)))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::domain::{Action, FlowChoice, Product, StepChecks};

    fn step(environment: &str, depends_on: &[&str]) -> FlowStep {
        FlowStep {
            environment: environment.to_owned(),
            depends_on: depends_on.iter().map(ToString::to_string).collect(),
            from: None,
            action: None,
            checks: StepChecks::default(),
            hooks: Hooks::default(),
        }
    }

    #[test]
    fn steps_are_drawn_below_the_first_one_that_they_depend_on() {
        let flow = Flow {
            name: "to-production".to_owned(),
            trigger_environment: "dev".to_owned(),
            steps: vec![
                FlowStep {
                    action: Some(Action::PullRequest),
                    checks: StepChecks {
                        gates_after: Some(vec!["healthy".to_owned(), "settled".to_owned()]),
                        gates_before: Some(Vec::new()),
                        ..StepChecks::default()
                    },
                    ..step("staging", &["dev"])
                },
                step("qa", &["dev"]),
                step("eu", &["staging", "qa"]),
                FlowStep {
                    from: Some("staging".to_owned()),
                    hooks: Hooks {
                        on_fail: Some("page".to_owned()),
                        ..Hooks::default()
                    },
                    ..step("us", &["eu", "staging"])
                },
                step("asia", &["staging"]),
            ],
            hooks: Hooks {
                on_start: Some("announce".to_owned()),
                ..Hooks::default()
            },
            time_limit: Some(std::time::Duration::from_secs(5_400)),
        };
        let choice = FlowChoice {
            flow: "to-production".to_owned(),
            when: crate::domain::FlowCondition::default(),
        };
        let settings = Settings {
            products: vec![Product {
                name: "loans".to_owned(),
                flows: vec![choice],
                ..Product::default()
            }],
            ..Settings::default()
        };
        assert_snapshot!(drawing(&settings, &flow).join("\n"), @"
        dev
        ├─> staging
        │   │   action: pull-request
        │   │   gates before: none
        │   │   gates after: healthy, settled
        │   ├─> eu (also after qa)
        │   │   └─> us (also after staging)
        │   │           from: staging
        │   │           on fail: page
        │   └─> asia
        └─> qa
        on start: announce
        timeout: 90m
        products: loans
        ");
    }
}
