//! Releases as text and Markdown.

use std::io::{self, Write};

use super::date;
use super::table::Table;
use super::terminal::{Canvas, escaped};
use crate::engine::PastTransition;
use crate::port::BODY_LIMIT;
use crate::release::{AttemptState, Release, Step, StepState, TerminationCause, Waiting};

/// Writes a list of releases as text.
///
/// # Errors
/// When `out` cannot be written.
pub fn list(out: &mut dyn Write, releases: &[&Release], canvas: Canvas) -> io::Result<()> {
    if releases.is_empty() {
        return writeln!(out, "no releases");
    }
    releases_table(releases).write_text(out, canvas)
}

/// Writes a list of releases as Markdown.
///
/// # Errors
/// When `out` cannot be written.
pub fn list_as_markdown(out: &mut dyn Write, releases: &[&Release]) -> io::Result<()> {
    releases_table(releases).write_markdown(out, BODY_LIMIT)
}

/// Writes one release with its steps and workflows as text.
///
/// # Errors
/// When `out` cannot be written.
pub fn show(out: &mut dyn Write, release: &Release, canvas: Canvas) -> io::Result<()> {
    summary(out, release, &[])?;
    writeln!(
        out,
        "flow {}, source {}, created {} by {}",
        escaped(&release.flow),
        release.source.short(),
        date::short(release.created),
        escaped(&release.created_by),
    )?;
    writeln!(out)?;
    steps(release).write_text(out, canvas)?;
    if !release.attempts.is_empty() {
        writeln!(out)?;
        workflows(release).write_text(out, canvas)?;
    }
    Ok(())
}

/// Writes one release with its steps and workflows as Markdown.
///
/// # Errors
/// When `out` cannot be written.
pub fn show_as_markdown(out: &mut dyn Write, release: &Release) -> io::Result<()> {
    steps(release).write_markdown(out, BODY_LIMIT)
}

/// Writes the state of a release and what it waits for, a line each.
///
/// # Errors
/// When `out` cannot be written.
pub fn summary(out: &mut dyn Write, release: &Release, waits: &[Waiting]) -> io::Result<()> {
    writeln!(out, "{} is {}", escaped(&release.id), state(release))?;
    for waiting in waits {
        let environment = waiting.environment.as_ref().map(|e| format!("{e}: "));
        let until = waiting
            .until
            .map(|time| format!(" (until {})", date::short(time)));
        let line = format!(
            "{}{}{}",
            environment.unwrap_or_default(),
            waiting.why,
            until.unwrap_or_default(),
        );
        writeln!(out, "  {}", escaped(&line))?;
    }
    for step in release.failed_steps() {
        let reason = step.reason.as_deref().unwrap_or("failed");
        let line = format!("{}: {reason}", step.environment);
        writeln!(out, "  {}", escaped(&line))?;
    }
    Ok(())
}

/// Writes the transitions of a release, oldest first.
///
/// # Errors
/// When `out` cannot be written.
pub fn log(out: &mut dyn Write, transitions: &[PastTransition], canvas: Canvas) -> io::Result<()> {
    transitions_table(transitions).write_text(out, canvas)
}

/// Writes the transitions of a release as Markdown.
///
/// # Errors
/// When `out` cannot be written.
pub fn log_as_markdown(out: &mut dyn Write, transitions: &[PastTransition]) -> io::Result<()> {
    transitions_table(transitions).write_markdown(out, BODY_LIMIT)
}

fn state(release: &Release) -> String {
    let cause = release.termination.as_ref().map(|t| match t.cause {
        TerminationCause::Command => {
            let by = t.by.as_deref().unwrap_or_default();
            format!(" by {}", escaped(by))
        }
        TerminationCause::Timeout => ": its time limit is over".to_owned(),
        TerminationCause::Replaced => {
            let by = t.by.as_deref().unwrap_or_default();
            format!(": {} replaced it", escaped(by))
        }
    });
    format!("{}{}", release.state.name(), cause.unwrap_or_default())
}

fn table(headings: &[&str]) -> Table {
    Table::new(headings.iter().map(|h| (*h).to_owned()).collect())
}

fn releases_table(releases: &[&Release]) -> Table {
    let mut table = table(&["release", "flow", "state", "steps", "created", "by"]);
    for release in releases {
        let steps: Vec<String> = release.steps.iter().map(short_step).collect();
        table.push(vec![
            release.id.clone(),
            release.flow.clone(),
            release.state.name().to_owned(),
            steps.join(", "),
            date::short(release.created),
            name(&release.created_by).to_owned(),
        ]);
    }
    table
}

fn short_step(step: &Step) -> String {
    format!("{} {}", step.environment, step.state.name())
}

fn steps(release: &Release) -> Table {
    let mut table = table(&["environment", "state", "at", "source", "landed", "reason"]);
    for step in &release.steps {
        let phase = match step.state {
            StepState::Running | StepState::Suspended | StepState::Failed => step.phase.name(),
            _ => "",
        };
        let source = step.source.map(|commit| commit.short());
        let landed = step.landed.as_ref().map(|landed| landed.commit.short());
        table.push(vec![
            step.environment.clone(),
            step.state.name().to_owned(),
            phase.to_owned(),
            source.unwrap_or_default(),
            landed.unwrap_or_default(),
            step.reason.clone().unwrap_or_default(),
        ]);
    }
    table.without_empty_columns()
}

fn workflows(release: &Release) -> Table {
    let mut table = table(&["started", "for", "workflow", "end", "page"]);
    for attempt in &release.attempts {
        let of = match &attempt.environment {
            Some(environment) => format!("{environment} {}", attempt.purpose.name()),
            None => attempt.purpose.name().to_owned(),
        };
        let end = attempt.end.as_ref();
        let state = match end.map(|end| end.state) {
            None => "runs",
            Some(AttemptState::Succeeded) => "succeeded",
            Some(AttemptState::Failed) => "failed",
            Some(AttemptState::Lost) => "lost",
        };
        let failure = end.and_then(|end| end.failure.as_ref());
        table.push(vec![
            date::short(attempt.started),
            of,
            attempt.workflow.clone(),
            failure.map_or_else(|| state.to_owned(), |why| format!("{state}: {why}")),
            end.and_then(|end| end.url.clone()).unwrap_or_default(),
        ]);
    }
    table.without_empty_columns()
}

fn transitions_table(transitions: &[PastTransition]) -> Table {
    let mut table = table(&["time", "commit", "what", "by"]);
    for transition in transitions {
        table.push(vec![
            date::short(transition.time),
            transition.commit.short(),
            transition.title.clone(),
            name(&transition.committer).to_owned(),
        ]);
    }
    table
}

/// A person's name without the address.
fn name(person: &str) -> &str {
    person.split(" <").next().unwrap_or(person)
}
