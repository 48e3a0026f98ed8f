//! What holds a plan, and what people should know about it.

use maud::{Markup, html};

use super::words::{counted, marked};
use crate::domain::{GuardName, Severity};
use crate::engine::Allow;
use crate::plan::{Finding, Plan};
use crate::render::{notice, text};

/// How many notes of a kind are shown.
const NOTES: usize = 30;

/// Whether people can lift holds where the notes are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lifting {
    /// By boxes of the form around them.
    Boxes,
    /// Not here.
    Elsewhere,
}

/// What holds a plan, and what people should know.
pub(super) fn notes(plan: &Plan, allow: &Allow, lifting: Lifting) -> Markup {
    let conflicts = plan.conflicts();
    let notices = plan.clone_notices().iter().chain(plan.notices());
    html! {
        (first(plan.faults(), "error", |fault| html! {
            p.note.error { strong { "Error: " } (text::fault_line(fault))
                @if fault.is_chosen { "; " (fault.application) " is left out" } }
        }))
        (first(&conflicts, "conflict", |conflict| html! {
            p.note.error { strong { "Conflict: " } (conflict.shown) ": " (conflict.reason) }
        }))
        @for guard in GuardName::ALL {
            (findings(*guard, plan, allow, lifting))
        }
        (first(notices, "note", |notice| html! {
            p.note { strong { "Note: " }
                @if let Some(path) = notice::heading(notice) { code { (path) } ": " }
                (marked(&notice::message(notice))) }
        }))
        @for command in plan.unverified() {
            p.note { "Before anything is written, this must succeed: " code { (command.command) } }
        }
    }
}

/// The first of some notes, and how many more there are.
fn first<T>(all: impl IntoIterator<Item = T>, noun: &str, shown: impl Fn(T) -> Markup) -> Markup {
    let mut all = all.into_iter();
    html! {
        @for one in all.by_ref().take(NOTES) { (shown(one)) }
        @let others = all.count();
        @if others > 0 { p.note { "… and " (counted(others, &format!("more {noun}"))) } }
    }
}

/// The findings of a guard, those that hold first, and one box that lifts all that can be lifted.
fn findings(guard: GuardName, plan: &Plan, allow: &Allow, lifting: Lifting) -> Markup {
    let of_guard = plan.findings().iter();
    let of_guard = of_guard.filter(|finding| finding.guard == guard);
    let (holds, warnings): (Vec<&Finding>, Vec<&Finding>) =
        of_guard.partition(|finding| finding.is_hold());
    let mut liftable = holds.iter();
    let liftable = liftable.find(|finding| finding.severity == Severity::Hold);
    let liftable = liftable.filter(|_| lifting == Lifting::Boxes);
    html! {
        (first(holds.iter().chain(&warnings), "finding", |finding| self::finding(finding, allow)))
        @if let Some(finding) = liftable {
            div.note {
                label { input type="checkbox" name="allow" value=(guard) checked[allow.lifts(finding)] data-plan;
                    "Promote all the same" span.quiet { " (" (guard) ")" } }
            }
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
            @if finding.severity == Severity::FinalHold { p.quiet { "A policy forbids to lift this." } }
        }
    }
}
