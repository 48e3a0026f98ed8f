//! The hunks of each file in a fenced block.

use super::page::{LeftOut, Page};
use crate::plan::{FilePlan, Plan};
use crate::port::body_size;
use crate::render::hunks::{Hunk, LineKind, hunks};
use crate::render::modes;
use crate::render::terminal::escaped;

/// Writes the hunks that fit, never part of one, and counts the others.
pub(super) fn write(page: &mut Page, plan: &Plan) -> LeftOut {
    let mut left_out = 0;
    for file in plan.changed_files() {
        let Some(hunks) = hunks(file) else { continue };
        let texts: Vec<String> = hunks.iter().map(text).collect();
        let fence = around(texts.iter().map(String::as_str).chain([file.path.as_str()]));
        let opening = format!("\n{fence}diff\n{}", heads(file));
        let closing = format!("{fence}\n");
        let mut block = String::new();
        for text in texts {
            let all =
                body_size(&opening) + body_size(&block) + body_size(&text) + body_size(&closing);
            // As in the table, nothing follows the first hunk that does not fit.
            if left_out == 0 && page.has_room(all) {
                block.push_str(&text);
            } else {
                left_out += 1;
            }
        }
        let is_mode_only = hunks.is_empty() && left_out == 0 && !modes::header(file).is_empty();
        if !block.is_empty() || is_mode_only {
            page.push(&format!("{opening}{block}{closing}"));
        }
    }
    LeftOut(left_out)
}

fn heads(file: &FilePlan) -> String {
    let name = |side, is_there| {
        if is_there {
            format!("{side}/{}", escaped(file.path.as_str()))
        } else {
            "/dev/null".to_owned()
        }
    };
    let mut lines = modes::header(file);
    lines.push(format!("--- {}", name('a', file.before.is_some())));
    lines.push(format!("+++ {}\n", name('b', file.after.is_some())));
    lines.join("\n")
}

/// A hunk as text.
pub(super) fn text(hunk: &Hunk) -> String {
    let mut text = format!("{}\n", hunk.header);
    for one in &hunk.lines {
        text.push(match one.kind {
            LineKind::Context => ' ',
            LineKind::Removed => '-',
            LineKind::Added => '+',
        });
        for segment in &one.segments {
            text.push_str(&segment.text);
        }
        text.push('\n');
        if one.lacks_newline {
            text.push_str("\\ No newline at end of file\n");
        }
    }
    text
}

/// A fence longer than any run of backticks in the texts.
pub(in crate::render) fn around<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let mut longest = 2;
    for text in texts {
        let runs = text.split(|c| c != '`');
        longest = runs.map(str::len).max().unwrap_or(0).max(longest);
    }
    "`".repeat(longest + 1)
}
