//! The approvals of a release: those that were given, those that it needs, and who can give them.

use maud::{Markup, html};

use super::layout::Frame;
use super::words::{ago, marked, person};
use crate::domain::Right;
use crate::engine::{ApprovalChance, AwaitedApproval};
use crate::release::{Proof, Release};
use crate::render::Advice;

/// The approvals that a release needs, or why they are not known.
pub(in crate::server) type Awaited = Result<Vec<AwaitedApproval>, Advice>;

/// Whether the person has the right to approve a step.
fn may(frame: &Frame, release: &Release, environment: &str) -> bool {
    frame.may(Right::Approve, Some(&release.product), Some(environment))
}

/// The button that approves; it is only there where an approval counts.
pub(super) fn form(frame: &Frame, release: &Release, awaited: &Awaited) -> Markup {
    let awaited = awaited.iter().flatten();
    let counts = awaited.filter(|awaited| {
        awaited.chance == ApprovalChance::Counts && may(frame, release, &awaited.environment)
    });
    let mut steps: Vec<&str> = counts.map(|awaited| awaited.environment.as_str()).collect();
    steps.dedup();
    let address = frame.address(&["releases", &release.id, "approve"]);
    html! {
        @if !steps.is_empty() {
            form method="post" action=(address) {
                (frame.token())
                @if let [step] = steps.as_slice() {
                    input type="hidden" name="step" value=(step);
                } @else {
                    label { "Step " select name="step" {
                        option value="" { "all" }
                        @for step in &steps { option value=(step) { (step) } }
                    } }
                }
                button type="submit" { "Approve" }
            }
        }
    }
}

/// Who can give the approvals that the person cannot.
pub(super) fn awaited(frame: &Frame, release: &Release, awaited: &Awaited) -> Markup {
    let why_not = |awaited: &AwaitedApproval| {
        let who = match awaited.by.as_slice() {
            [] => "whoever may write to the repository".to_owned(),
            by => by.join(" or "),
        };
        match awaited.chance {
            ApprovalChance::Counts if may(frame, release, &awaited.environment) => None,
            ApprovalChance::Counts => Some("you have no right to approve this step".to_owned()),
            ApprovalChance::Given => Some("you have approved it".to_owned()),
            ApprovalChance::Unlisted if awaited.by.is_empty() => Some(format!(
                "{who} can approve it, but not on this server, because the gate lists nobody in `by`"
            )),
            ApprovalChance::Unlisted => Some(format!("only {who} can approve it")),
            ApprovalChance::UnlistedKey => Some(format!(
                "{who} can approve it, but not here, because the gate does not list the key that Git signs with here"
            )),
            ApprovalChance::Unproven => Some(format!(
                "{who} can approve it, but not here, because nothing would prove who gave the approval"
            )),
        }
    };
    let notes = awaited.iter().flatten();
    let notes: Vec<_> = notes
        .filter_map(|awaited| Some((awaited, why_not(awaited)?)))
        .collect();
    html! {
        @if let Err(fault) = awaited {
            p.note.error { "Whether it needs approvals is not known: " (marked(&fault.message)) }
        }
        @if !notes.is_empty() {
            div.note {
                @for (awaited, why) in notes {
                    p { strong { (awaited.environment) } ": gate " code { (awaited.gate) } ": " (marked(&why)) "." }
                }
            }
        }
    }
}

/// The approvals that were given.
pub(super) fn given(frame: &Frame, release: &Release) -> Markup {
    html! {
        ul {
            @for approval in &release.approvals {
                li {
                    (person(&approval.by)) " approved "
                    (approval.environment.as_deref().unwrap_or("all steps")) " "
                    (ago(approval.at, frame.now))
                    @if approval.proof == Proof::Name {
                        span.quiet { " – not counted: nothing proves who gave it" }
                    }
                }
            }
        }
    }
}
