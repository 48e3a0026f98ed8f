//! A line for each application, if a preview would be too long to read.

use std::io::{self, Write};

use super::detail::Length;
use super::value;
use crate::plan::{FilePlan, Plan};
use crate::render::counted::counted;
use crate::render::terminal::{Canvas, escaped};

/// Writes the name of each changed application with its version, and how much of it changes.
pub(super) fn write(out: &mut dyn Write, plan: &Plan, canvas: Canvas) -> io::Result<()> {
    let (heading, dim) = (canvas.palette.heading, canvas.palette.dim);
    for application in plan.applications() {
        let changed = application.files.iter().filter(|file| file.is_changed());
        let files: Vec<&FilePlan> = changed.collect();
        if files.is_empty() {
            continue;
        }
        write!(out, "{heading}{}{heading:#}", escaped(&application.name.0))?;
        if let Some(version) = &application.version {
            let version = value::version_change(version, Length::Shortened);
            write!(out, "  {version}")?;
        }
        let promoted = files.iter().flat_map(|file| file.promoted()).count();
        writeln!(
            out,
            "  {dim}({} in {}){dim:#}",
            counted(promoted, "difference"),
            counted(files.len(), "file")
        )?;
    }
    writeln!(
        out,
        "\n{dim}summed up for each application (--full lists all differences){dim:#}\n"
    )
}
