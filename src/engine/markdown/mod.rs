//! The preview as Markdown, for pull requests and comments.
//!
//! # Why
//!
//! What stands in a repository must not speak for the program: a value may hold
//! anything, `@everyone` and a table's pipe as well. So each text from the
//! repository stands in code, where forges neither notify nor link. Forges take
//! 65,536 characters; what does not fit is left out in whole rows and hunks, and
//! counted. The table goes first, for it is what a reviewer cannot do without.

mod code;
mod fence;
mod notes;
mod table;

use crate::plan::{FilePlan, Plan};
use code::code;

/// How many characters a forge takes.
pub const LIMIT: usize = 65_536;

/// What the closing line on left-out parts may take.
const CLOSING: usize = 160;

/// How long a text is at most for any forge: in UTF-16 units, which are never fewer than characters.
pub(super) fn size(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The preview of a plan in at most `limit` characters.
pub fn markdown(plan: &Plan, limit: usize) -> String {
    let mut page = Page::new(limit.saturating_sub(CLOSING));
    page.push(&format!("{}\n", summary(plan)));
    let notes = notes::notes(plan, limit / 4);
    // What is found and kept is always told: its room is taken before the tables'.
    page.reserve(size(&notes));
    let rows = table::write(&mut page, plan);
    let hunks = fence::write(&mut page, plan);
    page.release(size(&notes));
    page.push(&notes);
    let mut text = page.text;
    text.push_str(&left_out(rows, hunks));
    if size(&text) > limit {
        // Only a limit of a few words comes here.
        text = code::first(&text, limit);
    }
    text
}

/// How much of something was left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct LeftOut(usize);

/// Text that never grows beyond its limit.
struct Page {
    text: String,
    size: usize,
    limit: usize,
}

impl Page {
    fn new(limit: usize) -> Self {
        Self {
            text: String::new(),
            size: 0,
            limit,
        }
    }

    fn has_room(&self, size: usize) -> bool {
        self.size + size <= self.limit
    }

    /// Adds a piece whole, or not at all.
    fn push(&mut self, piece: &str) -> bool {
        let size = size(piece);
        let fits = self.has_room(size);
        if fits {
            self.text.push_str(piece);
            self.size += size;
        }
        fits
    }

    fn reserve(&mut self, size: usize) {
        self.limit = self.limit.saturating_sub(size);
    }

    fn release(&mut self, size: usize) {
        self.limit += size;
    }
}

fn summary(plan: &Plan) -> String {
    let (from, to) = (code(&plan.hop().from.name), code(&plan.hop().to.name));
    if plan.is_empty() {
        return format!("Nothing to promote from {from} to {to}.");
    }
    let promoted = plan.changed_files().flat_map(FilePlan::promoted).count();
    format!(
        "{from} → {to}: {} in {} of {}.",
        counted(promoted, "difference"),
        counted(plan.changed_files().count(), "file"),
        counted(plan.changed_applications().count(), "application"),
    )
}

fn left_out(LeftOut(rows): LeftOut, LeftOut(hunks): LeftOut) -> String {
    let mut parts = Vec::new();
    if rows > 0 {
        parts.push(counted(rows, "difference"));
    }
    if hunks > 0 {
        parts.push(format!("the lines of {}", counted(hunks, "change")));
    }
    if parts.is_empty() {
        return String::new();
    }
    format!(
        "\n*Left out for length: {}. `git promote diff` shows everything.*\n",
        parts.join(" and ")
    )
}

/// `1 file`, `2 files`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests;
