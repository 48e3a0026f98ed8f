//! Releases as text and Markdown.

use std::io::{self, Write};

use super::date;
use super::release_advice;
use super::table::Table;
use super::terminal::{Canvas, escaped, escaped_line};
use crate::engine::PastTransition;
use crate::port::{BODY_LIMIT, SettingsError};
use crate::release::{
    Approval, Attempt, AttemptState, Release, ReleaseState, Step, StepState, TerminationCause,
    Waiting,
};

/// How many lines of a failed workflow's output are shown.
const LOG_LINES: usize = 20;

/// Writes a list of releases as text.
///
/// # Errors
/// When `out` cannot be written.
pub fn list(out: &mut dyn Write, releases: &[&Release], canvas: Canvas) -> io::Result<()> {
    releases_table(releases).write_text(out, canvas)
}

/// Writes that no release is listed; `ended` are those that were left out.
///
/// # Errors
/// When `out` cannot be written.
pub fn none(out: &mut dyn Write, ended: usize) -> io::Result<()> {
    match ended {
        0 => writeln!(out, "no releases"),
        1 => writeln!(
            out,
            "no open releases; `release list --all` also lists the one that has ended"
        ),
        _ => writeln!(
            out,
            "no open releases; `release list --all` also lists the {ended} that have ended"
        ),
    }
}

/// Writes a list of releases as Markdown.
///
/// # Errors
/// When `out` cannot be written.
pub fn list_as_markdown(out: &mut dyn Write, releases: &[&Release]) -> io::Result<()> {
    releases_table(releases).write_markdown(out, BODY_LIMIT)
}

/// Writes one release with what it waits for, its steps and workflows as text.
///
/// # Errors
/// When `out` cannot be written.
pub fn show(
    out: &mut dyn Write,
    release: &Release,
    waits: &[Waiting],
    canvas: Canvas,
) -> io::Result<()> {
    summary(out, release, waits)?;
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
    release
        .attempts
        .iter()
        .try_for_each(|attempt| log_end(out, attempt))
}

/// Writes the last lines that a failed attempt printed.
fn log_end(out: &mut dyn Write, attempt: &Attempt) -> io::Result<()> {
    let failed = attempt
        .end
        .as_ref()
        .filter(|end| end.state == AttemptState::Failed);
    let lines: Vec<&str> = failed.map_or("", |end| &end.log).lines().collect();
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}:", escaped(&of_attempt(attempt)))?;
    let left_out = lines.len().saturating_sub(LOG_LINES);
    if left_out > 0 {
        writeln!(out, "  ... ({left_out} lines, in `--output json`)")?;
    }
    let last = &lines[left_out..];
    last.iter()
        .try_for_each(|line| writeln!(out, "  {}", escaped_line(line)))
}

/// What an attempt is, in words.
fn of_attempt(attempt: &Attempt) -> String {
    format!("{} `{}`", purpose(attempt), attempt.workflow)
}

fn purpose(attempt: &Attempt) -> String {
    match &attempt.environment {
        Some(environment) => format!("{environment} {}", attempt.purpose.name()),
        None => attempt.purpose.name().to_owned(),
    }
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
    waiting_for(out, waits)?;
    failed_steps(out, release)
}

/// Writes that today's configuration has faults, and that the records are where an older one has them.
///
/// # Errors
/// When `out` cannot be written.
pub fn place_of_older_configuration(
    out: &mut dyn Write,
    canvas: Canvas,
    faults: &SettingsError,
) -> io::Result<()> {
    let style = canvas.palette.warning;
    writeln!(
        out,
        "{style}warning{style:#}: {}; releases are looked up where the last valid configuration has them",
        escaped(&faults.to_string())
    )
}

/// Writes that an approval does not count, because nothing proves whose it is.
///
/// # Errors
/// When `out` cannot be written.
pub fn unproven(out: &mut dyn Write, canvas: Canvas, approval: &Approval) -> io::Result<()> {
    let palette = canvas.palette;
    writeln!(
        out,
        "{0}warning{0:#}: the approval of {1} is recorded, but gates do not count it: nothing proves who gave it\n\
         {2}hint{2:#}: a token proves it on GitHub, and a commit that is signed with a key of the gate (`git config \
         commit.gpgSign true`) everywhere",
        palette.warning,
        escaped(&approval.by),
        palette.hint
    )
}

/// Writes when a release can go on, if that is known.
///
/// # Errors
/// When `out` cannot be written.
pub fn next_look(
    out: &mut dyn Write,
    canvas: Canvas,
    release: &Release,
    waits: &[Waiting],
) -> io::Result<()> {
    let Some(until) = waits.iter().filter_map(|waiting| waiting.until).min() else {
        return Ok(());
    };
    let id = escaped(&release.id);
    writeln!(
        out,
        "{0}hint{0:#}: after {1}, `git promote release advance {id}` goes on",
        canvas.palette.hint,
        date::short(until)
    )
}

/// Writes the final status of a promotion's release, and what it waits for.
///
/// # Errors
/// When `out` cannot be written.
pub fn outcome(out: &mut dyn Write, release: &Release, waits: &[Waiting]) -> io::Result<()> {
    let status = match release.state {
        ReleaseState::Succeeded => "ready",
        state if state.is_end() => "failed",
        _ => "waiting",
    };
    writeln!(out, "release {}: {status}", escaped(&release.id))?;
    waiting_for(out, waits)
}

/// Writes why a promotion's release failed, for stderr; nothing if it has not.
///
/// # Errors
/// When `out` cannot be written.
pub fn failure(out: &mut dyn Write, canvas: Canvas, release: &Release) -> io::Result<()> {
    if !release.state.is_end() || release.state == ReleaseState::Succeeded {
        return Ok(());
    }
    let palette = canvas.palette;
    let id = escaped(&release.id);
    writeln!(
        out,
        "{0}error{0:#}: {id} is {1}",
        palette.error,
        state(release)
    )?;
    failed_steps(out, release)?;
    release_advice::after_failure(out, canvas, release)
}

fn failed_steps(out: &mut dyn Write, release: &Release) -> io::Result<()> {
    for step in release.failed_steps() {
        let reason = step.reason.as_deref().unwrap_or("failed");
        let line = format!("{}: {reason}", step.environment);
        writeln!(out, "  {}", escaped(&line))?;
    }
    Ok(())
}

/// Writes what a release waits for, a line each.
///
/// # Errors
/// When `out` cannot be written.
pub fn waiting_for(out: &mut dyn Write, waits: &[Waiting]) -> io::Result<()> {
    waits.iter().try_for_each(|wait| waiting(out, wait))
}

fn waiting(out: &mut dyn Write, waiting: &Waiting) -> io::Result<()> {
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
    writeln!(out, "  {}", escaped(&line))
}

/// Writes a transition as a line.
///
/// # Errors
/// When `out` cannot be written.
pub fn event(out: &mut dyn Write, transition: &PastTransition) -> io::Result<()> {
    let time = date::short(transition.time);
    writeln!(out, "{time}  {}", escaped(&transition.title))
}

/// Erases the last lines of a terminal.
///
/// # Errors
/// When `out` cannot be written.
pub fn erase(out: &mut dyn Write, lines: usize) -> io::Result<()> {
    match lines {
        0 => Ok(()),
        lines => write!(out, "\x1b[{lines}A\x1b[J"),
    }
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
            purpose(attempt),
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
