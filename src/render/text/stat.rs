//! The short forms of a preview: `--stat` and `--name-only`.

use std::io::{self, Write};

use crate::plan::{Content, FilePlan, Plan};
use crate::render::counted::counted;
use crate::render::hunks::{LineKind, hunks};
use crate::render::modes;
use crate::render::terminal::{Canvas, escaped};

/// Writes the path of each changed file.
///
/// # Errors
/// When `out` cannot be written.
pub fn name_only(out: &mut dyn Write, plan: &Plan) -> io::Result<()> {
    plan.changed_files()
        .try_for_each(|file| writeln!(out, "{}", escaped(file.path.as_str())))
}

/// Writes the number of added and removed lines in each changed file, and the modes that change or
/// are unusual, like `git diff --stat --summary`.
///
/// # Errors
/// When `out` cannot be written.
pub fn stat(out: &mut dyn Write, plan: &Plan, canvas: Canvas) -> io::Result<()> {
    let files: Vec<(String, Option<Lines>)> = plan
        .changed_files()
        .map(|f| (escaped(f.path.as_str()).into_owned(), Lines::of(f)))
        .collect();
    let widest = files
        .iter()
        .map(|(path, _)| path.chars().count())
        .max()
        .unwrap_or(0);
    let most = files
        .iter()
        .filter_map(|(_, l)| *l)
        .map(|l| l.added + l.removed)
        .max()
        .unwrap_or(0);
    let digits = most.to_string().len();
    let room = canvas.width.saturating_sub(widest + digits + 5).max(10);
    let palette = canvas.palette;
    for (path, lines) in &files {
        let Some(Lines { added, removed }) = *lines else {
            writeln!(out, " {path:widest$} | {:>digits$}", "Bin")?;
            continue;
        };
        let scaled = |n: usize| {
            if most <= room {
                n
            } else {
                (n * room).div_ceil(most)
            }
        };
        let (plus, minus) = ("+".repeat(scaled(added)), "-".repeat(scaled(removed)));
        let (green, red) = (palette.added, palette.removed);
        let sum = added + removed;
        write!(out, " {path:widest$} | {sum:>digits$}")?;
        if sum > 0 {
            write!(out, " {green}{plus}{green:#}{red}{minus}{red:#}")?;
        }
        writeln!(out)?;
    }
    let sum = |part: fn(&Lines) -> usize| {
        files
            .iter()
            .filter_map(|(_, l)| l.as_ref())
            .map(part)
            .sum::<usize>()
    };
    let (added, removed) = (sum(|l| l.added), sum(|l| l.removed));
    write!(out, " {} changed", counted(files.len(), "file"))?;
    if added > 0 {
        write!(out, ", {}(+)", counted(added, "insertion"))?;
    }
    if removed > 0 {
        write!(out, ", {}(-)", counted(removed, "deletion"))?;
    }
    writeln!(out)?;
    plan.changed_files().try_for_each(|file| mode(out, file))
}

/// Writes a file's mode if it changes or is unusual, and where the file points if it is a link.
fn mode(out: &mut dyn Write, file: &FilePlan) -> io::Result<()> {
    let Some(summary) = modes::summary(file) else {
        return Ok(());
    };
    write!(out, " {summary} {}", escaped(file.path.as_str()))?;
    if let Some(link) = file.after.as_ref().and_then(Content::link) {
        write!(out, " -> {}", escaped(&link))?;
    }
    writeln!(out)
}

/// The number of added and removed lines.
#[derive(Clone, Copy, Debug)]
struct Lines {
    added: usize,
    removed: usize,
}

impl Lines {
    fn of(file: &FilePlan) -> Option<Self> {
        let hunks = hunks(file)?;
        let count = |kind| {
            hunks
                .iter()
                .flat_map(|h| &h.lines)
                .filter(|l| l.kind == kind)
                .count()
        };
        Some(Self {
            added: count(LineKind::Added),
            removed: count(LineKind::Removed),
        })
    }
}
