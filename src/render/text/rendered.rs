//! What changes in the rendered manifests, as text.

use std::io::{self, Write};

use super::hunks::write_hunks;
use crate::plan::{Plan, RenderedUnit, ResourceChange};
use crate::render::hunks::hunks_between;
use crate::render::manifests;
use crate::render::terminal::{Canvas, escaped};

/// Writes the changes of each resource, by kustomization and chart.
pub(super) fn write(out: &mut dyn Write, plan: &Plan, canvas: Canvas) -> io::Result<()> {
    let Some(rendered) = plan.rendered() else {
        return Ok(());
    };
    for unit in &rendered.units {
        write_unit(out, unit, canvas)?;
    }
    if let Some(files) = manifests::unrendered(rendered) {
        let dim = canvas.palette.dim;
        writeln!(out, "{dim}{}{dim:#}\n", escaped(&files))?;
    }
    Ok(())
}

fn write_unit(out: &mut dyn Write, unit: &RenderedUnit, canvas: Canvas) -> io::Result<()> {
    let palette = canvas.palette;
    let title = manifests::title(unit);
    let changes = match &unit.changes {
        Ok(changes) => changes,
        Err(reason) => {
            let warning = palette.warning;
            return writeln!(
                out,
                "{warning}warning{warning:#}: {} could not be rendered: {}\n",
                escaped(&title),
                escaped(reason)
            );
        }
    };
    let heading = palette.heading;
    writeln!(out, "{heading}rendered: {}{heading:#}", escaped(&title))?;
    if changes.is_empty() {
        writeln!(out, "  no resource changes")?;
    }
    for change in changes {
        write_change(out, change, canvas)?;
    }
    writeln!(out)
}

fn write_change(out: &mut dyn Write, change: &ResourceChange, canvas: Canvas) -> io::Result<()> {
    let file = canvas.palette.file;
    let name = change.shown();
    let state = manifests::state(change);
    writeln!(out, "  {file}{}{file:#}{state}", escaped(&name))?;
    let text = |side: &Option<String>| side.clone().unwrap_or_default();
    let hunks = hunks_between(&text(&change.before), &text(&change.after));
    write_hunks(out, &hunks, canvas)
}
