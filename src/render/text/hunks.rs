//! Unified hunks; with colour, the changed words are marked.

use std::io::{self, Write};

use super::detail::Length;
use crate::plan::{FilePlan, FileStatus};
use crate::render::hunks::{Hunk, Line, LineKind, hunks};
use crate::render::modes;
use crate::render::terminal::{Canvas, escaped};

/// Writes a file's change as a unified diff; the heading of a new or deleted file has its size instead,
/// unless the preview is a full one.
pub(super) fn write(
    out: &mut dyn Write,
    file: &FilePlan,
    canvas: Canvas,
    length: Length,
) -> io::Result<()> {
    if file.status != FileStatus::Modified && length == Length::Shortened {
        return Ok(());
    }
    let palette = canvas.palette;
    let path = escaped(file.path.as_str());
    let (before, after) = match file.status {
        FileStatus::Modified => (format!("a/{path}"), format!("b/{path}")),
        FileStatus::Added => ("/dev/null".to_owned(), format!("b/{path}")),
        FileStatus::Deleted => (format!("a/{path}"), "/dev/null".to_owned()),
    };
    let heading = palette.heading;
    for line in modes::header(file) {
        writeln!(out, "{heading}{line}{heading:#}")?;
    }
    writeln!(
        out,
        "{heading}--- {before}{heading:#}\n{heading}+++ {after}{heading:#}"
    )?;
    let Some(hunks) = hunks(file) else {
        writeln!(out, "{0}(not UTF-8 text){0:#}\n", palette.dim)?;
        return Ok(());
    };
    write_hunks(out, &hunks, canvas)?;
    writeln!(out)
}

/// Writes hunks with their headers.
pub(super) fn write_hunks(out: &mut dyn Write, hunks: &[Hunk], canvas: Canvas) -> io::Result<()> {
    for hunk in hunks {
        let style = canvas.palette.hunk;
        writeln!(out, "{style}{}{style:#}", hunk.header.trim_end())?;
        for line in &hunk.lines {
            write_line(out, line, canvas)?;
        }
    }
    Ok(())
}

fn write_line(out: &mut dyn Write, line: &Line, canvas: Canvas) -> io::Result<()> {
    let palette = canvas.palette;
    let plain = anstyle::Style::new();
    let (sign, style, words) = match line.kind {
        LineKind::Context => (' ', plain, plain),
        LineKind::Removed => ('-', palette.removed, palette.removed_words),
        LineKind::Added => ('+', palette.added, palette.added_words),
    };
    // If the whole line changed, its words are not marked.
    let is_partly = line.segments.iter().any(|s| !s.is_changed);
    write!(out, "{style}{sign}{style:#}")?;
    for segment in &line.segments {
        let style = if segment.is_changed && is_partly {
            words
        } else {
            style
        };
        write!(out, "{style}{}{style:#}", segment.text)?;
    }
    writeln!(out)?;
    if line.lacks_newline {
        writeln!(out, "{0}\\ No newline at end of file{0:#}", palette.dim)?;
    }
    Ok(())
}
