//! A promotion: its settings, what it would change, and the button.

use maud::{Markup, html};

use super::changes::{Listing, Offer, changes};
use super::layout::Frame;
use super::words;
use crate::domain::{
    Action, Environment, Mode, PolicyEvaluation, Right, SettingOrigin, SettingValue,
};
use crate::server::promotion::{Planned, Wanted};

/// What the page of a promotion shows.
pub(in crate::server) struct PromotionPage<'a> {
    pub frame: &'a Frame,
    pub wanted: &'a Wanted,
    pub planned: &'a Planned,
    /// Which part of the differences is shown.
    pub listing: &'a Listing,
    /// The environments, in order.
    pub environments: &'a [String],
    /// What came of an attempt that did nothing.
    pub outcome: Option<&'a str>,
}

/// The page of a promotion.
pub(in crate::server) fn promotion(page: &PromotionPage<'_>) -> Markup {
    let PromotionPage {
        frame,
        wanted,
        planned,
        ..
    } = page;
    let plan = &planned.prepared.plan;
    let hop = plan.hop();
    let title = format!("Promote {} to {}", wanted.what(), hop.to.name);
    let again = frame.address(&["promote"]);
    let offer = Offer {
        offered: &planned.offered,
        plan,
        choice: &wanted.choice,
        allow: &planned.allow,
        listing: page.listing,
        again: &again,
        lines: &frame.address(&["promote", "lines"]),
    };
    let content = html! {
        form.promotion method="post" action=(frame.address(&["promotions"])) data-again=(again) {
            // Enter in a field sends the form by its first button.
            button.hidden type="submit" formaction=(again) formnovalidate tabindex="-1" aria-hidden="true" {}
            (frame.token())
            input type="hidden" name="plan" value=(planned.id());
            input type="hidden" name="tip" value=(plan.target());
            input type="hidden" name="ticking" value=(wanted.offer());
            @if let Some(product) = &wanted.product { input type="hidden" name="product" value=(product); }
            @for application in &wanted.applications { input type="hidden" name="service" value=(application); }
            h1 { (title) }
            @if let Some(outcome) = page.outcome { pre.note.error role="alert" { (outcome) } }
            div.columns {
                fieldset.settings {
                    legend { "Settings" }
                    (settings(page))
                }
                section.changes aria-label="Changes" {
                    h2 { "Changes" }
                    (changes(&offer))
                }
            }
            (buttons(page, &again))
        }
    };
    frame.page("", &title, &content)
}

fn buttons(page: &PromotionPage<'_>, again: &str) -> Markup {
    let PromotionPage {
        frame,
        wanted,
        planned,
        ..
    } = page;
    let plan = &planned.prepared.plan;
    let may = frame.may(Right::Promote, wanted.only_product(), Some(&wanted.to));
    let is_held = !planned.allow.clears(plan);
    let why = if !may {
        Some("You have no right to promote this.")
    } else if plan.is_empty() {
        Some("There is nothing to promote.")
    } else if plan.action() == Action::None {
        Some("A policy only allows a preview.")
    } else if is_held {
        Some("A guard holds it.")
    } else {
        None
    };
    let verb = match plan.action() {
        Action::PullRequest => "Promote by pull request",
        _ => "Promote",
    };
    html! {
        div.buttons {
            button.plain type="submit" formaction=(again) formnovalidate { "Update the preview" }
            button.main type="submit" disabled[why.is_some()] { (verb) }
            @if let Some(why) = why { span.quiet { (why) } }
        }
    }
}

fn settings(page: &PromotionPage<'_>) -> Markup {
    let PromotionPage {
        wanted,
        planned,
        environments,
        ..
    } = page;
    let plan = &planned.prepared.plan;
    let hop = plan.hop();
    let is_product = wanted.product.is_some();
    let workflows = planned.configuration.settings.workflows.iter();
    let workflows: Vec<&str> = workflows.map(|workflow| workflow.name.as_str()).collect();
    html! {
        (environment("from", "From", &hop.from, environments))
        (environment("to", "To", &hop.to, environments))
        label { "What moves"
            select name="mode" data-plan {
                option value="" selected[wanted.mode.is_none()] { "as configured" }
                @for (mode, words) in [
                    (Mode::Versions, "versions"),
                    (Mode::Changes, "what changed since the last promotion"),
                    (Mode::All, "everything"),
                ] {
                    option value=(mode) selected[wanted.mode == Some(mode)] { (words) }
                }
            }
        }
        (action(page))
        @if is_product {
            (workflow(planned.policies.as_ref(), ("pre-action", "preAction", "Before the promotion"), wanted.pre_action.as_deref(), &workflows))
            (workflow(planned.policies.as_ref(), ("post-action", "postAction", "After the promotion"), wanted.post_action.as_deref(), &workflows))
        }
        label { "Title of the commit"
            input type="text" name="title" value=[wanted.title.as_deref()] placeholder=[(!plan.is_empty()).then(|| plan.message().title.as_str())]; }
        label { "More text" textarea name="body" rows="3" { (wanted.body.as_deref().unwrap_or_default()) } }
    }
}

fn environment(field: &str, label: &str, chosen: &Environment, all: &[String]) -> Markup {
    html! {
        label { (label)
            select name=(field) data-plan {
                @for name in all { option value=(name) selected[chosen.has_name(name)] { (name) } }
                @if !all.iter().any(|name| chosen.has_name(name)) {
                    option value=(chosen.name) selected { (chosen.name) }
                }
            }
        }
    }
}

/// What a policy has for a setting, with the policy's name.
fn required<'p>(policies: Option<&'p PolicyEvaluation>, name: &str) -> Option<(&'p str, &'p str)> {
    let setting = policies?
        .settings
        .iter()
        .find(|setting| setting.name == name)?;
    match (&setting.value, &setting.origin) {
        (SettingValue::Text(value), SettingOrigin::Policy { name, .. }) => Some((value, name)),
        _ => None,
    }
}

/// A setting that a policy enforces.
fn locked(label: &str, value: &str, policy: &str) -> Markup {
    html! {
        div.locked {
            span.label { (label) }
            span { (value) }
            span.quiet { "required by the policy " q { (policy) } }
        }
    }
}

fn action(page: &PromotionPage<'_>) -> Markup {
    let PromotionPage {
        wanted, planned, ..
    } = page;
    let plan = &planned.prepared.plan;
    if let Some((value, policy)) = required(planned.policies.as_ref(), "action")
        && value != Action::Commit.to_string()
    {
        return locked("Action", words::action(plan.action()), policy);
    }
    html! {
        label { "Action"
            select name="action" data-plan {
                @for action in [Action::Commit, Action::PullRequest] {
                    option value=(action) selected[wanted.action.unwrap_or(plan.action()) == action] { (words::action(action)) }
                }
            }
        }
    }
}

fn workflow(
    policies: Option<&PolicyEvaluation>,
    (field, setting, label): (&str, &str, &str),
    chosen: Option<&str>,
    all: &[&str],
) -> Markup {
    if let Some((value, policy)) = required(policies, setting) {
        return locked(label, value, policy);
    }
    html! {
        @if !all.is_empty() {
            label { (label)
                select name=(field) {
                    option value="" { "no workflow" }
                    @for name in all { option value=(name) selected[chosen == Some(name)] { (name) } }
                }
            }
        }
    }
}

/// What the last page of a promotion says.
pub(in crate::server) enum Outcome<'a> {
    /// The release that has started.
    Started(&'a str),
    /// What was done.
    Promoted(&'a str),
}

/// The page after a promotion that was done or has started.
pub(in crate::server) fn done(frame: &Frame, wanted: &Wanted, outcome: &Outcome<'_>) -> Markup {
    let title = format!("Promote {} to {}", wanted.what(), wanted.to);
    let content = html! {
        section.done {
            h1 { (title) }
            @match outcome {
                Outcome::Started(id) => p.good role="status" {
                    "The release " a href=(frame.address(&["releases", id])) { (id) } " has started."
                },
                Outcome::Promoted(summary) => pre.good role="status" { (summary) },
            }
            p { a.button href=(frame.address(&[])) data-close { "Back to the environments" } }
        }
    };
    frame.page("", &title, &content)
}
