//! The versions of applications by environment, as text and Markdown.

use std::io::{self, Write};

use super::date;
use super::table::Table;
use super::terminal::{Canvas, escaped};
use super::text::fault_line;
use super::text::value::abbreviated;
use crate::engine::{EnvironmentStatus, Pending, Status, VersionRelation};
use crate::port::BODY_LIMIT;

/// Writes the versions as text.
///
/// # Errors
/// When `out` cannot be written.
pub fn text(out: &mut dyn Write, status: &Status, canvas: Canvas) -> io::Result<()> {
    if status.environments.is_empty() {
        let branch = escaped(&status.branch.name);
        return writeln!(
            out,
            "no environments on {branch} (--environments names them)"
        );
    }
    if status.applications.is_empty() {
        let environments = escaped(&status.environments.join(", ")).into_owned();
        return writeln!(out, "no versions in {environments}");
    }
    table(status).write_text(out, canvas)
}

/// Writes the versions as Markdown.
///
/// # Errors
/// When `out` cannot be written.
pub fn markdown(out: &mut dyn Write, status: &Status) -> io::Result<()> {
    table(status).write_markdown(out, BODY_LIMIT)
}

/// Writes a warning for each file whose versions are not shown because it cannot be read.
///
/// # Errors
/// When `out` cannot be written.
pub fn unreadable(out: &mut dyn Write, status: &Status, canvas: Canvas) -> io::Result<()> {
    let palette = canvas.palette;
    for fault in status.faults() {
        writeln!(
            out,
            "{0}warning{0:#}: {1}; its versions are not shown",
            palette.warning,
            escaped(&fault_line(fault))
        )?;
    }
    Ok(())
}

/// How many columns the table has at most.
const COLUMNS: usize = 7;

/// A row for each application in each environment.
fn table(status: &Status) -> Table {
    let headings: [&str; COLUMNS] = [
        "application",
        "environment",
        "version",
        "relation",
        "waiting",
        "since",
        "by",
    ];
    let mut table = Table::new(headings.map(str::to_owned).to_vec());
    for application in &status.applications {
        let environments = status.environments.iter().zip(&application.environments);
        for (environment, cell) in environments {
            table.push(match cell {
                Some(cell) => row(&application.name.0, environment, cell),
                None => absent(&application.name.0, environment),
            });
        }
    }
    table.without_empty_columns()
}

/// The row of an environment that does not have the application.
fn absent(application: &str, environment: &str) -> Vec<String> {
    let mut row = [application, environment, "absent"]
        .map(str::to_owned)
        .to_vec();
    row.resize(COLUMNS, String::new());
    row
}

fn row(application: &str, environment: &str, cell: &EnvironmentStatus) -> Vec<String> {
    let since = cell.since.as_ref();
    vec![
        application.to_owned(),
        environment.to_owned(),
        versions(cell),
        cell.relation.map_or("", relation).to_owned(),
        cell.pending.map(pending).unwrap_or_default(),
        since
            .map(|since| date::short(since.time))
            .unwrap_or_default(),
        since.map(|since| since.author.clone()).unwrap_or_default(),
    ]
}

/// The versions; if there are several, each with its image, or else with its file.
fn versions(cell: &EnvironmentStatus) -> String {
    match cell.versions.as_slice() {
        [] if !cell.faults.is_empty() => "unreadable".to_owned(),
        [] => "-".to_owned(),
        [only] => abbreviated(only),
        versions => {
            let labelled = versions.iter().map(|version| {
                let place = cell.places.iter().find(|place| place.version == *version);
                let label = place.map_or("", |place| match &place.image {
                    Some(image) => last_part(image),
                    None => place.file.file_name(),
                });
                format!("{label} {}", abbreviated(version))
            });
            labelled.collect::<Vec<_>>().join(", ")
        }
    }
}

fn last_part(image: &str) -> &str {
    image.rsplit('/').next().unwrap_or(image)
}

/// What a promotion would do: `2, 1 held, 1 kept`.
fn pending(pending: Pending) -> String {
    let Pending {
        waiting,
        held,
        kept,
    } = pending;
    let parts = [(waiting, ""), (held, " held"), (kept, " kept")];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts
        .map(|(count, word)| format!("{count}{word}"))
        .collect();
    parts.join(", ")
}

fn relation(relation: VersionRelation) -> &'static str {
    match relation {
        VersionRelation::Equal => "equal",
        VersionRelation::Behind => "behind",
        VersionRelation::Ahead => "ahead",
        VersionRelation::Diverged => "diverged",
        VersionRelation::Different => "different",
    }
}
