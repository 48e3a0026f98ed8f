//! What the plan changes in the manifests that kustomize and Helm make of its files.
//!
//! # Why
//!
//! One value of an overlay can change many resources, and many values none. So the kustomizations and
//! charts with changed files are rendered before and after, by the installed programs, and compared
//! resource by resource. A preview must not depend on other programs: one that is missing or fails is
//! a reason in the result.

mod resources;
mod units;

use std::time::Duration;

use super::commit::changes;
use super::error::EngineError;
use super::ports::Ports;
use super::request::{ManifestPreview, Request};
use crate::plan::{CommandEnd, Plan, RenderedManifests, RenderedUnit, Renderer};
use crate::port::{Checkout, CommandPurpose, Event, RunnerCommand, RunnerError, Snapshot};
use units::{PlannedTree, Unit};

/// How long rendering one kustomization or chart may take.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// How many kustomizations and charts are rendered.
const MOST: usize = 50;

/// Renders what the plan changes, if the request wants to see it.
///
/// # Errors
/// When the files cannot be read or checked out; a renderer that fails is no error.
pub fn render_manifests(
    ports: &Ports<'_>,
    request: &Request,
    plan: Plan,
) -> Result<Plan, EngineError> {
    if request.manifests == ManifestPreview::Hidden || plan.is_empty() {
        return Ok(plan);
    }
    ports.observer.event(&Event::Rendering);
    let snapshot = ports.repository.snapshot(plan.target())?;
    let mut tree = PlannedTree::new(snapshot.as_ref(), &plan);
    let (mut units, unrendered) = units::find(&mut tree, &plan)?;
    let more = units.split_off(units.len().min(MOST));
    let mut rendered = RenderedManifests {
        units: render(ports, snapshot.as_ref(), &plan, units)?,
        unrendered,
    };
    let left_out = more.into_iter().map(|unit| {
        let reason = format!("only the first {MOST} are rendered");
        unit.with(Err(reason))
    });
    rendered.units.extend(left_out);
    Ok(plan.with_rendered(rendered))
}

/// Renders units with the target's files as they are, and as they would be.
fn render(
    ports: &Ports<'_>,
    snapshot: &dyn Snapshot,
    plan: &Plan,
    units: Vec<Unit>,
) -> Result<Vec<RenderedUnit>, EngineError> {
    if units.is_empty() {
        return Ok(Vec::new());
    }
    let mut checkout = ports.runner.check_out(snapshot)?;
    let run = |checkout: &dyn Checkout, unit: &Unit, values: &[String]| {
        manifests(ports, checkout, unit, values)
    };
    let mut before = Vec::new();
    for unit in &units {
        before.push(if unit.exists {
            run(checkout.as_ref(), unit, &unit.values_before)?
        } else {
            // A new application has no manifests yet.
            Ok(String::new())
        });
    }
    checkout.change(&changes(plan))?;
    let mut rendered = Vec::new();
    for (unit, before) in units.into_iter().zip(before) {
        let after = run(checkout.as_ref(), &unit, &unit.values_after)?;
        let changes = before.and_then(|before| Ok((before, after?)));
        let changes = changes.and_then(|(before, after)| resources::compare(&before, &after));
        rendered.push(unit.with(changes));
    }
    Ok(rendered)
}

/// The last line of an output that is a sentence: `kubectl` ends an error of several lines with what a program
/// returned, such as `: exit status 128`, and with `>`.
fn last_line_with_text(output: &str) -> Option<&str> {
    let lines = || output.lines().map(str::trim).rev();
    let is_end = |line: &str| line.starts_with(':') || !line.contains(char::is_alphanumeric);
    let found = lines().find(|line| !is_end(line));
    found.or_else(|| lines().find(|line| !line.is_empty()))
}

/// The manifests of a unit, or why they could not be rendered.
fn manifests(
    ports: &Ports<'_>,
    checkout: &dyn Checkout,
    unit: &Unit,
    values: &[String],
) -> Result<Result<String, String>, EngineError> {
    let folder = format!("./{}", unit.folder);
    let values: Vec<String> = values.iter().map(|file| format!("./{file}")).collect();
    let candidates: &[&[&str]] = match unit.renderer {
        Renderer::Kustomize => &[&["kustomize", "build"], &["kubectl", "kustomize"]],
        Renderer::Helm => &[&["helm", "template", "release"]],
    };
    for candidate in candidates {
        let mut words = [candidate, &[folder.as_str()][..]].concat();
        words.extend(values.iter().flat_map(|file| ["--values", file]));
        let command = RunnerCommand {
            words: &words,
            variables: &[],
            time_limit: TIME_LIMIT,
            purpose: CommandPurpose::Render,
        };
        let result = match checkout.run(&command, ports.observer) {
            Ok(result) => result,
            Err(RunnerError::Program { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound =>
            {
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let program = candidate[..2].join(" ");
        let last =
            last_line_with_text(&result.output).map_or(String::new(), |line| format!(": {line}"));
        return Ok(match result.end {
            CommandEnd::Exited(0) => String::from_utf8(result.document)
                .map_err(|_| format!("`{program}` printed no text")),
            CommandEnd::Exited(code) => {
                Err(format!("`{program}` failed with exit code {code}{last}"))
            }
            CommandEnd::Signal(signal) => {
                Err(format!("`{program}` was ended by signal {signal}{last}"))
            }
            CommandEnd::TimedOut => Err(format!("`{program}` did not end within a minute{last}")),
        });
    }
    let programs: Vec<String> = (candidates.iter())
        .map(|words| format!("`{}`", words[0]))
        .collect();
    let verb = if programs.len() == 1 { "is" } else { "are" };
    let programs = programs.join(" and ");
    Ok(Err(format!("{programs} {verb} not installed")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_the_last_line_with_text() {
        for (output, expected) in [
            ("Error: no chart\n\n", Some("Error: no chart")),
            (
                "\"command failed\" err=<\n\tgone.yaml: gone\n\t: exit status 128\n >\n",
                Some("gone.yaml: gone"),
            ),
            ("a\n>\n", Some("a")),
            (">\n", Some(">")),
            ("\n", None),
        ] {
            assert_eq!(last_line_with_text(output), expected, "{output}");
        }
    }
}
