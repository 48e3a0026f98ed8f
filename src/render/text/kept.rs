//! What is kept, and why.

use std::io::{self, Write};

use super::detail::{Detail, Kept, Selectors};
use super::row::{self, Row};
use crate::plan::{FilePlan, FileStatus, Plan};
use crate::render::kept_reasons::kept_reasons;
use crate::render::modes;
use crate::render::terminal::{Canvas, escaped};

/// Writes how many differences are kept for each reason, or each of them with its reason; returns
/// whether anything was shortened.
pub(super) fn write(
    out: &mut dyn Write,
    plan: &Plan,
    canvas: Canvas,
    detail: Detail,
) -> io::Result<bool> {
    let mut is_shortened = false;
    let Some(count) = count(plan) else {
        return Ok(is_shortened);
    };
    // What a revert leaves is as important as what it changes.
    let kept = match plan.reverts() {
        None => detail.kept,
        Some(_) => Kept::Listed,
    };
    match kept {
        Kept::Counted => {
            let dim = canvas.palette.dim;
            writeln!(out, "{dim}{count} (--kept lists them){dim:#}")?;
        }
        Kept::Listed => {
            writeln!(out, "{count}")?;
            for application in plan.applications() {
                let files: Vec<&FilePlan> = application
                    .files
                    .iter()
                    .filter(|f| f.kept().next().is_some())
                    .collect();
                if files.is_empty() {
                    continue;
                }
                let heading = canvas.palette.heading;
                writeln!(
                    out,
                    "\n{heading}{}{heading:#}",
                    escaped(&application.name.0)
                )?;
                for file in files {
                    is_shortened |= write_file(out, file, canvas, detail)?;
                }
            }
            writeln!(out)?;
        }
    }
    Ok(is_shortened)
}

/// Writes a file's kept differences, or one line if the file is kept as a whole.
fn write_file(
    out: &mut dyn Write,
    file: &FilePlan,
    canvas: Canvas,
    detail: Detail,
) -> io::Result<bool> {
    let path = escaped(file.path.as_str());
    let style = canvas.palette.file;
    if let Some(whole) = file.kept().find(|d| d.is_whole_file()) {
        let sign = match file.status {
            FileStatus::Added => '+',
            FileStatus::Modified => ' ',
            FileStatus::Deleted => '-',
        };
        let mut reason = whole.verdict.reason.to_string();
        if let Some(note) = modes::kept_note(file) {
            reason = format!("{reason}, {note}");
        }
        let dim = canvas.palette.dim;
        writeln!(
            out,
            "{sign} {style}{path}{style:#}  {dim}({}){dim:#}",
            escaped(&reason)
        )?;
        if detail.selectors == Selectors::Shown {
            row::selector(out, &whole.selector, canvas)?;
        }
        return Ok(false);
    }
    writeln!(out, "  {style}{path}{style:#}")?;
    let rows: Vec<Row> = (file.kept())
        .map(|difference| Row::with_reason(difference, detail.length))
        .collect();
    row::write(out, &rows, canvas, detail)
}

/// `10 kept: 7 not a version, 3 environment-specific`; `None` if nothing is kept.
fn count(plan: &Plan) -> Option<String> {
    let reasons = kept_reasons(plan);
    let all: usize = reasons.iter().map(|(_, count)| count).sum();
    let reasons: Vec<String> = reasons
        .iter()
        .map(|(reason, count)| format!("{count} {}", escaped(reason)))
        .collect();
    (all > 0).then(|| format!("{all} kept: {}", reasons.join(", ")))
}
