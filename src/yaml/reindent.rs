//! A fragment's lines at another indentation, with lists in the target's habit.

use super::fragment::Fragment;
use super::node::{Content, Layout, Node, Stream};
use super::style::Style;
use super::text::{column, indent, line_start};

/// The fragment's lines, the first at `depth`, without line breaks.
pub(super) fn lines(fragment: &Fragment, depth: usize, style: Style) -> Vec<String> {
    let text = fragment.text();
    let source: Vec<&str> = text
        .strip_suffix('\n')
        .unwrap_or(text)
        .split('\n')
        .collect();
    let mut shifts = vec![signed(depth); source.len()];
    if let Some(root) = fragment.root() {
        let mut starts = vec![0];
        starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
        let habit = Style::of(&fragment.stream);
        let moved = Moved {
            stream: &fragment.stream,
            starts: &starts,
            style,
            habit,
        };
        moved.visit(root, signed(depth), &mut shifts);
    }
    source
        .iter()
        .zip(shifts)
        .map(|(line, shift)| shifted(line, shift))
        .collect()
}

struct Moved<'f> {
    stream: &'f Stream,
    starts: &'f [usize],
    style: Style,
    habit: Style,
}

impl Moved<'_> {
    fn line(&self, at: usize) -> usize {
        self.starts
            .partition_point(|start| *start <= at)
            .saturating_sub(1)
    }

    fn visit(&self, node: &Node, shift: isize, shifts: &mut [isize]) {
        if node.layout() != Some(Layout::Block) {
            return;
        }
        match &node.content {
            Content::Sequence { items, .. } => {
                for item in items {
                    self.visit(item, shift, shifts);
                }
            }
            Content::Mapping { entries, .. } => {
                for entry in entries {
                    let wanted = shift + self.change(entry.start, &entry.value);
                    if wanted != shift && entry.value.layout() == Some(Layout::Block) {
                        let from = self.line(entry.value.lead) + 1;
                        let to = self
                            .line(entry.value.end().max(1) - 1)
                            .min(shifts.len() - 1);
                        if from <= to {
                            shifts[from..=to].fill(wanted);
                        }
                    }
                    self.visit(&entry.value, wanted, shifts);
                }
            }
            Content::Scalar(_) | Content::Alias(_) => {}
        }
    }

    /// How much further in the target's habit wants the collection below a key.
    fn change(&self, key: usize, value: &Node) -> isize {
        let text = &self.stream.text;
        if value.layout() != Some(Layout::Block)
            || line_start(text, key) == line_start(text, value.span.start)
        {
            return 0;
        }
        let width = signed(column(text, value.span.start)) - signed(column(text, key));
        let wanted = match &value.content {
            Content::Sequence { .. } => self.style.list,
            _ if Some(width) == self.habit.step.map(signed) => self.style.step,
            _ => None,
        };
        wanted.map_or(0, |wanted| signed(wanted) - width)
    }
}

fn signed(width: usize) -> isize {
    isize::try_from(width).unwrap_or(0)
}

/// The line moved right, or left as far as it has spaces; empty lines stay empty.
fn shifted(line: &str, shift: isize) -> String {
    match usize::try_from(shift) {
        _ if line.is_empty() => String::new(),
        Ok(right) => format!("{:right$}{line}", ""),
        Err(_) => line[shift.unsigned_abs().min(indent(line))..].to_owned(),
    }
}
