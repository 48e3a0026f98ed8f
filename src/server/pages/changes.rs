//! The compact diff of a plan: what moves and what stays, each to be ticked in or out.

use maud::{Markup, html};

use super::words::{counted, marked};
use crate::domain::{Op, Severity};
use crate::engine::Allow;
use crate::plan::{ApplicationPlan, FilePlan, FileStatus, Finding, Plan, PlannedDifference};
use crate::render::{LineKind, hunks, notice, shown_sides, text};

/// How many lines of a file are shown at most.
const LINES: usize = 400;

/// What a plan changes and keeps; `offered` is the plan before anything was ticked in or out.
pub(super) fn changes(plan: &Plan, offered: &Plan, allow: &Allow) -> Markup {
    let changed: Vec<&FilePlan> = plan.changed_files().collect();
    html! {
        (notes(plan, allow))
        @if changed.is_empty() {
            p.empty { "There is nothing to promote: the target has everything that would move." }
        } @else {
            p.sum { (counted(changed.len(), "file")) " would change." }
        }
        @for application in offered.applications().iter().filter(|a| moves(plan, a)) {
            (self::application(plan, application))
        }
        (kept(plan, offered))
        @for file in changed { (lines(file)) }
    }
}

/// What a plan changes and keeps, without boxes.
pub(super) fn read_only(plan: &Plan) -> Markup {
    html! {
        (notes(plan, &Allow::All))
        @if plan.is_empty() { p.empty { "There is nothing to promote." } }
        @for application in plan.applications().iter().filter(|a| a.is_changed()) {
            section.application {
                h3 { (application.name) }
                @for file in application.files.iter().filter(|file| file.is_changed()) {
                    p.file { (sign(file.status)) " " code { (file.path) } }
                    ul.differences { @for difference in file.promoted() { li { (change(difference)) } } }
                }
            }
        }
        @for file in plan.changed_files() { (lines(file)) }
    }
}

/// The same difference in another plan.
fn in_plan<'p>(plan: &'p Plan, difference: &PlannedDifference) -> Option<&'p PlannedDifference> {
    plan.differences()
        .find(|other| other.selector == difference.selector)
}

fn is_ticked(plan: &Plan, difference: &PlannedDifference) -> bool {
    in_plan(plan, difference).is_some_and(|now| now.verdict.is_promote())
}

/// Whether something of an application moves, or would without a choice.
fn moves(plan: &Plan, application: &ApplicationPlan) -> bool {
    let mut differences = application.files.iter().flat_map(|file| &file.differences);
    differences.any(|d| d.verdict.is_promote() || is_ticked(plan, d))
}

fn application(plan: &Plan, application: &ApplicationPlan) -> Markup {
    html! {
        section.application {
            h3 { (application.name) }
            @for file in &application.files {
                @let moving: Vec<_> = file.differences.iter()
                    .filter(|d| d.verdict.is_promote() || is_ticked(plan, d)).collect();
                @if !moving.is_empty() {
                    p.file { (sign(file.status)) " " code { (file.path) } }
                    ul.differences { @for difference in moving { (tick(plan, difference)) } }
                }
            }
        }
    }
}

/// What stays, with the reasons.
fn kept(plan: &Plan, offered: &Plan) -> Markup {
    let is_kept = |d: &&PlannedDifference| !d.verdict.is_promote() && !is_ticked(plan, d);
    let count = offered.differences().filter(is_kept).count();
    html! {
        @if count > 0 {
            details.kept {
                summary { (counted(count, "difference")) " kept as " (if count == 1 { "it is" } else { "they are" }) }
                @for application in offered.applications() {
                    @for file in &application.files {
                        @let stays: Vec<_> = file.differences.iter().filter(is_kept).collect();
                        @if !stays.is_empty() {
                            p.file { code { (file.path) } }
                            ul.differences { @for difference in stays { (tick(plan, difference)) } }
                        }
                    }
                }
            }
        }
    }
}

/// A difference with its box.
fn tick(plan: &Plan, difference: &PlannedDifference) -> Markup {
    let now = in_plan(plan, difference).unwrap_or(difference);
    let is_ticked = now.verdict.is_promote();
    html! {
        li {
            label {
                input type="checkbox" name="tick" value=(difference.selector) checked[is_ticked] data-plan;
                (change(difference))
            }
            span.reason { (now.verdict.reason) }
        }
    }
}

/// A place, and its values before and after.
fn change(difference: &PlannedDifference) -> Markup {
    let (before, after) = shown_sides(difference);
    html! {
        span.place { @if difference.shown.is_empty() { "the whole file" } @else { (difference.shown) } }
        span.change {
            @if let Some(before) = before { del { (before) } " " }
            @match (difference.op, after) {
                (Op::Remove, _) => span.quiet { "is removed" },
                (_, Some(after)) => { span.arrow aria-hidden="true" { "→ " } ins { (after) } },
                (_, None) => {},
            }
        }
    }
}

fn sign(status: FileStatus) -> &'static str {
    match status {
        FileStatus::Modified => "change",
        FileStatus::Added => "add",
        FileStatus::Deleted => "delete",
    }
}

/// The changed lines of a file.
fn lines(file: &FilePlan) -> Markup {
    html! {
        details.lines {
            summary { "Lines of " code { (file.path) } }
            @match hunks(file) {
                None => p.quiet { "This is not UTF-8 text." },
                Some(hunks) => pre.diff {
                    @for hunk in &hunks {
                        span.hunk { (hunk.header.trim_end()) "\n" }
                        @for line in hunk.lines.iter().take(LINES) {
                            @let (mark, class) = match line.kind {
                                LineKind::Context => (" ", "context"),
                                LineKind::Removed => ("-", "removed"),
                                LineKind::Added => ("+", "added"),
                            };
                            span class=(class) {
                                (mark)
                                @for segment in &line.segments {
                                    @if segment.is_changed { mark { (segment.text) } } @else { (segment.text) }
                                }
                                "\n"
                            }
                        }
                        @if hunk.lines.len() > LINES { span.quiet { "… " (hunk.lines.len() - LINES) " more lines\n" } }
                    }
                },
            }
        }
    }
}

/// What holds a plan, and what people should know.
fn notes(plan: &Plan, allow: &Allow) -> Markup {
    let notices = plan.clone_notices().iter().chain(plan.notices());
    html! {
        @for fault in plan.faults() {
            p.note.error { strong { "Error: " } (text::fault_line(fault))
                @if fault.is_chosen { "; " (fault.application) " is left out" } }
        }
        @for conflict in plan.conflicts() {
            p.note.error { strong { "Conflict: " } (conflict.shown) ": " (conflict.reason) }
        }
        @for finding in plan.findings() { (self::finding(finding, allow)) }
        @for notice in notices {
            p.note { strong { "Note: " }
                @if let Some(path) = notice::heading(notice) { code { (path) } ": " }
                (marked(&notice::message(notice))) }
        }
        @for command in plan.unverified() {
            p.note { "Before anything is written, this must succeed: " code { (command.command) } }
        }
    }
}

fn finding(finding: &Finding, allow: &Allow) -> Markup {
    let is_held = finding.is_hold() && !allow.lifts(finding);
    html! {
        div class=(if is_held { "note held" } else { "note" }) {
            p {
                strong { @if is_held { "Held by " } @else if finding.is_hold() { "Lifted: " } @else { "Warning by " }
                    (finding.guard) ": " }
                (marked(&finding.message))
            }
            @if let Some(command) = &finding.command { pre { (command.output) } }
            @if finding.severity == Severity::Hold {
                label { input type="checkbox" name="allow" value=(finding.guard) checked[allow.lifts(finding)] data-plan;
                    "Promote all the same" }
            } @else if is_held { p.quiet { "A policy forbids to lift this." } }
        }
    }
}
