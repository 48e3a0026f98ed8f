//! The preview for people: a plan as compact text.
//!
//! The order: a line for each change, the hunks, the commit message, what was kept and why, what the
//! source was when it was last promoted.
//! The summary is last, because the end of the output stays visible in a terminal.

mod applications;
mod baseline;
mod detail;
mod hunks;
mod kept;
mod notes;
mod rendered;
mod row;
mod stat;
mod summary;
pub(super) mod value;

use std::io::{self, Write};

use crate::domain::RepoPath;
use crate::engine::Allow;
use crate::plan::{ApplicationPlan, FilePlan, FileStatus, Plan, PlannedDifference};
use crate::render::modes;
use crate::render::size::size;
use crate::render::terminal::{Canvas, escaped, escaped_line};
use row::Row;

pub use baseline::baselines;
pub use detail::{Detail, Kept, Length, Selectors};
pub use notes::{fault_line, faults, findings, warnings};
pub use stat::{name_only, stat};
pub use summary::files_of;

/// Writes the line above what concerns one of several targets.
///
/// # Errors
/// When `out` cannot be written.
pub fn target_heading(out: &mut dyn Write, target: &str, canvas: Canvas) -> io::Result<()> {
    let heading = canvas.palette.heading;
    writeln!(out, "{heading}== {} =={heading:#}\n", escaped(target))
}

/// Writes something about each plan, of several below a heading and with a blank line between.
///
/// # Errors
/// When `out` cannot be written.
pub fn for_each(
    out: &mut dyn Write,
    plans: &[Plan],
    canvas: Canvas,
    mut write: impl FnMut(&mut dyn Write, &Plan) -> io::Result<()>,
) -> io::Result<()> {
    for (at, plan) in plans.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        if plans.len() > 1 {
            target_heading(out, &plan.hop().to.name, canvas)?;
        }
        write(out, plan)?;
    }
    Ok(())
}

/// Writes the previews of plans; `allow` decides which holds are lifted.
///
/// # Errors
/// When `out` cannot be written.
pub fn previews(
    out: &mut dyn Write,
    plans: &[Plan],
    canvas: Canvas,
    detail: Detail,
    allow: &Allow,
) -> io::Result<()> {
    for_each(out, plans, canvas, |out, plan| {
        preview(out, plan, canvas, detail, allow)
    })
}

/// Writes the preview of a plan; `allow` decides which holds are lifted.
///
/// # Errors
/// When `out` cannot be written.
pub fn preview(
    out: &mut dyn Write,
    plan: &Plan,
    canvas: Canvas,
    detail: Detail,
    allow: &Allow,
) -> io::Result<()> {
    let mut is_shortened = false;
    notes::write(out, plan, canvas, allow)?;
    let is_summed_up = detail.length == Length::Shortened && is_long(plan);
    if is_summed_up {
        applications::write(out, plan, canvas)?;
    } else {
        for application in plan.applications() {
            is_shortened |= overview(out, application, canvas, detail)?;
        }
        for file in plan.changed_files() {
            hunks::write(out, file, canvas, detail.length)?;
        }
        message(out, plan, canvas, allow)?;
    }
    rendered::write(out, plan, canvas)?;
    is_shortened |= kept::write(out, plan, canvas, detail)?;
    if is_shortened {
        let dim = canvas.palette.dim;
        writeln!(
            out,
            "{dim}long values are shortened (--full shows them){dim:#}"
        )?;
    }
    baseline::write(out, plan, canvas)?;
    summary::write(out, plan)
}

/// Writes what a plan changes, place by place, and what holds it; not the lines of the files.
///
/// # Errors
/// When `out` cannot be written.
pub fn changes(out: &mut dyn Write, plan: &Plan, canvas: Canvas) -> io::Result<()> {
    notes::write(out, plan, canvas, &Allow::default())?;
    if is_long(plan) {
        applications::write(out, plan, canvas)?;
    } else {
        for application in plan.applications() {
            overview(out, application, canvas, Detail::default())?;
        }
    }
    kept::write(out, plan, canvas, Detail::default())?;
    summary::write(out, plan)
}

/// Whether so much is promoted that the preview only lists the applications.
fn is_long(plan: &Plan) -> bool {
    const MOST: usize = 100;
    plan.changed_files()
        .flat_map(FilePlan::promoted)
        .nth(MOST)
        .is_some()
}

/// Writes an application's heading, its changed files and a line for each promoted difference;
/// returns whether anything was shortened.
fn overview(
    out: &mut dyn Write,
    application: &ApplicationPlan,
    canvas: Canvas,
    detail: Detail,
) -> io::Result<bool> {
    let mut is_shortened = false;
    if !application.files.iter().any(FilePlan::is_changed) {
        return Ok(is_shortened);
    }
    let heading = canvas.palette.heading;
    write!(out, "{heading}{}{heading:#}", escaped(&application.name.0))?;
    if let Some(version) = &application.version {
        let version = value::version_change(version, detail.length);
        is_shortened = version.contains('…');
        write!(out, "  {version}")?;
    }
    writeln!(out)?;
    for file in application.files.iter().filter(|f| f.is_changed()) {
        file_heading(out, file, canvas)?;
        let rows: Vec<Row> = file
            .promoted()
            .filter(|d| !d.is_whole_file())
            .map(|difference| Row::of(difference, detail.length))
            .collect();
        is_shortened |= row::write(out, &rows, canvas, detail)?;
        if detail.selectors == Selectors::Shown {
            for whole in file.promoted().filter(|d| d.is_whole_file()) {
                row::selector(out, &whole.selector, canvas)?;
            }
        }
    }
    writeln!(out)?;
    Ok(is_shortened)
}

/// Writes one difference with what the guards found about it, and why it is kept, if it is.
///
/// # Errors
/// When `out` cannot be written.
pub fn difference(
    out: &mut dyn Write,
    plan: &Plan,
    difference: &PlannedDifference,
    canvas: Canvas,
    detail: Detail,
) -> io::Result<()> {
    if !difference.is_whole_file() {
        let row = if difference.verdict.is_promote() {
            Row::of(difference, detail.length)
        } else {
            Row::with_reason(difference, detail.length)
        };
        row::write(out, &[row], canvas, detail)?;
    }
    let findings = plan.findings().iter();
    for finding in findings.filter(|finding| finding.selector == difference.selector) {
        let verb = if finding.is_hold() { "held" } else { "warning" };
        let message = escaped(&finding.message);
        writeln!(
            out,
            "    {0}{verb}{0:#} by {1}: {message}",
            canvas.palette.warning, finding.guard
        )?;
    }
    Ok(())
}

/// Writes the target's path, whether the file is new or deleted, and what is unusual about its mode.
///
/// # Errors
/// When `out` cannot be written.
pub fn file_heading(out: &mut dyn Write, file: &FilePlan, canvas: Canvas) -> io::Result<()> {
    let style = canvas.palette.file;
    let mut notes = match file.status {
        FileStatus::Modified => Vec::new(),
        FileStatus::Added => {
            let source = file.source_path.as_ref().map_or("", RepoPath::as_str);
            vec!["new".to_owned(), format!("from {}", escaped(source))]
        }
        FileStatus::Deleted => vec!["deleted".to_owned()],
    };
    notes.extend(size(file));
    notes.extend(modes::notes(file, |text| format!("`{}`", escaped(text))));
    write!(out, "  {style}{}{style:#}", escaped(file.path.as_str()))?;
    if !notes.is_empty() {
        write!(out, "  ({})", notes.join(", "))?;
    }
    writeln!(out)
}

/// Writes the message that the commit gets; its lines are indented, so that they stand apart.
fn message(out: &mut dyn Write, plan: &Plan, canvas: Canvas, allow: &Allow) -> io::Result<()> {
    if plan.is_empty() {
        return Ok(());
    }
    let dim = canvas.palette.dim;
    writeln!(out, "{dim}commit message:{dim:#}")?;
    for line in plan.commit_message(&allow.lifted(plan)).lines() {
        let indent = if line.is_empty() { "" } else { "    " };
        writeln!(out, "{indent}{}", escaped_line(line))?;
    }
    writeln!(out)
}

#[cfg(test)]
mod tests;
