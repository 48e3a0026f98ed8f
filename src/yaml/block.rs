//! Entries and items of block collections: whole lines come and go.

use std::collections::BTreeSet;

use super::extent::{child_count, child_end, child_start};
use super::node::{Content, Node, Span};
use super::phases::{Additions, Sheet};
use super::place::Place;
use super::reindent;
use super::splice::Patch;
use super::text::{
    blanks_after, blanks_before, column, is_first, line_end, line_start, next_line, previous_line,
};

/// Puts entries or items among those of a block collection.
pub(super) fn add(
    sheet: &Sheet<'_>,
    place: &Place,
    node: &Node,
    additions: &Additions,
) -> Option<Vec<Patch>> {
    let count = child_count(node);
    let first = child_start(node, 0)?;
    let depth = column(sheet.text, first);
    let mut patches = Vec::new();
    for (after, fragment) in additions {
        let mut text = String::new();
        let blanks = sheet.newline.repeat(match after {
            None if count < 2 => 0,
            None => gap(sheet, node, 0)?,
            Some(after) if after + 1 < count => gap(sheet, node, *after)?,
            Some(after) if *after > 0 => gap(sheet, node, after - 1)?,
            Some(_) => 0,
        });
        for line in reindent::lines(fragment, depth, sheet.style) {
            text.push_str(&line);
            text.push_str(sheet.newline);
        }
        let at = if let Some(after) = after {
            text.insert_str(0, &blanks);
            sheet.stream.extent(node, *after)?.end
        } else {
            text.push_str(&blanks);
            if is_first(sheet.text, first) {
                sheet.stream.leading(first)
            } else {
                // Right after a dash: the first line goes there, the old one below.
                text = format!("{}{:depth$}", text.trim_start_matches(' '), "");
                first
            }
        };
        patches.push(Patch {
            span: at..at,
            text,
            depth: place.steps.len() + 1,
            place: place.clone(),
        });
    }
    Some(patches)
}

/// How many blank lines stand between a child and the next one.
fn gap(sheet: &Sheet<'_>, node: &Node, index: usize) -> Option<usize> {
    Some(blanks_after(sheet.text, sheet.stream.extent(node, index)?.end).0)
}

/// Takes entries or items out of a block collection.
pub(super) fn remove(
    sheet: &Sheet<'_>,
    place: &Place,
    node: &Node,
    indexes: &BTreeSet<usize>,
) -> Option<Vec<Patch>> {
    let patch = |span: Span, text: String| Patch {
        span,
        text,
        depth: place.steps.len() + 1,
        place: place.clone(),
    };
    let count = child_count(node);
    if indexes.len() == count {
        return emptied(sheet, node, count).map(|found| {
            found
                .into_iter()
                .map(|(span, text)| patch(span, text))
                .collect()
        });
    }
    let mut patches = Vec::new();
    let first = child_start(node, 0)?;
    let mut start = 0;
    if indexes.contains(&0) && !is_first(sheet.text, first) {
        start = (0..count).find(|index| !indexes.contains(index))?;
        let (span, text) = pulled_up(sheet, node, start)?;
        patches.push(patch(span, text));
    }
    let mut regions: Vec<(Span, usize, usize)> = Vec::new();
    for index in indexes.range(start..) {
        let extent = sheet.stream.extent(node, *index)?;
        match regions.last_mut() {
            Some((span, _, last))
                if *last + 1 == *index && blanks_after(sheet.text, span.end).1 == extent.start =>
            {
                span.end = extent.end;
                *last = *index;
            }
            _ => regions.push((extent, *index, *index)),
        }
    }
    for (region, from, to) in regions {
        let above = from.checked_sub(1).and_then(|index| child_end(node, index));
        let span = closed(sheet, region, above, to + 1 == count);
        patches.push(patch(span, String::new()));
    }
    Some(patches)
}

/// A removed region with the blank lines that would look odd afterwards.
///
/// `above` is the end of the child before it, if there is one.
fn closed(sheet: &Sheet<'_>, mut region: Span, above: Option<usize>, is_last: bool) -> Span {
    let (mut before, mut start) = blanks_before(sheet.text, region.start);
    let (after, end) = blanks_after(sheet.text, region.end);
    if let Some(floor) = above.map(|end| next_line(sheet.text, end))
        && start < floor
    {
        // A block scalar keeps these blank lines, and would keep those below as well.
        (before, start) = blanks_before(&sheet.text[floor..], region.start - floor);
        start += floor;
        if before == 0 {
            region.end = end;
            return region;
        }
    }
    if before > 0 && after > 0 {
        if before >= after {
            region.end = end;
        } else {
            region.start = start;
        }
    } else if above.is_some() && is_last && before > 0 {
        region.start = start;
    } else if above.is_none() && after > 0 && !ends_in_comment(sheet, region.start) {
        region.end = end;
    }
    region
}

/// Whether the line before a line start is a comment of its own.
fn ends_in_comment(sheet: &Sheet<'_>, at: usize) -> bool {
    previous_line(sheet.text, at).is_some_and(|line| sheet.stream.comment_on(line).is_some())
}

/// The removal of the children before `kept`, the first of which stands right after a dash.
fn pulled_up(sheet: &Sheet<'_>, node: &Node, kept: usize) -> Option<(Span, String)> {
    let from = child_start(node, 0)?;
    let to = child_start(node, kept)?;
    let above = sheet.stream.extent(node, kept)?.start;
    let gone = sheet.stream.extent(node, kept - 1)?.end;
    if above == line_start(sheet.text, to) && blanks_after(sheet.text, gone).1 == above {
        return Some((from..to, String::new()));
    }
    // Comments stand between: the dash stays alone on its line.
    let trimmed = sheet.text[..from].trim_end_matches(' ').len();
    Some((trimmed..gone, sheet.newline.to_owned()))
}

/// `{}` or `[]` where all children were.
fn emptied(sheet: &Sheet<'_>, node: &Node, count: usize) -> Option<Vec<(Span, String)>> {
    let empty = match node.content {
        Content::Mapping { .. } => "{}",
        _ => "[]",
    };
    let text = sheet.text;
    let extent = sheet.stream.extent(node, 0)?.start..sheet.stream.extent(node, count - 1)?.end;
    let lead = properties_end(text, node);
    let is_below = line_start(text, lead) != line_start(text, node.span.start);
    if !is_below {
        // On the line of its dash, or the root of a document without a marker.
        let end = line_end(text, child_end(node, count - 1)?);
        let from = if is_first(text, node.span.start) {
            extent.start
        } else {
            node.span.start
        };
        return Some(vec![(from..end.max(from), empty.to_owned())]);
    }
    let is_root = lead == line_start(text, lead);
    if is_root || text[..lead].ends_with("---") && line_start(text, lead) + 3 == lead {
        return Some(vec![(extent, format!("{empty}{}", sheet.newline))]);
    }
    let body = next_line(text, lead).min(extent.start)..extent.end;
    Some(vec![
        (lead..lead, format!(" {empty}")),
        (body, String::new()),
    ])
}

/// Where the node's anchor and tag end; without them, where its introducer ends.
pub(super) fn properties_end(text: &str, node: &Node) -> usize {
    let mut at = node.lead;
    let anchor = node.anchor.as_ref().map(|name| format!("&{name}"));
    let mut tokens: Vec<&str> = anchor.iter().chain(&node.tag).map(String::as_str).collect();
    if node.start < node.span.start || node.is_left_out() {
        tokens.sort_by_key(|token| text[node.start..].find(token));
        let mut from = node.start;
        for token in tokens {
            if let Some(found) = text
                .get(from..node.span.start.max(from))
                .and_then(|rest| rest.find(token))
            {
                at = from + found + token.len();
                from = at;
            }
        }
    }
    at
}
