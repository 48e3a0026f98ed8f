//! What changes in the rendered manifests, in a fenced block for each kustomization and chart.

use super::code::{code, whole};
use super::fence::{around, text};
use super::page::{LeftOut, Page};
use crate::plan::{Plan, RenderedUnit, ResourceChange};
use crate::port::body_size;
use crate::render::hunks::hunks_between;
use crate::render::manifests;
use crate::render::terminal::escaped;

/// Writes the resources that fit, and counts the others.
pub(super) fn write(page: &mut Page, plan: &Plan) -> LeftOut {
    let Some(rendered) = plan.rendered() else {
        return LeftOut(0);
    };
    let left_out = rendered.units.iter().map(|unit| write_unit(page, unit));
    let left_out = left_out.sum();
    if let Some(files) = manifests::unrendered(rendered) {
        page.push(&format!("\n{}.\n", whole(&files)));
    }
    LeftOut(left_out)
}

/// Writes the resources of a unit that fit; returns how many do not.
fn write_unit(page: &mut Page, unit: &RenderedUnit) -> usize {
    let title = code(&manifests::title(unit));
    let changes = match &unit.changes {
        Ok(changes) => changes,
        Err(reason) => {
            let reason = whole(reason);
            page.push(&format!("\n{title} could not be rendered: {reason}\n"));
            return 0;
        }
    };
    if changes.is_empty() {
        page.push(&format!("\nRendered {title}: no resource changes.\n"));
        return 0;
    }
    let texts: Vec<String> = changes.iter().map(block).collect();
    let fence = around(texts.iter().map(String::as_str));
    let opening = format!("\nRendered {title}:\n\n{fence}diff\n");
    let closing = format!("{fence}\n");
    let mut body = String::new();
    let mut left_out = 0;
    for text in texts {
        let all = [&opening, &body, &text, &closing].map(|text| body_size(text));
        if left_out == 0 && page.has_room(all.iter().sum()) {
            body.push_str(&text);
        } else {
            left_out += 1;
        }
    }
    if !body.is_empty() {
        page.push(&format!("{opening}{body}{closing}"));
    }
    left_out
}

/// The hunks of a resource below its name.
fn block(change: &ResourceChange) -> String {
    let shown = change.shown();
    let name = escaped(&shown);
    let side = |text: &Option<String>| match text {
        Some(_) => name.to_string(),
        None => "/dev/null".to_owned(),
    };
    let content = |text: &Option<String>| text.clone().unwrap_or_default();
    let hunks = hunks_between(&content(&change.before), &content(&change.after));
    let hunks: String = hunks.iter().map(text).collect();
    let (before, after) = (side(&change.before), side(&change.after));
    format!("--- {before}\n+++ {after}\n{hunks}")
}
