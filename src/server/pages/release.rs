//! A release: how far it is, what it waits for, and what happened.

use maud::{Markup, html};

use super::approvals::{self, Awaited};
use super::graph;
use super::layout::Frame;
use super::releases::flow;
use super::words::{ago, marked, person, phase, purpose, state};
use crate::domain::{FlowStep, GuardName, Right};
use crate::engine::PastTransition;
use crate::release::{Attempt, AttemptState, RefusedBy, Release, ReleaseState, Step, Waiting};
use crate::render::release_advice;

/// What the page of a release shows.
pub(in crate::server) struct ReleasePage<'a> {
    pub frame: &'a Frame,
    pub release: &'a Release,
    /// What it waits for, as far as it was looked at.
    pub waits: &'a [Waiting],
    /// The approvals that it needs, or why they are not known.
    pub awaited: &'a Awaited,
    /// What happened, oldest first.
    pub history: &'a [PastTransition],
    /// The steps of its flow, if the configuration still has it.
    pub steps: Option<&'a [FlowStep]>,
    /// The environment that changes first.
    pub trigger: &'a str,
    /// Whether it was started just now.
    pub is_new: bool,
}

/// The page of a release.
pub(in crate::server) fn release(page: &ReleasePage<'_>) -> Markup {
    let ReleasePage { frame, release, .. } = page;
    let content = html! {
        @if page.is_new { p.good role="status" { "The release " strong { (release.id) } " has started." } }
        div.heading {
            div {
                h1 { (release.id) " " (state(release.state)) }
                p.quiet {
                    a href=(frame.address(&["products", &release.product])) { (release.product) }
                    " · " (flow(frame, release))
                    " · from commit " code { (release.source.short()) }
                    " · created " (ago(release.created, frame.now)) " by " (person(&release.created_by))
                    @if let Some(ended) = release.ended { " · ended " (ago(ended, frame.now)) }
                    @if !release.applications.is_empty() { " · only " (release.applications.join(", ")) }
                }
            }
            (actions(page))
        }
        (graph::of_release(release, page.trigger, page.steps))
        (waiting(page))
        @if !release.state.is_end() { (approvals::awaited(frame, release, page.awaited)) }
        section { h2 { "Steps" } (steps(page)) }
        @if !release.attempts.is_empty() {
            section { h2 { "Workflows" } @for attempt in &release.attempts { (self::attempt(frame, attempt)) } }
        }
        @if !release.approvals.is_empty() { section { h2 { "Approvals" } (approvals::given(frame, release)) } }
        section { h2 { "What happened" } (time_line(page)) }
    };
    frame.page("releases", &release.id, &content)
}

/// What people can do with it.
fn actions(page: &ReleasePage<'_>) -> Markup {
    let ReleasePage { frame, release, .. } = page;
    let address = |what| frame.address(&["releases", &release.id, what]);
    let is_open = !release.state.is_end();
    let product = Some(release.product.as_str());
    let may = |right, step: &Step| frame.may(right, product, Some(&step.environment));
    let may_retry = release.steps.iter().all(|step| may(Right::Retry, step));
    html! {
        div.actions {
            @if is_open { (approvals::form(frame, release, page.awaited)) }
            @if release.state == ReleaseState::Failed && may_retry {
                form method="post" action=(address("retry")) {
                    (frame.token())
                    @if release.failed_steps().any(|step| step.refused == Some(RefusedBy::Guards)) {
                        details.menu {
                            summary { "Lift holds…" }
                            ul {
                                @for guard in GuardName::ALL {
                                    li { label { input type="checkbox" name="allow" value=(guard); " " (guard) } }
                                }
                            }
                        }
                    }
                    button.main type="submit" { "Retry" }
                }
            }
            @if is_open && release.state != ReleaseState::Terminating && frame.may(Right::Terminate, product, None) {
                form method="post" action=(address("terminate")) data-ask=(format!("Terminate {}?", release.id)) {
                    (frame.token())
                    button.bad type="submit" { "Terminate" }
                }
            }
        }
    }
}

/// What it waits for, or why it failed.
fn waiting(page: &ReleasePage<'_>) -> Markup {
    let ReleasePage {
        frame,
        release,
        waits,
        ..
    } = page;
    html! {
        @if !release.state.is_end() && !waits.is_empty() {
            div.note.held role="status" {
                h2 { "It waits" }
                ul {
                    @for wait in *waits {
                        li {
                            @if let Some(environment) = &wait.environment { strong { (environment) } ": " }
                            (marked(&wait.why))
                            @if let Some(until) = wait.until { " (looked at again " (super::words::at(until, frame.now)) ")" }
                        }
                    }
                }
            }
        }
        @if let Some(hint) = release_advice::after_end(release) {
            div.note.error {
                @for step in release.failed_steps() {
                    p { strong { (step.environment) } ": " (marked(step.reason.as_deref().unwrap_or("failed"))) }
                }
                p.quiet { (marked(&hint)) }
            }
        }
    }
}

fn steps(page: &ReleasePage<'_>) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Steps" {
            table.stack {
                thead { tr {
                    th scope="col" { "Environment" } th scope="col" { "State" } th scope="col" { "Promotion" }
                    th scope="col" { "Why" }
                } }
                tbody { @for step in &page.release.steps { (self::step(page, step)) } }
            }
        }
    }
}

fn step(page: &ReleasePage<'_>, step: &Step) -> Markup {
    let ReleasePage { frame, release, .. } = page;
    let (sign, word, class) = super::words::step(step.state);
    let changes = frame.address(&["releases", &release.id, "changes", &step.environment]);
    html! {
        tr {
            th scope="row" { (step.environment) }
            td data-label="State" {
                span class=(format!("state {class}")) { span aria-hidden="true" { (sign) " " } (word) }
                @if step.state.is_active() { div.quiet { (phase(step.phase)) } }
            }
            td data-label="Promotion" {
                @if let Some(pull_request) = &step.pull_request {
                    div {
                        @match (&pull_request.url, pull_request.number) {
                            (Some(url), Some(number)) if is_web(url) => a href=(url) rel="noreferrer" { "pull request #" (number) },
                            (_, Some(number)) => { "pull request #" (number) },
                            (_, None) => { "branch " code { (pull_request.branch) } },
                        }
                    }
                }
                @match &step.landed {
                    Some(landed) if landed.is_unchanged => div.quiet { "it had everything" },
                    Some(landed) => div { "commit " code { (landed.commit.short()) } " " (ago(landed.since, frame.now)) },
                    None => {},
                }
                a href=(changes) data-drawer { "Changes" }
            }
            td data-label="Why" { (marked(step.reason.as_deref().unwrap_or_default())) }
        }
    }
}

/// Whether a link may be followed: records come from the repository.
fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn attempt(frame: &Frame, attempt: &Attempt) -> Markup {
    let end = attempt.end.as_ref();
    let (word, class) = match end.map(|end| end.state) {
        None => ("running", "running"),
        Some(AttemptState::Succeeded) => ("succeeded", "succeeded"),
        Some(AttemptState::Failed) => ("failed", "failed"),
        Some(AttemptState::Lost) => ("lost", "failed"),
    };
    let url = end
        .and_then(|end| end.url.as_deref())
        .filter(|url| is_web(url));
    html! {
        details.panel id=(format!("attempt-{}", attempt.key)) {
            summary {
                strong { (attempt.workflow) } " "
                span class=(format!("state {class}")) { (word) } " "
                span.quiet {
                    (purpose(attempt.purpose))
                    @if let Some(environment) = &attempt.environment { " in " (environment) }
                    ", started " (ago(attempt.started, frame.now))
                }
            }
            @if let Some(failure) = end.and_then(|end| end.failure.as_deref()) { p { (marked(failure)) } }
            @if let Some(url) = url { p { a href=(url) rel="noreferrer" { "Its page" } } }
            @if let Some(end) = end {
                @if !end.outputs.is_empty() {
                    dl { @for (name, value) in &end.outputs { dt { (name) } dd { code { (value) } } } }
                }
                @if end.log.is_empty() { p.quiet { "It printed nothing." } } @else { pre.output { (end.log) } }
            }
        }
    }
}

fn time_line(page: &ReleasePage<'_>) -> Markup {
    html! {
        ol.timeline {
            @for transition in page.history.iter().rev() {
                li {
                    span.quiet { (ago(transition.time, page.frame.now)) " by " (person(&transition.committer)) }
                    div { (marked(&transition.title)) " " code.quiet { (transition.commit.short()) } }
                }
            }
        }
    }
}
