//! The outcomes of the promotions to one or more targets as text.

use std::io::{self, Write};

use super::{explanation, result, summary};
use crate::engine::{Allow, Receipt};
use crate::plan::Plan;
use crate::render::terminal::{Canvas, escaped};
use crate::render::text::Detail;

/// Writes the results, for stdout; of several that are equal one.
///
/// # Errors
/// When `out` cannot be written.
pub fn results(
    out: &mut dyn Write,
    canvas: Canvas,
    outcomes: &[(&Receipt, &Plan)],
    detail: Detail,
    allow: &Allow,
) -> io::Result<()> {
    let mut written = Vec::new();
    for (receipt, shown) in outcomes {
        let mut text = Vec::new();
        result(&mut text, canvas, receipt, shown, detail, allow)?;
        if written.contains(&text) {
            continue;
        }
        let has_own_commit = matches!(
            receipt,
            Receipt::Committed { .. }
                | Receipt::Proposed {
                    pull_request: None,
                    ..
                }
        );
        if has_own_commit {
            write!(out, "{}", label(outcomes, shown))?;
        }
        out.write_all(&text)?;
        written.push(text);
    }
    Ok(())
}

/// Writes notes and hints about the results, for stderr; of several that are equal one.
///
/// # Errors
/// When `out` cannot be written.
pub fn explanations(
    out: &mut dyn Write,
    canvas: Canvas,
    outcomes: &[(&Receipt, &Plan)],
) -> io::Result<()> {
    let mut written = Vec::new();
    for (receipt, shown) in outcomes {
        let mut text = Vec::new();
        explanation(&mut text, canvas, receipt, &label(outcomes, shown))?;
        if !written.contains(&text) {
            out.write_all(&text)?;
            written.push(text);
        }
    }
    Ok(())
}

/// What was done, on one line; `None` if nothing was.
pub fn summaries(receipts: &[Receipt]) -> Option<String> {
    let mut all: Vec<String> = receipts.iter().filter_map(summary).collect();
    all.dedup();
    (!all.is_empty()).then(|| all.join("; "))
}

/// The target and a colon; empty if there is only one target.
fn label(outcomes: &[(&Receipt, &Plan)], shown: &Plan) -> String {
    match outcomes {
        [_] => String::new(),
        _ => format!("{}: ", escaped(&shown.hop().to.name)),
    }
}
