//! The compact diff of a plan: what moves and what stays, each to be ticked in or out.

use std::collections::{BTreeSet, HashMap};

use maud::{Markup, html};

use super::lines::{MoreLines, of_files};
use super::notes::{Lifting, notes};
use super::words::counted;
use crate::domain::Op;
use crate::engine::Allow;
use crate::plan::{ApplicationPlan, FilePlan, FileStatus, Plan, PlannedDifference};
use crate::render::shown_sides;
use crate::server::choice::{self, BoxId, Choice};
use crate::server::fields::{Fields, UnknownWord};

/// How many differences are on a page.
const ROWS: usize = 500;

/// Which part of the differences is shown.
#[derive(Clone, Debug, Default)]
pub(in crate::server) struct Listing {
    /// What their place, file or application has in its name.
    search: String,
    /// The page of the list, from 1.
    page: Option<usize>,
}

impl Listing {
    /// The fields that choose the part. A button goes to a page; the others are the page that was there, and what
    /// was searched for on it.
    const SEARCH: &str = "find";
    const GO: &str = "go";
    const PAGE: &str = "page";
    const SEARCHED: &str = "found";

    pub fn of(fields: &Fields) -> Result<Self, UnknownWord> {
        let page = (fields.number(Self::GO)?).or(fields.number(Self::PAGE)?);
        // A page of other results has nothing to do with it.
        let is_new = fields.get(Self::SEARCH) != fields.get(Self::SEARCHED);
        Ok(Self {
            search: fields.text(Self::SEARCH).unwrap_or_default(),
            page: page.filter(|_| !is_new),
        })
    }

    /// Whether it is everything, in one page of this many.
    fn is_all(&self, pages: usize) -> bool {
        pages <= 1 && self.search.is_empty()
    }

    fn has(&self, row: &Row<'_>) -> bool {
        let search = self.search.to_lowercase();
        let names = [
            row.application.name.0.as_str(),
            row.file.path.as_str(),
            &row.offered.shown,
        ];
        search.is_empty()
            || names
                .iter()
                .any(|name| name.to_lowercase().contains(&search))
    }
}

/// A plan that is offered, and what was chosen of it.
pub(super) struct Offer<'a> {
    /// The plan before anything was ticked in or out.
    pub offered: &'a Plan,
    /// What would be promoted.
    pub plan: &'a Plan,
    /// What was ticked in or out.
    pub choice: &'a Choice,
    pub allow: &'a Allow,
    pub listing: &'a Listing,
    /// Where the form is sent to plan again, and to see the lines of a file.
    pub again: &'a str,
    pub lines: &'a str,
}

/// A difference as it was offered, what was chosen, and what comes of that.
///
/// # Why
///
/// A difference may stay although it is ticked, because another one that it moves with is ticked out. The box has
/// the choice, so that it moves again when that other one is ticked in again.
struct Row<'p> {
    application: &'p ApplicationPlan,
    file: &'p FilePlan,
    offered: &'p PlannedDifference,
    is_ticked: bool,
    /// The difference in the plan that was chosen, if that has it.
    now: Option<&'p PlannedDifference>,
}

impl Row<'_> {
    fn is_offered(&self) -> bool {
        self.offered.verdict.is_promote()
    }

    /// Whether it would be promoted.
    fn is_promoted(&self) -> bool {
        self.now.is_some_and(|now| now.verdict.is_promote())
    }

    /// Whether it moves, or would if something else was chosen before.
    fn moves(&self) -> bool {
        self.is_offered() || self.is_ticked || self.is_promoted()
    }

    /// Why it is promoted or not, with which of both if the box does not show that.
    fn reason(&self) -> Markup {
        html! {
            @match (self.is_ticked, self.is_promoted()) {
                (true, false) => { strong { "Stays" } ": " },
                (false, true) => { strong { "Moves" } ": " },
                (true, true) | (false, false) => {},
            }
            @match self.now {
                Some(now) => (now.verdict.reason),
                None if self.is_ticked => "what else is chosen leaves it out",
                None => {},
            }
        }
    }
}

/// All differences of the plan that is offered, beside those of the same places in the plan that was chosen.
fn rows<'p>(offer: &Offer<'p>) -> Vec<Row<'p>> {
    let Offer {
        offered,
        plan,
        choice,
        ..
    } = *offer;
    let now: HashMap<&str, &PlannedDifference> = plan
        .differences()
        .map(|difference| (difference.selector.as_str(), difference))
        .collect();
    let files = offered.applications().iter().flat_map(|application| {
        let files = application.files.iter();
        files.map(move |file| (application, file))
    });
    let rows = files.flat_map(|(application, file)| {
        let now = &now;
        file.differences.iter().map(move |offered| Row {
            application,
            file,
            offered,
            is_ticked: choice.has(offered),
            now: now.get(offered.selector.as_str()).copied(),
        })
    });
    rows.collect()
}

/// What a plan changes and keeps, with the boxes of a part of it.
pub(super) fn changes(offer: &Offer<'_>) -> Markup {
    let Offer { plan, listing, .. } = offer;
    let rows = rows(offer);
    let (moving, kept): (Vec<&Row<'_>>, Vec<&Row<'_>>) = rows.iter().partition(|row| row.moves());
    let listed = moving.iter().chain(&kept).copied();
    let listed: Vec<&Row<'_>> = listed.filter(|row| listing.has(row)).collect();
    let pages = listed.len().div_ceil(ROWS).max(1);
    let at = listing.page.unwrap_or(1).min(pages);
    let shown = &listed[(at - 1) * ROWS..listed.len().min(at * ROWS)];
    let (moving, stays): (Vec<&Row<'_>>, Vec<&Row<'_>>) = shown.iter().partition(|row| row.moves());
    let files = plan.changed_files();
    let files: Vec<&FilePlan> = if listing.is_all(pages) {
        files.collect()
    } else {
        let on_page: BTreeSet<_> = moving.iter().map(|row| &row.file.path).collect();
        files.filter(|file| on_page.contains(&file.path)).collect()
    };
    html! {
        (notes(plan, offer.allow, Lifting::Boxes))
        @match plan.changed_files().count() {
            0 => p.empty { "There is nothing to promote: the target has everything that would move." },
            count => p.sum { (counted(count, "file")) " would change." },
        }
        (carried(offer, &rows, shown, at))
        @if !listing.is_all(pages) { (pager(offer, (at, pages), listed.len())) }
        @for of_application in moving.chunk_by(|a, b| std::ptr::eq(a.application, b.application)) {
            section.application {
                h3 { (of_application[0].application.name) }
                (boxes(of_application))
            }
        }
        @if !kept.is_empty() {
            @let summary = format!("{} kept as {}", counted(kept.len(), "difference"),
                if kept.len() == 1 { "it is" } else { "they are" });
            @if stays.is_empty() {
                p.quiet { (summary) ": they are at the end of the list." }
            } @else {
                details.kept id="kept" open[moving.is_empty()] { summary { (summary) } (boxes(&stays)) }
            }
        }
        (of_files(&files, &MoreLines::Form(offer.lines)))
    }
}

/// What the form has of the choice, beside the boxes.
fn carried(offer: &Offer<'_>, rows: &[Row<'_>], shown: &[&Row<'_>], at: usize) -> Markup {
    let joined = |rows: Vec<&Row<'_>>| {
        let ids: BTreeSet<BoxId> = rows.iter().map(|row| BoxId::of(row.offered)).collect();
        choice::joined(ids.into_iter())
    };
    let carried = rows
        .iter()
        .filter(|row| offer.choice.is_carried(row.offered));
    let (ticked_in, ticked_out): (Vec<_>, Vec<_>) = carried.partition(|row| row.is_ticked);
    let shown = shown.iter().copied();
    let (shown_in, shown_out): (Vec<_>, Vec<_>) = shown.partition(|row| row.is_ticked);
    html! {
        input type="hidden" name=(choice::IN) value=(joined(ticked_in));
        input type="hidden" name=(choice::OUT) value=(joined(ticked_out));
        input type="hidden" name=(choice::SHOWN_IN) value=(joined(shown_in));
        input type="hidden" name=(choice::SHOWN_OUT) value=(joined(shown_out));
        input type="hidden" name=(Listing::PAGE) value=(at);
        input type="hidden" name=(Listing::SEARCHED) value=(offer.listing.search);
    }
}

/// The search, and the pages of the list.
fn pager(offer: &Offer<'_>, (at, pages): (usize, usize), count: usize) -> Markup {
    let go = |page: usize, words: &str| {
        html! {
            button type="submit" name=(Listing::GO) value=(page) formaction=(offer.again) formnovalidate { (words) }
        }
    };
    html! {
        div.pager role="group" aria-label="Pages of the differences" {
            label { "Find " input type="search" name=(Listing::SEARCH) value=(offer.listing.search) placeholder="part of a name"; }
            (go(1, "Show"))
            span { (counted(count, "difference")) ", page " (at) " of " (pages) }
            @if at > 1 { (go(at - 1, "← Previous")) }
            @if at < pages { (go(at + 1, "Next →")) }
        }
    }
}

/// Differences with their boxes, by file.
fn boxes(rows: &[&Row<'_>]) -> Markup {
    html! {
        @for of_file in rows.chunk_by(|a, b| std::ptr::eq(a.file, b.file)) {
            (file_name(of_file[0].file))
            ul.differences { @for row in of_file { (tick(row)) } }
        }
    }
}

/// A difference with its box.
fn tick(row: &Row<'_>) -> Markup {
    html! {
        li {
            label {
                input type="checkbox" name=(choice::TICKED) value=(BoxId::of(row.offered)) checked[row.is_ticked] data-plan;
                (change(row.offered))
            }
            span.reason { (row.reason()) }
        }
    }
}

/// What a plan changes, without boxes; `allow` is what lifts its holds, and `more` finds the lines of files that are
/// not on the page.
pub(super) fn read_only(plan: &Plan, allow: &Allow, more: &dyn Fn(&FilePlan) -> String) -> Markup {
    let files = plan.applications().iter().flat_map(|application| {
        let changed = application.files.iter().filter(|file| file.is_changed());
        changed.map(move |file| (application, file))
    });
    let mut differences = files.clone().flat_map(|(application, file)| {
        let promoted = file.promoted();
        promoted.map(move |difference| (application, file, difference))
    });
    let shown: Vec<_> = differences.by_ref().take(ROWS).collect();
    let others = differences.count();
    let last = shown.last().map(|(_, file, _)| &file.path);
    let files: Vec<&FilePlan> = files.map(|(_, file)| file).collect();
    let end = files.iter().position(|file| Some(&file.path) == last);
    let files = end
        .filter(|_| others > 0)
        .map_or(&files[..], |end| &files[..=end]);
    html! {
        (notes(plan, allow, Lifting::Elsewhere))
        @if plan.is_empty() { p.empty { "There is nothing to promote." } }
        @for of_application in shown.chunk_by(|a, b| std::ptr::eq(a.0, b.0)) {
            section.application {
                h3 { (of_application[0].0.name) }
                @for of_file in of_application.chunk_by(|a, b| std::ptr::eq(a.1, b.1)) {
                    (file_name(of_file[0].1))
                    ul.differences { @for (_, _, difference) in of_file { li { div { (change(difference)) } } } }
                }
            }
        }
        @if others > 0 { p.note { "… and " (counted(others, "more difference")) } }
        (of_files(files, &MoreLines::Link(more)))
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

fn file_name(file: &FilePlan) -> Markup {
    let sign = match file.status {
        FileStatus::Modified => "change",
        FileStatus::Added => "add",
        FileStatus::Deleted => "delete",
    };
    html! { p.file { (sign) " " code { (file.path) } } }
}
