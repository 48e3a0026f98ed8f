//! What was kept, and why.

use std::io::{self, Write};

use super::detail::{Detail, Kept, Selectors};
use super::row::{self, Row};
use crate::plan::{FilePlan, FileStatus, Plan};
use crate::render::terminal::{Canvas, harmless};

/// Writes how many differences were kept by reason, and each one if that was asked for.
pub(super) fn write(
    out: &mut dyn Write,
    plan: &Plan,
    canvas: Canvas,
    detail: Detail,
) -> io::Result<()> {
    let Some(count) = count(plan) else {
        return Ok(());
    };
    match detail.kept {
        Kept::Counted => {
            let dim = canvas.palette.dim;
            writeln!(out, "{dim}{count} (--kept lists them){dim:#}")
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
                    harmless(&application.name.0)
                )?;
                for file in files {
                    write_file(out, file, canvas, detail)?;
                }
            }
            writeln!(out)
        }
    }
}

/// A file's kept differences; a whole file that is kept away or stays takes one line.
fn write_file(
    out: &mut dyn Write,
    file: &FilePlan,
    canvas: Canvas,
    detail: Detail,
) -> io::Result<()> {
    let path = harmless(file.path.as_str());
    let style = canvas.palette.file;
    if let Some(whole) = file.kept().find(|d| d.is_whole_file()) {
        let sign = match file.status {
            FileStatus::Added => '+',
            FileStatus::Modified => ' ',
            FileStatus::Deleted => '-',
        };
        let reason = whole.verdict.reason.to_string();
        let dim = canvas.palette.dim;
        writeln!(
            out,
            "{sign} {style}{path}{style:#}  {dim}({}){dim:#}",
            harmless(&reason)
        )?;
        if detail.selectors == Selectors::Shown {
            row::selector(out, &whole.selector, canvas)?;
        }
        return Ok(());
    }
    writeln!(out, "  {style}{path}{style:#}")?;
    let rows: Vec<Row> = file.kept().map(Row::with_reason).collect();
    row::write(out, &rows, canvas, detail)
}

/// `12 kept: 7 not a version, 3 environment's own name`: the most frequent reason first.
fn count(plan: &Plan) -> Option<String> {
    let mut reasons: Vec<(String, usize)> = Vec::new();
    let mut all = 0;
    for difference in plan.differences().filter(|d| !d.verdict.is_promote()) {
        all += 1;
        let reason = harmless(&difference.verdict.reason.to_string()).into_owned();
        match reasons.iter_mut().find(|(r, _)| *r == reason) {
            Some((_, n)) => *n += 1,
            None => reasons.push((reason, 1)),
        }
    }
    reasons.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let reasons: Vec<String> = reasons
        .into_iter()
        .map(|(reason, n)| format!("{n} {reason}"))
        .collect();
    (all > 0).then(|| format!("{all} kept: {}", reasons.join(", ")))
}
