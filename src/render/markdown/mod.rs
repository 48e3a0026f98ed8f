//! The preview as Markdown, for pull requests and comments.
//!
//! # Why
//!
//! What stands in a repository must not speak for the program: a value may hold
//! anything, `@everyone` and a table's pipe as well. So each text from the
//! repository stands in code, where forges neither notify nor link. Forges take
//! 65,536 characters; what does not fit is left out in whole rows and hunks, and
//! counted. The table goes first, for it is what a reviewer cannot do without.

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

/// What the closing line on left-out parts may take.
const CLOSING: usize = 160;

/// The preview of a plan in at most `limit` characters.
pub fn markdown(plan: &Plan, limit: usize) -> String {
    let mut page = Page::new(limit.saturating_sub(CLOSING));
    page.push(&format!("{}\n", summary(plan)));
    let notes = notes::notes(plan, limit / 4);
    // What is found and kept is always told: its room is taken before the tables'.
    page.reserve(body_size(&notes));
    let rows = table::write(&mut page, plan);
    let hunks = fence::write(&mut page, plan);
    page.release(body_size(&notes));
    page.push(&notes);
    let mut text = page.text;
    text.push_str(&left_out(rows, hunks));
    if body_size(&text) > limit {
        // Only a limit of a few words comes here.
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

/// Gives the engine the preview that stands in a pull request.
#[derive(Clone, Copy, Debug, Default)]
pub struct MarkdownPreview;

impl PlanPreview for MarkdownPreview {
    fn preview(&self, plan: &Plan, limit: usize) -> String {
        markdown(plan, limit)
    }
}

#[cfg(test)]
mod tests;
