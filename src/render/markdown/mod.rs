//! The preview as Markdown, for pull requests and comments.
//!
//! # Why
//!
//! Text from the repository is untrusted: a value may contain `@everyone` or a table's pipe. It is
//! only written as code, where forges neither notify nor link. Forges accept 65,536 characters; rows
//! and hunks that do not fit are left out and counted. Holds and warnings come first, then the table,
//! because reviewers need them most.

mod code;
mod fence;
mod notes;
mod page;
mod purpose;
mod rendered;
mod table;

use crate::engine::Allow;
use crate::plan::{FilePlan, Plan};
use crate::port::{PlanPreview, body_size};
use crate::render::baseline::decisive;
use crate::render::counted::counted;
use crate::render::records;
use crate::render::terminal::escaped_line;
use code::{ELLIPSIS, code};
pub(super) use code::{cell, whole};
pub(super) use fence::around;
use page::{LeftOut, Page};
pub use purpose::Purpose;

/// The space reserved for the lines about what was shortened or left out.
const CLOSING: usize = 260;

/// The line below a table in which a value was shortened.
const SHORTENED: &str = "\n*Long values are shortened; `git promote diff --full` shows them.*\n";

/// The previews of plans in together at most `limit` characters; of several each below its target's name.
pub fn markdown(plans: &[&Plan], limit: usize, purpose: Purpose<'_>) -> String {
    if let [plan] = plans {
        return preview(plan, limit, purpose);
    }
    let mut text = String::new();
    for (at, plan) in plans.iter().enumerate() {
        let start = if at == 0 { "" } else { "\n" };
        let heading = format!("{start}## {}\n\n", code(&plan.hop().to.name));
        // What earlier ones did not need is left to the later ones.
        let room = limit.saturating_sub(body_size(&text)) / (plans.len() - at);
        text.push_str(&heading);
        text.push_str(&preview(
            plan,
            room.saturating_sub(body_size(&heading)),
            purpose,
        ));
    }
    text
}

/// The preview of a plan in at most `limit` characters.
fn preview(plan: &Plan, limit: usize, purpose: Purpose<'_>) -> String {
    let mut page = Page::new(limit.saturating_sub(CLOSING));
    page.push(&format!("{}\n", summary(plan)));
    let notes = notes::notes(plan, limit / 4, purpose);
    page.push(&notes);
    let kept = format!(
        "{}{}",
        notes::baselines(plan, decisive(plan)),
        notes::kept(plan)
    );
    let message = match purpose {
        Purpose::Preview(allow) if !plan.is_empty() => message(plan, allow),
        _ => String::new(),
    };
    // Both are always included, so their space is reserved before the tables. Only a message that
    // someone wrote can be too long.
    let reserved = [&message, &kept].map(|text| body_size(text).min(limit / 4));
    page.reserve(reserved.iter().sum());
    let rows = table::write(&mut page, plan);
    let is_shortened = page.text.contains(ELLIPSIS) || notes.contains(ELLIPSIS);
    let hunks = fence::write(&mut page, plan);
    let resources = rendered::write(&mut page, plan);
    page.release(reserved.iter().sum());
    page.push(&kept);
    let message = LeftOut(usize::from(!page.push(&message)));
    let mut text = page.text;
    if is_shortened {
        text.push_str(SHORTENED);
    }
    text.push_str(&left_out(rows, hunks, resources, message));
    if body_size(&text) > limit {
        // Only happens if the limit is very small.
        text = code::first(&text, limit);
    }
    text
}

/// What the source was when each application was last promoted.
pub fn markdown_baselines(plan: &Plan) -> String {
    notes::baselines(plan, plan.baselines().iter())
}

fn summary(plan: &Plan) -> String {
    let (from, to) = (code(&plan.hop().from.name), code(&plan.hop().to.name));
    let reverted = plan.reverts().map(|reverted| reverted.commit.short());
    let subject = match &reverted {
        None => format!("{from} → {to}"),
        Some(commit) => format!("Revert of {commit} in {to}"),
    };
    if plan.is_empty() {
        return match &reverted {
            None => format!("Nothing to promote from {from} to {to}."),
            Some(commit) if plan.differences().next().is_none() => {
                format!("{commit} is already reverted in {to}.")
            }
            Some(commit) if plan.is_changed_since() => {
                format!("Nothing left to revert of {commit} in {to}.")
            }
            Some(commit) => format!("Nothing of {commit} is reverted in {to}."),
        };
    }
    if !plan.changes_files() {
        return format!("{}.", records::sentence(plan, |text| code(text).into()));
    }
    let promoted = plan.changed_files().flat_map(FilePlan::promoted).count();
    format!(
        "{subject}: {} in {} of {}.",
        counted(promoted, "difference"),
        counted(plan.changed_files().count(), "file"),
        counted(plan.changed_applications().count(), "application"),
    )
}

/// The commit message, behind a line to click on.
fn message(plan: &Plan, allow: &Allow) -> String {
    let message = plan.commit_message(&allow.lifted(plan));
    let lines: Vec<_> = message.lines().map(escaped_line).collect();
    let text = lines.join("\n");
    let fence = fence::around([text.as_str()]);
    format!(
        "\n<details><summary>Commit message</summary>\n\n{fence}text\n{text}\n{fence}\n\n</details>\n"
    )
}

fn left_out(
    LeftOut(rows): LeftOut,
    LeftOut(hunks): LeftOut,
    LeftOut(resources): LeftOut,
    LeftOut(messages): LeftOut,
) -> String {
    let mut parts = Vec::new();
    if rows > 0 {
        parts.push(counted(rows, "difference"));
    }
    if hunks > 0 {
        parts.push(format!("the lines of {}", counted(hunks, "change")));
    }
    if resources > 0 {
        parts.push(counted(resources, "rendered resource"));
    }
    if messages > 0 {
        parts.push("the commit message".to_owned());
    }
    if parts.is_empty() {
        return String::new();
    }
    let last = parts.pop().unwrap_or_default();
    let parts = match parts.as_slice() {
        [] => last,
        parts => format!("{} and {last}", parts.join(", ")),
    };
    format!("\n*Left out for length: {parts}. `git promote diff` shows everything.*\n")
}

/// The preview in the body of a pull request, for the engine.
#[derive(Clone, Copy, Debug, Default)]
pub struct MarkdownPreview;

impl PlanPreview for MarkdownPreview {
    fn preview(&self, plans: &[&Plan], limit: usize) -> String {
        markdown(plans, limit, Purpose::PullRequest)
    }
}

#[cfg(test)]
mod tests;
