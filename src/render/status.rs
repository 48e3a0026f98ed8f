//! The versions of applications by environment, as text and Markdown.

use std::io::{self, Write};

use super::date;
use super::table::Table;
use super::terminal::{Canvas, escaped};
use super::text::value::abbreviated;
use crate::engine::{EnvironmentStatus, Status, VersionRelation};
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

/// A row for each application in each environment that has it.
fn table(status: &Status) -> Table {
    let headings = [
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
            if let Some(cell) = cell {
                table.push(row(&application.name.0, environment, cell));
            }
        }
    }
    table.without_empty_columns()
}

fn row(application: &str, environment: &str, cell: &EnvironmentStatus) -> Vec<String> {
    let versions: Vec<String> = cell.versions.iter().map(|v| abbreviated(v)).collect();
    let waiting = cell.waiting.filter(|count| *count > 0);
    let since = cell.since.as_ref();
    vec![
        application.to_owned(),
        environment.to_owned(),
        versions.join(", "),
        cell.relation.map_or("", relation).to_owned(),
        waiting.map(|count| count.to_string()).unwrap_or_default(),
        since
            .map(|since| date::short(since.time))
            .unwrap_or_default(),
        since.map(|since| since.author.clone()).unwrap_or_default(),
    ]
}

fn relation(relation: VersionRelation) -> &'static str {
    match relation {
        VersionRelation::Equal => "equal",
        VersionRelation::Behind => "behind",
        VersionRelation::Ahead => "ahead",
        VersionRelation::Different => "different",
    }
}
