//! How often and how well promotions go, as small charts.

use maud::{Markup, html};

use super::layout::Frame;
use crate::render::counted;
use crate::server::insights::{Insight, ReleaseInsight, WEEKS};

/// The height of the bars, and the width of one with the room beside it.
const HEIGHT: usize = 60;
const BAR: usize = 18;
/// The height of the text above and below them.
const TEXT: usize = 14;

/// What the page shows.
pub(in crate::server) struct InsightsPage<'a> {
    pub frame: &'a Frame,
    /// The products that can be chosen.
    pub products: Vec<&'a str>,
    /// The one that is.
    pub product: Option<&'a str>,
    pub environments: &'a [Insight],
    pub releases: ReleaseInsight,
}

/// The page with insights.
pub(in crate::server) fn insights(page: &InsightsPage<'_>) -> Markup {
    let is_nothing = page
        .environments
        .iter()
        .all(|insight| insight.promotions == 0);
    let content = html! {
        div.heading {
            h1 { "Insights" }
            @if !page.products.is_empty() {
                form.tools method="get" action=(page.frame.address(&["insights"])) {
                    label { "Product"
                        select name="product" {
                            option value="" { "all" }
                            @for name in &page.products { option value=(name) selected[page.product == Some(*name)] { (name) } }
                        }
                    }
                    button type="submit" { "Show" }
                }
            }
        }
        p.quiet { "The last " (WEEKS) " weeks, from the history of the repository alone." }
        @if is_nothing && page.releases.ended == 0 {
            div.empty { p { "Nothing was promoted in this time." }
                p { "Figures appear here with the first promotions that are made with git-promote." } }
        } @else {
            div.cards { @for insight in page.environments { (environment(insight)) } }
            (releases(page.releases))
        }
    };
    page.frame.page("insights", "Insights", &content)
}

fn environment(insight: &Insight) -> Markup {
    let per_week = insight.promotions * 10 / WEEKS;
    html! {
        section.panel {
            h2 { (insight.environment) }
            (chart(insight))
            dl {
                dt { "promotions" } dd { (insight.promotions) @if per_week > 0 { ", about " (per_week / 10) "." (per_week % 10) " a week" } }
                dt { "lead time" } dd { (time(insight.lead_time, "from a version's first promotion")) }
                dt { "taken back" } dd { (insight.reverted) " " (share(insight.reverted, insight.promotions)) }
                dt { "time to restore" } dd { (time(insight.time_to_restore, "")) }
            }
        }
    }
}

/// The promotions of each week as bars.
fn chart(insight: &Insight) -> Markup {
    let most = insight.weeks.iter().copied().max().unwrap_or(0).max(1);
    let width = WEEKS * BAR;
    let words: Vec<String> = insight.weeks.iter().map(ToString::to_string).collect();
    html! {
        svg.chart viewBox=(format!("0 0 {width} {}", HEIGHT + 2 * TEXT)) role="img"
            aria-label=(format!("promotions in each week, oldest first: {}", words.join(", "))) {
            @for (at, count) in insight.weeks.iter().enumerate() {
                @let height = (count * HEIGHT / most).max(2);
                rect class=(if *count > 0 { "bar" } else { "bar none" }) x=(at * BAR + 2) y=(HEIGHT + TEXT - height) width=(BAR - 4) height=(height) rx="2" {
                    title { (counted(*count, "promotion")) }
                }
                @if *count > 0 { text x=(at * BAR + BAR / 2) y=(HEIGHT + TEXT - 4 - height) text-anchor="middle" { (count) } }
            }
            text x="2" y=(HEIGHT + 2 * TEXT - 2) { (WEEKS - 1) " weeks ago" }
            text x=(width - 2) y=(HEIGHT + 2 * TEXT - 2) text-anchor="end" { "this week" }
        }
    }
}

fn releases(insight: ReleaseInsight) -> Markup {
    html! {
        section.panel {
            h2 { "Releases" }
            dl {
                dt { "ended" } dd { (insight.ended) }
                dt { "failed" } dd { (insight.failed) " " (share(insight.failed, insight.ended)) }
                dt { "time to restore" } dd { (time(insight.time_to_restore, "to the next release that succeeded")) }
            }
        }
    }
}

fn share(part: usize, all: usize) -> Markup {
    html! { @if all > 0 { span.quiet { "(" (part * 100 / all) " %)" } } }
}

/// A span of time, and what it is measured from or to.
fn time(seconds: Option<i64>, between: &str) -> Markup {
    let text = seconds.map(|seconds| match seconds {
        seconds if seconds < 120 => format!("{seconds} s"),
        seconds if seconds < 7_200 => format!("{} min", seconds / 60),
        seconds if seconds < 172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    });
    html! {
        @match text {
            None => "–",
            Some(text) => { (text) " " span.quiet { (between) } },
        }
    }
}
