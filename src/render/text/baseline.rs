//! What the source was when it was last promoted, and what changed in it since.

use std::io::{self, Write};

use crate::plan::{Baseline, Plan};
use crate::render::baseline::{decisive, kept_changes, sentence};
use crate::render::date;
use crate::render::terminal::{Canvas, escaped};

/// Writes the baselines that decide what is promoted.
pub(super) fn write(out: &mut dyn Write, plan: &Plan, canvas: Canvas) -> io::Result<()> {
    list(out, plan, decisive(plan), canvas)
}

/// Writes every baseline of a plan.
///
/// # Errors
/// When `out` cannot be written.
pub fn baselines(out: &mut dyn Write, plan: &Plan, canvas: Canvas) -> io::Result<()> {
    if plan.baselines().is_empty() {
        if plan.differences().next().is_some() {
            return writeln!(out, "no baseline is known");
        }
        let hop = plan.hop();
        let (from, to) = (escaped(&hop.from.name), escaped(&hop.to.name));
        return writeln!(
            out,
            "{from} and {to} do not differ, so that no baseline matters"
        );
    }
    list(out, plan, plan.baselines().iter(), canvas)
}

fn list<'p>(
    out: &mut dyn Write,
    plan: &'p Plan,
    baselines: impl Iterator<Item = &'p Baseline>,
    canvas: Canvas,
) -> io::Result<()> {
    let dim = canvas.palette.dim;
    for baseline in baselines {
        let sentence = sentence(baseline, plan.hop(), |text| format!("`{}`", escaped(text)));
        let name = escaped(&baseline.application.0);
        writeln!(out, "baseline of {name}: {sentence}")?;
        for (change, count) in kept_changes(plan, baseline) {
            writeln!(
                out,
                "  {dim}kept from {} {}:{dim:#} {} {dim}({count}){dim:#}",
                change.commit.short(),
                date::day(change.time),
                escaped(&change.subject),
            )?;
        }
    }
    Ok(())
}
