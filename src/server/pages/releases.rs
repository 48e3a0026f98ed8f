//! The list of releases.

use std::ops::RangeInclusive;

use maud::{Markup, html};

use super::layout::Frame;
use super::words::{ago, person, state};
use crate::release::{Release, ReleaseState};
use crate::server::fields::{Fields, UnknownWord, query};
use crate::server::state::State;

/// How many releases a page has.
const ROWS: usize = 50;

/// The states that can be chosen, beside all and those that have not ended.
const STATES: [ReleaseState; 7] = [
    ReleaseState::Queued,
    ReleaseState::Running,
    ReleaseState::Suspended,
    ReleaseState::Succeeded,
    ReleaseState::Failed,
    ReleaseState::Terminated,
    ReleaseState::Superseded,
];

/// The word for all releases that have not ended.
const OPEN: &str = "open";

/// Which releases are listed.
pub(in crate::server) struct Filter<'a> {
    product: &'a str,
    flow: &'a str,
    state: &'a str,
    by: &'a str,
    since: &'a str,
    /// The page of the list, from 1.
    page: usize,
}

impl<'a> Filter<'a> {
    pub fn of(fields: &'a Fields) -> Result<Self, UnknownWord> {
        let field = |name| fields.get(name).unwrap_or_default();
        let since = field("since");
        if !since.is_empty() && !is_day(since) {
            return Err(UnknownWord::new(
                "since",
                since,
                "a day such as `2026-11-30`",
            ));
        }
        let words = STATES.map(ReleaseState::name);
        let words = [&[OPEN][..], &words].concat();
        Ok(Self {
            product: field("product"),
            flow: field("flow"),
            state: fields.one_of("state", &words)?.unwrap_or_default(),
            by: field("by"),
            since,
            page: fields.number("page")?.unwrap_or(1),
        })
    }

    fn has(&self, release: &Release) -> bool {
        let is_state = match self.state {
            "" => true,
            OPEN => !release.state.is_end(),
            name => release.state.name() == name,
        };
        (self.product.is_empty() || release.product == self.product)
            && (self.flow.is_empty() || release.flow == self.flow)
            && release.created_by.contains(self.by)
            && crate::render::date::day(release.created).as_str() >= self.since
            && is_state
    }

    fn fields(&self) -> [(&'static str, &'a str); 5] {
        [
            ("product", self.product),
            ("flow", self.flow),
            ("state", self.state),
            ("by", self.by),
            ("since", self.since),
        ]
    }

    fn is_empty(&self) -> bool {
        self.fields().iter().all(|(_, value)| value.is_empty())
    }
}

/// The list of releases.
pub(in crate::server) fn releases(
    frame: &Frame,
    state: Option<&State>,
    filter: &Filter<'_>,
) -> Markup {
    let all = state.map(State::releases).unwrap_or_default();
    let found: Vec<&Release> = all.iter().copied().filter(|r| filter.has(r)).collect();
    let pages = found.len().div_ceil(ROWS).max(1);
    let at = filter.page.min(pages);
    let shown = &found[(at - 1) * ROWS..found.len().min(at * ROWS)];
    let address = |number: usize| {
        let number = number.to_string();
        let fields = filter
            .fields()
            .into_iter()
            .chain([("page", number.as_str())]);
        format!("{}?{}", frame.address(&["releases"]), query(fields))
    };
    let content = html! {
        div.heading { h1 { "Releases" } (tools(frame, filter, &all)) }
        @if !shown.is_empty() {
            (list(frame, shown))
            @if pages > 1 {
                nav.pager aria-label="Pages of the list" {
                    @if at > 1 { a href=(address(at - 1)) rel="prev" { "← Newer" } }
                    span { "Page " (at) " of " (pages) }
                    @if at < pages { a href=(address(at + 1)) rel="next" { "Older →" } }
                }
            }
        } @else if filter.is_empty() {
            div.empty {
                p { "There are no releases yet." }
                p { "A release starts when a product is promoted, by dragging it to another environment, or when "
                    a href=(frame.address(&["flows"])) { "a flow" } " is triggered." }
            }
        } @else {
            p.empty { "No release is like that. " a href=(frame.address(&["releases"])) { "Show all" } }
        }
    };
    frame.page("releases", "Releases", &content)
}

/// Whether a text is a day such as `2026-11-30`.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_number = |part: &str, digits: usize, range: RangeInclusive<u32>| {
        part.len() == digits && part.parse().is_ok_and(|number| range.contains(&number))
    };
    match parts.as_slice() {
        [year, month, day] => {
            is_number(year, 4, 0..=9999) && is_number(month, 2, 1..=12) && is_number(day, 2, 1..=31)
        }
        _ => false,
    }
}

/// Releases as a table.
pub(super) fn list(frame: &Frame, releases: &[&Release]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Releases" {
            table.releases.stack {
                thead { tr {
                    th scope="col" { "Release" } th scope="col" { "State" } th scope="col" { "Flow" }
                    th scope="col" { "Environments" } th scope="col" { "Created" } th scope="col" { "By" }
                } }
                tbody {
                    @for release in releases {
                        tr {
                            th scope="row" { a href=(frame.address(&["releases", &release.id])) { (release.id) } }
                            td data-label="State" { (state(release.state)) }
                            td data-label="Flow" { (flow(frame, release)) }
                            td data-label="Environments" { @for step in &release.steps { (self::step(step)) } }
                            td data-label="Created" { (ago(release.created, frame.now)) }
                            td data-label="By" { (person(&release.created_by)) }
                        }
                    }
                }
            }
        }
    }
}

fn step(step: &crate::release::Step) -> Markup {
    let (sign, word, class) = super::words::step(step.state);
    html! {
        span class=(format!("state {class}")) title=(word) {
            span aria-hidden="true" { (sign) " " } (step.environment) span.hidden { " " (word) }
        }
    }
}

/// The flow of a release.
pub(super) fn flow(frame: &Frame, release: &Release) -> Markup {
    html! {
        @match &release.manual {
            Some(manual) => { "by hand, from " (manual.from) },
            None => a href=(frame.address(&["flows", &release.flow])) { (release.flow) },
        }
    }
}

fn tools(frame: &Frame, filter: &Filter<'_>, all: &[&Release]) -> Markup {
    let names = |name: fn(&Release) -> &str| {
        let names = all.iter().map(|release| name(release));
        names.collect::<std::collections::BTreeSet<&str>>()
    };
    html! {
        form.tools method="get" action=(frame.address(&["releases"])) role="search" {
            (choice("product", "Product", filter.product, names(|r| &r.product)))
            (choice("flow", "Flow", filter.flow, names(|r| &r.flow)))
            label { "State"
                select name="state" {
                    option value="" { "all" }
                    option value=(OPEN) selected[filter.state == OPEN] { "open" }
                    @for state in STATES {
                        option value=(state.name()) selected[filter.state == state.name()] { (state.name()) }
                    }
                }
            }
            label { "Since" input type="date" name="since" value=(filter.since); }
            label { "By" input type="search" name="by" value=(filter.by) placeholder="part of a name"; }
            button type="submit" { "Show" }
        }
    }
}

fn choice<'n>(
    field: &str,
    label: &str,
    chosen: &str,
    names: impl IntoIterator<Item = &'n str>,
) -> Markup {
    html! {
        label { (label)
            select name=(field) {
                option value="" { "all" }
                @for name in names { option value=(name) selected[name == chosen] { (name) } }
            }
        }
    }
}
