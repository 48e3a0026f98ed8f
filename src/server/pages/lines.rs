//! The changed lines of files, in full for the first ones and on demand for the others.

use maud::{Markup, html};

use super::layout::Frame;
use super::words::counted;
use crate::plan::FilePlan;
use crate::render::{Hunk, Line, LineKind, hunks};

/// How many files of a page have their lines on it.
const FILES: usize = 20;
/// How many lines of such a file are shown at most.
const LINES: usize = 400;
/// How many lines the page of a single file shows at most.
const LINES_OF_ONE: usize = 20_000;

/// The name of the field that chooses a file.
pub(in crate::server) const FILE: &str = "file";

/// How the lines of a file that are not on the page are asked for.
pub(super) enum MoreLines<'a> {
    /// By sending the form of the page to this address: what the lines are depends on its boxes.
    Form(&'a str),
    /// By the address that has them.
    Link(&'a dyn Fn(&FilePlan) -> String),
}

/// The changed lines of files.
pub(super) fn of_files(files: &[&FilePlan], more: &MoreLines<'_>) -> Markup {
    html! {
        @for file in files.iter().take(FILES) {
            details.lines id=(format!("lines-{}", file.path)) {
                summary { "Lines of " code { (file.path) } }
                @let lines = self::lines(file, LINES);
                (lines.shown)
                @if lines.hidden > 0 { (ask(file, more, &format!("Show {}", counted(lines.hidden, "more line")))) }
            }
        }
        @for file in files.iter().skip(FILES) {
            div.lines { "Lines of " code { (file.path) } " " (ask(file, more, "Show the lines")) }
        }
    }
}

fn ask(file: &FilePlan, more: &MoreLines<'_>, words: &str) -> Markup {
    let label = format!("{words} of {}", file.path);
    html! {
        @match more {
            MoreLines::Form(address) => button type="submit" name=(FILE) value=(file.path) formaction=(address)
                formnovalidate formtarget="_blank" data-lines aria-label=(label) { (words) },
            MoreLines::Link(address) => a href=(address(file)) data-lines aria-label=(label) { (words) },
        }
    }
}

/// The page with the lines of a file.
pub(in crate::server) fn lines_page(frame: &Frame, at: &str, file: &FilePlan) -> Markup {
    let lines = lines(file, LINES_OF_ONE);
    let title = format!("Lines of {}", file.path);
    let content = html! {
        h1 { (title) }
        div.lines {
            (lines.shown)
            @if lines.hidden > 0 { p.quiet { (counted(lines.hidden, "more line")) } }
        }
    };
    frame.page(at, &title, &content)
}

/// Lines of a file, as far as they are shown.
struct Shown {
    shown: Markup,
    /// How many are not.
    hidden: usize,
}

/// At most so many changed lines of a file.
fn lines(file: &FilePlan, most: usize) -> Shown {
    let Some(hunks) = hunks(file) else {
        return Shown {
            shown: html! { p.quiet { "This is not UTF-8 text." } },
            hidden: 0,
        };
    };
    let count: usize = hunks.iter().map(|hunk| hunk.lines.len()).sum();
    let mut left = most;
    let mut cut = |hunk: &Hunk| {
        let shown = hunk.lines.len().min(left);
        left -= shown;
        shown
    };
    let shown = html! {
        pre.diff {
            @for hunk in &hunks {
                @let count = cut(hunk);
                @if count > 0 {
                    span.hunk { (hunk.header.trim_end()) "\n" }
                    @for line in &hunk.lines[..count] { (self::line(line)) }
                }
            }
        }
    };
    Shown {
        shown,
        hidden: count.saturating_sub(most),
    }
}

fn line(line: &Line) -> Markup {
    let (mark, class) = match line.kind {
        LineKind::Context => (" ", "context"),
        LineKind::Removed => ("-", "removed"),
        LineKind::Added => ("+", "added"),
    };
    html! {
        span class=(class) {
            (mark)
            @for segment in &line.segments {
                @if segment.is_changed { mark { (segment.text) } } @else { (segment.text) }
            }
            "\n"
        }
    }
}
