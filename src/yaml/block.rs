//! Adds and removes entries and items of block collections, as whole lines.

use std::collections::BTreeSet;

use super::extent::{child_count, child_end, child_start, properties_end};
use super::node::{Content, Node, Span};
use super::patch::Patch;
use super::place::Place;
use super::reindent;
use super::target::{Additions, Target};
use super::text::{
    blanks_after, blanks_before, column, is_first, line_end, line_start, next_line, previous_line,
};

/// Adds entries or items to a block collection that is not empty.
pub(super) fn add(
    target: &Target<'_>,
    place: &Place,
    node: &Node,
    additions: &Additions,
) -> Option<Vec<Patch>> {
    let first = child_start(node, 0)?;
    let depth = column(target.text, first);
    let mut patches = Vec::new();
    let mut last = None;
    for (after, fragment) in additions {
        // Many additions can have one slot, and finding it takes as long as its comments are.
        let slot = match last.take() {
            Some((same, slot)) if same == after => slot,
            _ => Slot::find(target, node, *after)?,
        };
        let mut text = String::new();
        for line in reindent::lines(fragment, depth, target.style) {
            text.push_str(&line);
            text.push_str(target.newline);
        }
        let spacing = fragment.spacing;
        let own = match after {
            Some(_) => spacing.above.or(spacing.below),
            None => spacing.below.or(spacing.above),
        };
        // Files come from one author: what stands apart in the source does so in the target, too.
        let blanks = target.newline.repeat(own.unwrap_or(slot.blanks));
        if after.is_some() {
            text.insert_str(0, &blanks);
        } else {
            text.push_str(&blanks);
            if !is_first(target.text, first) {
                // On the line of a dash: the new first line goes there, the old one below.
                text = format!("{}{:depth$}", text.trim_start_matches(' '), "");
            }
        }
        patches.push(Patch::of(place, slot.at..slot.at, text));
        last = Some((after, slot));
    }
    Some(patches)
}

/// Where a new child goes.
struct Slot {
    /// The offset in the text.
    at: usize,
    /// The number of blank lines to its neighbour, as between other children.
    blanks: usize,
}

impl Slot {
    /// The slot after a child, or before all.
    fn find(target: &Target<'_>, node: &Node, after: Option<usize>) -> Option<Self> {
        let count = child_count(node);
        let first = child_start(node, 0)?;
        let blanks = match after {
            None if count < 2 => 0,
            None => gap(target, node, 0)?,
            Some(after) if after + 1 < count => gap(target, node, after)?,
            Some(after) if after > 0 => gap(target, node, after - 1)?,
            Some(_) => 0,
        };
        let at = match after {
            Some(after) => target.stream.extent(node, after)?.end,
            None if is_first(target.text, first) => target.stream.leading(first),
            None => first,
        };
        Some(Self { at, blanks })
    }
}

/// The number of blank lines between a child and the next one.
fn gap(target: &Target<'_>, node: &Node, index: usize) -> Option<usize> {
    Some(blanks_after(target.text, target.stream.extent(node, index)?.end).0)
}

/// Removes entries or items from a block collection.
pub(super) fn remove(
    target: &Target<'_>,
    place: &Place,
    node: &Node,
    indexes: &BTreeSet<usize>,
) -> Option<Vec<Patch>> {
    let patch = |(span, text): (Span, String)| Patch::of(place, span, text);
    let count = child_count(node);
    if indexes.len() == count {
        let found = emptied(target, node, count)?;
        return Some(found.into_iter().map(patch).collect());
    }
    let mut patches = Vec::new();
    let first = child_start(node, 0)?;
    let mut start = 0;
    if indexes.contains(&0) && !is_first(target.text, first) {
        start = (0..count).find(|index| !indexes.contains(index))?;
        patches.push(patch(pulled_up(target, node, start)?));
    }
    let mut regions: Vec<(Span, usize, usize)> = Vec::new();
    for index in indexes.range(start..) {
        let extent = target.stream.extent(node, *index)?;
        match regions.last_mut() {
            Some((span, _, last))
                if *last + 1 == *index && blanks_after(target.text, span.end).1 == extent.start =>
            {
                span.end = extent.end;
                *last = *index;
            }
            _ => regions.push((extent, *index, *index)),
        }
    }
    for (region, from, to) in regions {
        let above = from.checked_sub(1).and_then(|index| child_end(node, index));
        let span = with_blank_lines(target, region, above, to + 1 == count);
        patches.push(patch((span, String::new())));
    }
    Some(patches)
}

/// Extends a removed region over the blank lines that it would leave behind.
///
/// `above` is the end of the child before it, if there is one.
fn with_blank_lines(
    target: &Target<'_>,
    mut region: Span,
    above: Option<usize>,
    is_last: bool,
) -> Span {
    let (mut before, mut start) = blanks_before(target.text, region.start);
    let (after, end) = blanks_after(target.text, region.end);
    if let Some(floor) = above.map(|end| next_line(target.text, end))
        && start < floor
    {
        // These blank lines belong to a block scalar; those below would become part of it.
        (before, start) = blanks_before(&target.text[floor..], region.start - floor);
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
    } else if above.is_none() && after > 0 && !ends_in_comment(target, region.start) {
        region.end = end;
    }
    region
}

/// Whether the line before a line start is a comment line.
fn ends_in_comment(target: &Target<'_>, at: usize) -> bool {
    previous_line(target.text, at).is_some_and(|line| target.stream.comment_on(line).is_some())
}

/// Removes the children before `kept`, the first of which is on the line of a dash.
fn pulled_up(target: &Target<'_>, node: &Node, kept: usize) -> Option<(Span, String)> {
    let from = child_start(node, 0)?;
    let to = child_start(node, kept)?;
    let above = target.stream.extent(node, kept)?.start;
    let gone = target.stream.extent(node, kept - 1)?.end;
    if above == line_start(target.text, to) && blanks_after(target.text, gone).1 == above {
        return Some((from..to, String::new()));
    }
    // There are comments in between, so the dash stays alone on its line.
    let trimmed = target.text[..from].trim_end_matches(' ').len();
    Some((trimmed..gone, target.newline.to_owned()))
}

/// Replaces all children by `{}` or `[]`.
fn emptied(target: &Target<'_>, node: &Node, count: usize) -> Option<Vec<(Span, String)>> {
    let empty = match node.content {
        Content::Mapping { .. } => "{}",
        _ => "[]",
    };
    let text = target.text;
    let extent = target.stream.extent(node, 0)?.start..target.stream.extent(node, count - 1)?.end;
    let lead = properties_end(text, node);
    let is_below = line_start(text, lead) != line_start(text, node.span.start);
    if !is_below {
        // It starts on the line of its dash, or is the root of a document without a marker.
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
        return Some(vec![(extent, format!("{empty}{}", target.newline))]);
    }
    let body = next_line(text, lead).min(extent.start)..extent.end;
    Some(vec![
        (lead..lead, format!(" {empty}")),
        (body, String::new()),
    ])
}
