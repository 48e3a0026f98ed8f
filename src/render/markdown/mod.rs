//! The preview as Markdown, for pull requests and comments.
//!
//! # Why
//!
//! Text from the repository is untrusted: a value may contain `@everyone` or a table's pipe. It is
//! only written as code, where forges neither notify nor link. Forges accept 65,536 characters; rows
//! and hunks that do not fit are left out and counted. The table comes first, because reviewers need
//! it most.

mod code;
mod fence;
mod notes;
mod page;
mod table;

use crate::plan::{FilePlan, Plan};
use crate::port::{PlanPreview, body_size};
use crate::render::counted::counted;
use code::code;
use page::{LeftOut, Page};

/// The space reserved for the line about what was left out.
const CLOSING: usize = 160;

/// The preview of a plan in at most `limit` characters.
pub fn markdown(plan: &Plan, limit: usize) -> String {
    let mut page = Page::new(limit.saturating_sub(CLOSING));
    page.push(&format!("{}\n", summary(plan)));
    let notes = notes::notes(plan, limit / 4);
    // The notes are always included, so their space is reserved before the tables.
    page.reserve(body_size(&notes));
    let rows = table::write(&mut page, plan);
    let hunks = fence::write(&mut page, plan);
    page.release(body_size(&notes));
    page.push(&notes);
    let mut text = page.text;
    text.push_str(&left_out(rows, hunks));
    if body_size(&text) > limit {
        // Only happens if the limit is very small.
        text = code::first(&text, limit);
    }
    text
}

fn summary(plan: &Plan) -> String {
    let (from, to) = (code(&plan.hop().from.name), code(&plan.hop().to.name));
    if plan.is_empty() {
        return format!("Nothing to promote from {from} to {to}.");
    }
    let promoted = plan.changed_files().flat_map(FilePlan::promoted).count();
    format!(
        "{from} → {to}: {} in {} of {}.",
        counted(promoted, "difference"),
        counted(plan.changed_files().count(), "file"),
        counted(plan.changed_applications().count(), "application"),
    )
}

fn left_out(LeftOut(rows): LeftOut, LeftOut(hunks): LeftOut) -> String {
    let mut parts = Vec::new();
    if rows > 0 {
        parts.push(counted(rows, "difference"));
    }
    if hunks > 0 {
        parts.push(format!("the lines of {}", counted(hunks, "change")));
    }
    if parts.is_empty() {
        return String::new();
    }
    format!(
        "\n*Left out for length: {}. `git promote diff` shows everything.*\n",
        parts.join(" and ")
    )
}

/// The preview in the body of a pull request, for the engine.
#[derive(Clone, Copy, Debug, Default)]
pub struct MarkdownPreview;

impl PlanPreview for MarkdownPreview {
    fn preview(&self, plan: &Plan, limit: usize) -> String {
        markdown(plan, limit)
    }
}

#[cfg(test)]
mod tests;
