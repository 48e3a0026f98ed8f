//! Small things that pages say.

use maud::{Markup, html};

use crate::domain::Action;
use crate::engine::VersionRelation;
use crate::release::{Phase, Purpose, ReleaseState, StepState};
use crate::render::{Table, date};

/// A number with its noun.
pub(super) use crate::render::counted;

/// Seconds in the units of an age.
const UNITS: [(i64, &str); 5] = [
    (365 * 86_400, "year"),
    (30 * 86_400, "month"),
    (86_400, "day"),
    (3_600, "hour"),
    (60, "minute"),
];

/// How long ago something was, with the exact time when it is pointed at.
pub(super) fn ago(time: i64, now: i64) -> Markup {
    let age = now - time;
    let unit = UNITS.iter().find(|(seconds, _)| age >= *seconds);
    let text = match unit {
        Some((seconds, name)) => {
            let count = usize::try_from(age / seconds).unwrap_or_default();
            format!("{} ago", counted(count, name))
        }
        None => "just now".to_owned(),
    };
    html! { time datetime=(date::rfc_3339(time)) title=(format!("{} UTC", date::short(time))) { (text) } }
}

/// How a version relates to the environment before: a sign, a word and a class.
pub(super) fn relation(relation: VersionRelation) -> (&'static str, &'static str, &'static str) {
    match relation {
        VersionRelation::Equal => ("=", "same", "same"),
        VersionRelation::Behind => ("↑", "behind", "behind"),
        VersionRelation::Ahead => ("↓", "ahead", "ahead"),
        VersionRelation::Diverged => ("⑂", "diverged", "odd"),
        VersionRelation::Different => ("≠", "different", "odd"),
    }
}

/// The state of a step: a sign, a word and a class.
pub(super) fn step(state: StepState) -> (&'static str, &'static str, &'static str) {
    match state {
        StepState::Pending => ("○", "not started", "pending"),
        StepState::Running => ("◐", "running", "running"),
        StepState::Suspended => ("◔", "waiting", "suspended"),
        StepState::Succeeded => ("✓", "done", "succeeded"),
        StepState::Failed => ("✗", "failed", "failed"),
        StepState::Terminated => ("■", "terminated", "terminated"),
        StepState::Skipped => ("✓", "already there", "succeeded"),
    }
}

/// What a step does now.
pub(super) fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::OnStart => "workflow at its start",
        Phase::GatesBefore => GATES_BEFORE,
        Phase::PreAction => WORKFLOW_BEFORE,
        Phase::Action => "the promotion itself",
        Phase::GatesAfter => GATES_AFTER,
        Phase::PostAction => WORKFLOW_AFTER,
        Phase::OnSuccess => "workflow at its end",
    }
}

/// The parts of a step around its promotion.
pub(super) const GATES_BEFORE: &str = "gates before the promotion";
pub(super) const WORKFLOW_BEFORE: &str = "workflow before the promotion";
pub(super) const GATES_AFTER: &str = "gates after the promotion";
pub(super) const WORKFLOW_AFTER: &str = "workflow after the promotion";

/// What a workflow runs for.
pub(super) fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::OnStart => "at the start",
        Purpose::PreAction => "before the promotion",
        Purpose::PostAction => "after the promotion",
        Purpose::OnSuccess => "after success",
        Purpose::OnFail => "after a failure",
    }
}

/// How a promotion is delivered.
pub(super) fn action(action: Action) -> &'static str {
    match action {
        Action::Commit => "commit",
        Action::PullRequest => "pull request",
        Action::None => "preview only",
    }
}

/// The state of a release as a badge.
pub(super) fn state(state: ReleaseState) -> Markup {
    let sign = match state {
        ReleaseState::Queued => "○",
        ReleaseState::Running => "◐",
        ReleaseState::Suspended => "◔",
        ReleaseState::Terminating | ReleaseState::Terminated => "■",
        ReleaseState::Failed => "✗",
        ReleaseState::Succeeded => "✓",
        ReleaseState::Superseded => "⇢",
    };
    html! {
        span class=(format!("state {}", state.name())) { span aria-hidden="true" { (sign) " " } (state.name()) }
    }
}

/// A table of `render`.
pub(super) fn table(table: &Table) -> Markup {
    html! {
        div.scroll tabindex="0" {
            table.stack {
                thead { tr { @for heading in table.headings() { th scope="col" { (heading) } } } }
                tbody {
                    @for row in table.rows() {
                        tr { @for (heading, cell) in table.headings().iter().zip(row) { td data-label=(heading) { (cell) } } }
                    }
                }
            }
        }
    }
}

/// A message whose names between backticks are code.
pub(super) fn marked(message: &str) -> Markup {
    html! {
        @for (at, part) in message.split('`').enumerate() {
            @if at % 2 == 0 { (part) } @else { code { (part) } }
        }
    }
}

/// A person's name without the address.
pub(super) fn person(person: &str) -> &str {
    person.split(" <").next().unwrap_or(person)
}

/// A time that may be to come.
pub(super) fn at(time: i64, now: i64) -> Markup {
    if time <= now {
        return html! { "now" };
    }
    let text = match time - now {
        1 => "in a second".to_owned(),
        seconds if seconds < 120 => format!("in {seconds} seconds"),
        seconds if seconds < 7_200 => format!("in {} minutes", seconds / 60),
        _ => format!("on {} UTC", date::short(time)),
    };
    html! { time datetime=(date::rfc_3339(time)) title=(format!("{} UTC", date::short(time))) { (text) } }
}
