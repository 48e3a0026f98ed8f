//! Indents the lines of a fragment for its target.

use super::fragment::Fragment;
use super::node::{Content, Layout, Node, Stream};
use super::style::Style;
use super::text::{column, indent, line_start};

/// The fragment's lines without line breaks, with the first one at column `depth`.
pub(super) fn lines(fragment: &Fragment, depth: usize, target_style: Style) -> Vec<String> {
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
        let source_style = Style::of(&fragment.stream);
        let reindent = Reindent {
            stream: &fragment.stream,
            starts: &starts,
            target_style,
            source_style,
        };
        reindent.visit(root, signed(depth), &mut shifts);
    }
    source
        .iter()
        .zip(shifts)
        .map(|(line, shift)| shifted(line, shift))
        .collect()
}

struct Reindent<'f> {
    stream: &'f Stream,
    starts: &'f [usize],
    target_style: Style,
    source_style: Style,
}

impl Reindent<'_> {
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
                    let wanted = shift + self.extra_shift(entry.start, &entry.value);
                    if wanted != shift {
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

    /// How much further the target's style indents the collection below a key.
    fn extra_shift(&self, key: usize, value: &Node) -> isize {
        let text = &self.stream.text;
        if value.layout() != Some(Layout::Block)
            || line_start(text, key) == line_start(text, value.span.start)
        {
            return 0;
        }
        let width = signed(column(text, value.span.start)) - signed(column(text, key));
        let wanted = match &value.content {
            Content::Sequence { .. } => self.target_style.list,
            _ if Some(width) == self.source_style.step.map(signed) => self.target_style.step,
            _ => None,
        };
        wanted.map_or(0, |wanted| signed(wanted) - width)
    }
}

fn signed(width: usize) -> isize {
    isize::try_from(width).unwrap_or(0)
}

/// Moves a line right, or left as far as it has spaces; empty lines stay empty.
fn shifted(line: &str, shift: isize) -> String {
    match usize::try_from(shift) {
        _ if line.is_empty() => String::new(),
        Ok(right) => format!("{:right$}{line}", ""),
        Err(_) => line[shift.unsigned_abs().min(indent(line))..].to_owned(),
    }
}
