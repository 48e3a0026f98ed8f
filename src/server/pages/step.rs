//! What the step of a release changed, or would change.

use maud::{Markup, html};

use super::changes::read_only;
use super::layout::Frame;
use super::lines::FILE;
use super::words::{ago, person};
use crate::engine::{Allow, PastPromotion};
use crate::plan::{FilePlan, Plan};
use crate::server::fields::query;

/// What the step of a release changed, or would change.
pub(in crate::server) enum StepChanges {
    /// It is in place.
    Landed(Box<PastPromotion>),
    /// It would do this now.
    Planned {
        plan: Box<Plan>,
        /// What lifts its holds.
        allow: Allow,
    },
    /// The environment already had everything.
    Nothing,
}

/// The page of a step.
pub(in crate::server) fn step(
    frame: &Frame,
    (release, environment): (&str, &str),
    changes: &StepChanges,
) -> Markup {
    let own = frame.address(&["releases", release, "changes", environment]);
    let lines = |file: &FilePlan| format!("{own}?{}", query([(FILE, file.path.as_str())]));
    let title = format!("{release} in {environment}");
    let content = html! {
        section {
            h1 { (title) }
            @match changes {
                StepChanges::Nothing => p.empty { "The environment already had everything." },
                StepChanges::Planned { plan, allow } => {
                    p.quiet { "As it would be now, from commit " code { (plan.source().short()) } "." }
                    (read_only(plan, allow, &lines))
                },
                StepChanges::Landed(promotion) => (landed(frame, promotion)),
            }
            p { a.button href=(frame.address(&["releases", release])) data-close { "Back to the release" } }
        }
    };
    frame.page("releases", &title, &content)
}

fn landed(frame: &Frame, promotion: &PastPromotion) -> Markup {
    html! {
        p { strong { (promotion.title) } }
        p.quiet { "commit " code { (promotion.commit.short()) } ", " (ago(promotion.arrived(), frame.now)) " by " (person(&promotion.author)) }
        ul.differences {
            @for application in &promotion.applications {
                li { div {
                    span.place { (application.name) }
                    @if let Some(version) = &application.version {
                        span.change {
                            @if let Some(before) = &version.before { del { (before) } " " }
                            @if let Some(after) = &version.after { span.arrow aria-hidden="true" { "→ " } ins { (after) } }
                        }
                    }
                } }
            }
        }
        @for taken in &promotion.reverted_by {
            p.note { "Commit " code { (taken.commit.short()) } " took back " (if taken.is_whole { "all of it" } else { "a part of it" }) "." }
        }
    }
}
